// The phones of the people in the session, and of those who were added by number.

import { post, Refused } from "./api.js";
import { clockTime, element, fill, inputOf, short, span } from "./dom.js";
import { act } from "./main.js";
import { people, state } from "./state.js";

/** Draw the phones, and the box that adds one. */
export function drawPhones() {
  fill("phones", element("div", { class: "phones" }, ...people().map(phone)), adding());
}

/** @param {string} number */
function phone(number) {
  const me = state.shown?.participants.find((one) => one.identifier === number);
  const pool = state.overview.rows[0]?.numbers.rows[0]?.phone_number ?? "";
  const to = me?.proxy_identifier ?? pool;
  const path = `phones/${encodeURIComponent(number)}`;
  const id = `text ${number}`;
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    const input = inputOf(event, "body");
    const written = input.value;
    input.value = "";
    if (written) act(() => post(`${path}/text`, { to, body: written }));
  };
  const ringing = (state.phones[number]?.calls ?? []).filter((one) => one.status === "ringing" || one.status === "in-progress");
  return element(
    "article",
    { class: "phone", "aria-label": `Phone of ${me?.friendly_name ?? number}` },
    element("h3", {}, me?.friendly_name ?? number),
    element("p", { class: "mono dim" }, number, me ? ` dials ${me.proxy_identifier}` : ""),
    element("div", { class: "messages" }, ...bubbles(number)),
    ...ringing.map((call) => calling(call)),
    element(
      "form",
      { class: "send", onsubmit: send },
      element("button", { type: "button", "data-key": `call ${number}`, "aria-label": `Call ${to}`, onclick: () => act(() => post(`${path}/call`, { to })) }, "call"),
      element("input", { name: "body", "data-key": id, placeholder: `Text ${to}`, "aria-label": `Text from ${number} to ${to}`, autocomplete: "off" }),
      element("button", { class: "primary", "aria-label": `Send the text of ${number}` }, "send"),
    ),
  );
}

/**
 * What the phone has sent and received, from the history: a bubble for each text and call, with what became of it.
 * @param {string} number
 */
function bubbles(number) {
  /** @type {Map<string, import("./types.js").Event[]>} */
  const contacts = new Map(); // By the SID of the last leg.
  for (const event of state.phones[number]?.events ?? []) {
    const leg = event.sids.at(-1) ?? "";
    contacts.set(leg, [...(contacts.get(leg) ?? []), event]);
  }
  return [...contacts.values()].map((events) => {
    const [first, last] = [events[0], events[events.length - 1]];
    const isMine = first.numbers[0] === number && first.numbers.at(-1) !== number;
    return element(
      "p",
      { class: `bubble ${isMine ? "mine" : ""}` },
      body(last),
      element("small", {}, `${clockTime(first.at, false)} ${last.action}`),
    );
  });
}

/** @param {import("./types.js").Event} event */
function body(event) {
  const seconds = Number(event.facts.seconds ?? 0);
  if (event.kind === "call") return seconds ? `☎ ${span(seconds * 1000)}` : "☎";
  return event.facts.body ?? event.text;
}

/** @param {import("./types.js").Call} call */
function calling(call) {
  const does = (/** @type {string} */ action) => () => act(() => post(`calls/${call.sid}/${action}`));
  const name = `${call.from_} calls ${call.to}`;
  return element(
    "div",
    { class: "row", role: "group", "aria-label": name },
    element("span", {}, `${short(call.sid)} ${call.status}`),
    call.status === "ringing" ? element("button", { "data-key": `answer ${call.sid}`, onclick: does("answer") }, "answer") : null,
    call.status === "ringing" ? element("button", { "data-key": `busy ${call.sid}`, onclick: does("busy") }, "decline") : null,
    element("button", { "data-key": `hang up ${call.sid}`, onclick: does("hang_up") }, "hang up"),
  );
}

function adding() {
  const add = (/** @type {Event} */ event) => {
    event.preventDefault();
    const input = inputOf(event, "number");
    const number = input.value.trim();
    input.value = "";
    act(async () => {
      if (!/^\+?\d+$/.test(number)) throw new Refused(`${number} is no number: write it as +14155550199.`);
      state.people.push(number);
    });
  };
  return element(
    "form",
    { class: "send", onsubmit: add },
    element("input", { name: "number", "data-key": "add", placeholder: "+14155550199", "aria-label": "The number of a person to add" }),
    element("button", {}, "Add a person"),
  );
}
