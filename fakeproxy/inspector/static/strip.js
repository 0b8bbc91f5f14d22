// The strip: every event to scale of time, long silences folded, and what is due beyond now.

import { byId, clockTime } from "./dom.js";
import { select } from "./lists.js";
import { state } from "./state.js";

const SVG = "http://www.w3.org/2000/svg";
const [LEFT, RIGHT, MIDDLE] = [20, 1380, 26];

/** How many events are drawn, the newest ones. */
const MOST = 400;

/** Draw the strip. */
export function drawStrip() {
  const past = state.history.slice(-MOST).map((event) => ({ at: event.at, kind: event.kind, text: event.text, sids: event.sids }));
  const due = state.clock.due.slice(0, 50).map((one) => ({ at: one.at, kind: "due", text: `due: ${one.kind} ${one.sid}`, sids: [one.sid] }));
  const now = { at: state.clock.now, kind: "now", text: "now", sids: [] };
  const points = [...past, now, ...due];
  const places = spread(points.map((point) => Date.parse(point.at)));
  const drawing = shape("svg", { viewBox: "0 0 1400 60", role: "img", "aria-label": "Everything that happened, and what is due" });
  const here = places[past.length];
  drawing.append(
    shape("line", { x1: LEFT, x2: here, y1: MIDDLE, y2: MIDDLE, class: "line" }),
    shape("line", { x1: here, x2: RIGHT, y1: MIDDLE, y2: MIDDLE, class: "line due" }),
  );
  let labelled = -200;
  points.forEach((point, index) => {
    drawing.append(mark(point, places[index]));
    if (places[index] - labelled > 90 && point.kind !== "now") {
      labelled = places[index];
      drawing.append(label(clockTime(point.at, false), places[index]));
    }
  });
  byId("strip").replaceChildren(drawing);
}

/** Return where each instant stands. A silence is as wide as the logarithm of its length. @param {number[]} instants */
function spread(instants) {
  const widths = instants.map((at, index) => (index ? 1 + Math.log1p(Math.max(0, at - instants[index - 1]) / 1000) * 3 : 0));
  const whole = widths.reduce((sum, width) => sum + width, 0) || 1;
  let x = LEFT;
  return widths.map((width) => (x += (width / whole) * (RIGHT - LEFT)));
}

function mark(point, x) {
  const radius = point.kind === "now" ? 2 : 5;
  const made =
    point.kind === "now"
      ? shape("line", { x1: x, x2: x, y1: 4, y2: 48, class: "now" })
      : shape("circle", { cx: x, cy: MIDDLE, r: radius, class: point.kind });
  const title = shape("title");
  title.textContent = `${clockTime(point.at)} ${point.text}`;
  made.append(title);
  const session = point.sids.find((sid) => sid.startsWith("KC"));
  if (session) made.addEventListener("click", () => select(session));
  return made;
}

function label(text, x) {
  const made = shape("text", { x, y: 56, class: "label" });
  made.textContent = text;
  return made;
}

function shape(name, attributes = {}) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
