// The selected session: its people, whom they dial, and its story.

import { picture } from "./api.js";
import { byId, clockTime, element, fill } from "./dom.js";
import { state } from "./state.js";

/** Draw the session. */
export function drawSession() {
  const { shown: session, story } = state;
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
    element("img", { class: "picture", src: picture(session.sid, story.rows[0]?.seq ?? -1, state.asOf), alt: `${session.unique_name ?? session.sid} as a sequence diagram: the story below tells the same` }),
    element("ol", { class: "story", "aria-label": "The story of the session" }, ...[...story.rows].reverse().map(line)),
    story.older === null ? null : element("p", { class: "dim" }, `These are the newest ${story.rows.length}: the filter finds the others in the table below.`),
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
