// The selected session: its people, whom they dial, and its story.

import { picture } from "./api.js";
import { byId, clockTime, element, fill } from "./dom.js";
import { happened, selected, state } from "./state.js";

/** Draw the session. */
export function drawSession() {
  const session = selected();
  if (!session) {
    byId("session-title").textContent = "Session";
    fill("session", element("p", { class: "dim" }, "Select a session, or let your program open one."));
    return;
  }
  byId("session-title").textContent = [session.unique_name ?? session.sid, session.mode, session.ttl ? `ttl ${session.ttl} s` : null]
    .filter(Boolean)
    .join(" · ");
  const people = session.participants.filter((one) => !one.date_deleted);
  fill(
    "session",
    element("div", { class: "people" }, ...people.map(person)),
    element("img", { class: "picture", src: picture(session.sid, newest(session.sid), state.asOf), alt: `${session.unique_name ?? session.sid} as a sequence diagram: the story below tells the same` }),
    element("ol", { class: "story", "aria-label": "The story of the session" }, ...story(session.sid).map(line)),
  );
}

/** @param {import("./types.js").Participant} one */
function person(one) {
  return element(
    "div",
    { class: "person" },
    element("b", {}, one.friendly_name ?? one.identifier),
    element("br"),
    element("span", { class: "mono" }, one.identifier),
    element("br"),
    element("span", { class: "dim" }, "dials "),
    element("span", { class: "number mono" }, one.proxy_identifier),
  );
}

/**
 * The events that name the session, and the steps of the clock between them.
 * @param {string} sid
 */
function story(sid) {
  const about = happened().filter((event) => event.sids.includes(sid));
  if (!about.length) return [];
  const [first, last] = [about[0].seq, about[about.length - 1].seq];
  return happened().filter(
    (event) => event.sids.includes(sid) || (event.kind === "step" && event.seq > first && event.seq < last),
  );
}

/**
 * The number of the last event in the picture of a session: it is not loaded again for the events of others.
 * @param {string} sid
 */
function newest(sid) {
  const event = happened().at(-1);
  return (event?.kind === "step" ? event : story(sid).at(-1))?.seq ?? -1;
}

/** @param {import("./types.js").Event} event */
function line(event) {
  return element(
    "li",
    { class: event.kind },
    element("time", { class: "dim mono", datetime: event.at }, clockTime(event.at, false)),
    " ",
    event.text,
  );
}
