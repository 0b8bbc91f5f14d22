// The clock: what time it is, the buttons that step it, and the work that the last step did.

import { post } from "./api.js";
import { byId, clockTime, element, fill, inputById, span } from "./dom.js";
import { act } from "./main.js";
import { count } from "./paging.js";
import { nameOf, sessionCount, state } from "./state.js";

/** @typedef {import("./types.js").DueWork} DueWork */

const STEPS = [["+1 min", "PT1M"], ["+1 h", "PT1H"], ["+1 day", "P1D"]];

/** The most pieces of work that are named after a step. */
const NAMED = 3;

const OWN = "Own step: a length such as PT2H30M, or an instant such as 2030-01-02T09:00:00Z";

/** Draw the clock. */
export function drawClock() {
  const { now, driver } = state.clock;
  byId("now").textContent = clockTime(now);
  byId("now").setAttribute("datetime", now);
  byId("driver").textContent = driver === "own" ? "UTC" : `UTC, moved by ${driver}`;
  byId("counts").textContent = `${counted(state.overview.total, "service")}, ${count(sessionCount("open", "in-progress"))} of ${counted(sessionCount(), "session")} active`;
  fill(
    "clock",
    ...STEPS.map(([label, length]) => button(label, () => step({ advance: length }))),
    element("input", { id: "own-step", "data-key": "own-step", value: "PT2H30M", size: 9, title: OWN, "aria-label": OWN }),
    button("Step", ownStep),
  );
  fill("next", next(state.due.rows, now));
}

/** Step to the next due work, if there is any. */
export function stepToNext() {
  if (state.due.total) act(() => step({ advance_to_next: true }));
}

function ownStep() {
  const text = inputById("own-step").value.trim();
  return step(/^P/i.test(text) ? { advance: text } : { move_to: text });
}

/** @param {object} how */
async function step(how) {
  /** @type {{ran: DueWork[], ran_total: number}} */
  const { ran, ran_total: total } = await post("clock", { ...how, limit: NAMED });
  const more = total > ran.length ? ` and ${count(total - ran.length)} more` : "";
  byId("ran").textContent = ran.length ? `Ran: ${ran.map(work).join(", ")}${more}` : "Nothing was due";
}

/**
 * @param {DueWork[]} due
 * @param {string} now
 */
function next(due, now) {
  if (!due.length) return element("span", { class: "dim" }, "nothing is due");
  const label = `Next: ${work(due[0])}, in ${span(Date.parse(due[0].at) - Date.parse(now))} ▸`;
  return element("button", { class: "primary", "data-key": "next", title: "key: .", onclick: stepToNext }, label);
}

/** @param {DueWork} due */
function work(due) {
  return `${due.kind} ${nameOf(due.sid)}`;
}

/**
 * @param {number} number
 * @param {string} word
 */
function counted(number, word) {
  return `${count(number)} ${word}${number === 1 ? "" : "s"}`;
}

/**
 * @param {string} label
 * @param {() => Promise<unknown>} run
 */
function button(label, run) {
  return element("button", { "data-key": label, onclick: () => act(run) }, label);
}
