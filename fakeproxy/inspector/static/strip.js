// The strip: every event to scale of time, long silences folded, and what is due beyond now.

import { byId, clockTime, focus, keyOf, span } from "./dom.js";
import { select } from "./lists.js";
import { nameOf, state } from "./state.js";

/** @typedef {{key: string, at: string, kind: string, text: string, sids: string[], seq: number | null}} Point */

const SVG = "http://www.w3.org/2000/svg";
const [LEFT, RIGHT, MIDDLE] = [20, 1380, 30];

/** The shapes of marks, around (0, 0). What is not here is a circle. */
const SHAPES = /** @type {Record<string, string>} */ ({
  webhook: "M0 -7 L7 0 L0 7 L-7 0 Z",
  alert: "M0 -7 L7 6 L-7 6 Z",
  fault: "M0 -7 L7 6 L-7 6 Z",
  stopped: "M0 -7 L7 6 L-7 6 Z",
});

/** A silence of this many milliseconds is told, where there is room for it. */
const SILENCE = 60_000;

/** The mark that the Tab key reaches. The arrow keys go on from it. */
let reached = "now";

/** Draw the strip. */
export function drawStrip() {
  const past = state.history.map(pastPoint);
  const due = state.due.rows.map(duePoint);
  const now = { key: "now", at: state.clock.now, kind: "now", text: "now", sids: [], seq: null };
  const points = [...past, now, ...due];
  const places = spread(points.map((point) => Date.parse(point.at)));
  if (!points.some((point) => point.key === reached)) reached = "now";
  const drawing = shape("svg", { viewBox: "0 0 1400 60", role: "group", "aria-label": "Strip: everything that happened, and what is due" });
  const here = places[past.length];
  drawing.append(
    shape("line", { x1: LEFT, x2: here, y1: MIDDLE, y2: MIDDLE, class: "line" }),
    shape("line", { x1: here, x2: RIGHT, y1: MIDDLE, y2: MIDDLE, class: "line due" }),
    ...talks(places),
    ...silences(points, places),
    ...points.map((point, index) => mark(point, places[index])),
    ...times(points, places),
  );
  const place = byId("strip");
  const focused = keyOf(document.activeElement, place);
  place.replaceChildren(drawing);
  if (focused) focus(place, focused);
}

/** @param {import("./types.js").Event} event @returns {Point} */
function pastPoint(event) {
  return { key: `event ${event.seq}`, at: event.at, kind: event.kind, text: event.text, sids: event.sids, seq: event.seq };
}

/** @param {import("./types.js").DueWork} work @returns {Point} */
function duePoint({ at, kind, sid }) {
  return { key: `due ${kind} ${sid}`, at, kind: "due", text: `due: ${kind} ${nameOf(sid)}`, sids: [sid], seq: null };
}

/** Return where each instant stands. A silence is as wide as the logarithm of its length. @param {number[]} instants */
function spread(instants) {
  const widths = instants.map((at, index) => (index ? 1 + Math.log1p(Math.max(0, at - instants[index - 1]) / 1000) * 3 : 0));
  const whole = widths.reduce((sum, width) => sum + width, 0) || 1;
  let x = LEFT;
  return widths.map((width) => (x += (width / whole) * (RIGHT - LEFT)));
}

/**
 * Bars: from the answer of a call to its end.
 * @param {number[]} places
 */
function talks(places) {
  const events = state.history;
  const bars = [];
  for (const [end, event] of events.entries()) {
    if (event.kind !== "call" || event.action !== "completed") continue;
    const begin = events.findIndex((one) => one.kind === "call" && one.action === "answered" && one.sids.some((sid) => sid.startsWith("CA") && event.sids.includes(sid)));
    if (begin < 0 || begin >= end) continue;
    bars.push(shape("rect", { x: places[begin], width: places[end] - places[begin], y: MIDDLE - 5, height: 10, rx: 5, class: "talk" }));
  }
  return bars;
}

/**
 * The lengths of long silences, where there is room.
 * @param {Point[]} points
 * @param {number[]} places
 */
function silences(points, places) {
  return points.flatMap((point, index) => {
    const length = index ? Date.parse(point.at) - Date.parse(points[index - 1].at) : 0;
    const width = index ? places[index] - places[index - 1] : 0;
    return length >= SILENCE && width > 60 ? [text(span(length), places[index] - width / 2, 20, "silence")] : [];
  });
}

/**
 * The times below, as many as there is room for.
 * @param {Point[]} points
 * @param {number[]} places
 */
function times(points, places) {
  const found = [];
  let last = "";
  let free = 0;
  for (const [index, { at, kind }] of points.entries()) {
    const day = clockTime(at).slice(0, 3);
    const label = day === last.slice(0, 3) ? clockTime(at, false).slice(0, 5) : `${day} ${clockTime(at, false).slice(0, 5)}`;
    if (kind === "now" || places[index] < free || `${day}${label.slice(-5)}` === last) continue;
    found.push(text(label, places[index], 56, "label"));
    free = places[index] + 80;
    last = `${day}${label.slice(-5)}`;
  }
  return found;
}

/**
 * @param {Point} point
 * @param {number} x
 */
function mark(point, x) {
  const label = `${clockTime(point.at)} ${point.text}`;
  const isSelected = point.seq !== null && point.seq === state.event;
  const made = shape("g", {
    transform: `translate(${x} ${MIDDLE})`,
    class: `mark ${point.kind} ${isSelected ? "on" : ""}`,
    role: "button",
    tabindex: point.key === reached ? 0 : -1,
    "aria-label": label,
    "data-key": point.key,
  });
  made.append(form(point.kind));
  const tell = () => (byId("told").textContent = label);
  const choose = () => {
    reached = point.key;
    state.event = point.seq;
    tell();
    select(point.sids.find((sid) => sid.startsWith("KC")) ?? state.session);
  };
  made.addEventListener("mouseenter", tell);
  made.addEventListener("focus", tell);
  made.addEventListener("click", choose);
  made.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose();
    } else if (event.key === "ArrowRight") reach(made.nextElementSibling);
    else if (event.key === "ArrowLeft") reach(made.previousElementSibling);
  });
  return made;
}

/**
 * Go to a neighbour of a mark, if it is one.
 * @param {Element | null} one
 */
function reach(one) {
  if (!one?.classList.contains("mark")) return;
  reached = one.getAttribute("data-key") ?? reached;
  for (const other of byId("strip").querySelectorAll(".mark")) other.setAttribute("tabindex", other === one ? "0" : "-1");
  /** @type {SVGElement} */ (one).focus();
}

/** @param {string} kind */
function form(kind) {
  if (kind === "now") {
    const made = shape("g");
    made.append(shape("line", { y1: -14, y2: 16 }), shape("rect", { x: -18, y: -29, width: 36, height: 15, rx: 7 }), text("now", 0, -18, ""));
    return made;
  }
  return SHAPES[kind] ? shape("path", { d: SHAPES[kind] }) : shape("circle", { r: 5.5 });
}

/**
 * @param {string} content
 * @param {number} x
 * @param {number} y
 * @param {string} kind
 */
function text(content, x, y, kind) {
  const made = shape("text", { x, y, class: kind, "text-anchor": "middle" });
  made.textContent = content;
  return made;
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function shape(name, attributes = {}) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
