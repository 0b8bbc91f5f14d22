// Going back: the page shows what was right after an event. It can be read, not changed.

import { failure, get, IS_TRACE, post, source, title } from "./api.js";
import { byId, clockTime, element, fill } from "./dom.js";
import { act } from "./main.js";
import { state } from "./state.js";

/** What changes the state: it rests while the page shows the past. */
const CHANGING = "#clock, #next, #state, #faults, #phones form, #phones button";

/** The number of times that somebody chose what is shown. The last choice counts, whichever is answered first. */
let choices = 0;

/**
 * Show what was right after an event, or the present. A state that is not known is refused, and the page stays.
 * @param {number | null} seq
 */
export function goTo(seq) {
  choices += 1;
  const choice = choices;
  act(async () => {
    if (seq !== null) await get(`clock?limit=0&as_of=${seq}`);
    if (choice === choices) state.asOf = seq;
  });
}

/** Draw the banner of the past, and what a trace tells of its test. */
export function drawPast() {
  const isPast = IS_TRACE || state.asOf !== null;
  document.body.classList.toggle("past", isPast);
  for (const one of document.querySelectorAll(CHANGING)) one.toggleAttribute("inert", isPast);
  byId("past").hidden = !isPast;
  fill("past", ...(isPast ? banner() : []));
}

function banner() {
  const [event, earlier] = state.past;
  const last = state.history.at(-1)?.seq ?? -1;
  return [
    IS_TRACE ? element("h2", {}, title || "A trace") : null,
    failure ? element("pre", { class: "bad" }, failure) : null,
    element("strong", {}, event ? `As it was right after event ${event.seq}: ` : "Nothing has happened"),
    event ? element("span", {}, `${clockTime(event.at)} ${event.text}`) : null,
    element(
      "div",
      { class: "buttons", role: "group", "aria-label": "Go back and forth" },
      earlier ? button("◂ Earlier", () => goTo(earlier.seq)) : null,
      event && event.seq < last ? button("Later ▸", () => goTo(event.seq + 1)) : null,
      IS_TRACE ? null : button("Restore to here", restore),
      IS_TRACE ? null : button("Back to the present", () => goTo(null)),
    ),
    event ? code(source(event.seq)) : null,
  ];
}

/** Make the past the present. */
function restore() {
  act(async () => {
    const then = await get(`state?as_of=${state.asOf}`);
    choices += 1;
    state.asOf = null;
    await post("state", then);
  });
}

/**
 * The line of the test that caused the event, with those around it.
 * @param {import("./types.js").Source | null} from
 */
function code(from) {
  if (!from) return null;
  const lines = from.lines.map((text, index) => {
    const number = from.first + index;
    const isIt = number === from.line;
    return element("span", { class: isIt ? "line on" : "line", "aria-current": isIt ? "true" : null }, `${String(number).padStart(4)}  ${text}\n`);
  });
  return element("figure", {}, element("figcaption", { class: "mono dim" }, `${from.file}:${from.line}`), element("pre", { class: "code" }, ...lines));
}

/**
 * @param {string} label
 * @param {() => void} onclick
 */
function button(label, onclick) {
  return element("button", { "data-key": label, onclick }, label);
}
