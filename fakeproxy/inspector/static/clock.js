// The clock: what time it is, and the buttons that step it.

import { post } from "./api.js";
import { byId, clockTime, element, fill, short, span } from "./dom.js";
import { state } from "./state.js";
import { act } from "./main.js";

const STEPS = [["+1 min", "PT1M"], ["+1 h", "PT1H"], ["+1 day", "P1D"]];

/** Draw the clock. */
export function drawClock() {
  const { now, driver, due } = state.clock;
  byId("now").textContent = clockTime(now);
  byId("now").setAttribute("datetime", now);
  byId("driver").textContent = driver === "own" ? "UTC" : `UTC, moved by ${driver}`;
  const active = state.sessions.filter((one) => one.status !== "closed").length;
  byId("counts").textContent = `${state.services.length} services, ${active} of ${state.sessions.length} sessions active`;
  fill(
    "clock",
    ...STEPS.map(([label, step]) => button(label, () => post("clock", { advance: step }))),
    element("input", { id: "own-step", "data-key": "own-step", value: "PT2H30M", size: 9, "aria-label": "Own step, such as PT2H30M" }),
    button("Step", () => post("clock", { advance: byId("own-step").value })),
  );
  fill("next", next(due, now));
}

/** Step to the next due work, if there is any. */
export function stepToNext() {
  if (state.clock.due.length) act(() => post("clock", { advance_to_next: true }));
}

function next(due, now) {
  if (!due.length) return element("span", { class: "dim" }, "nothing is due");
  const { at, kind, sid } = due[0];
  const label = `Next: ${kind} ${short(sid)}, in ${span(Date.parse(at) - Date.parse(now))}`;
  return element("button", { class: "primary", "data-key": "next", title: "key: .", onclick: stepToNext }, label);
}

function button(label, run) {
  return element("button", { "data-key": label, onclick: () => act(run) }, label);
}
