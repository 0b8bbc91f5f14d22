// The line below a list that is shown in part: what is shown of how many, and buttons to the other pages.

import { element } from "./dom.js";
import { act } from "./main.js";
import { MOST, state } from "./state.js";

/** @typedef {"services" | "sessions" | "due"} Paged */

/**
 * Return the line below a list whose pages begin at `state.offset`, or null if all of it is shown.
 * @param {Paged} list
 * @param {import("./types.js").Window<unknown>} window
 * @param {[string, string]} labels the buttons back and on
 * @param {number} most the number of rows of a page
 */
export function pages(list, { total, rows }, labels, most = MOST[list]) {
  const begin = state.offset[list];
  if (begin === 0 && rows.length >= total) return null;
  const last = most * Math.floor((total - 1) / most);
  // From where it is then: somebody may click twice before the page is drawn.
  const go = (/** @type {number} */ by) => () => act(async () => void (state.offset[list] = Math.max(0, Math.min(last, state.offset[list] + by))));
  return line(list, range(begin, rows.length, total), labels, begin > 0 ? go(-most) : null, begin + rows.length < total ? go(most) : null);
}

/**
 * Return the line with a text and two buttons, each of which may be missing.
 * @param {string} list
 * @param {string} shown
 * @param {[string, string]} labels
 * @param {(() => void) | null} back
 * @param {(() => void) | null} on
 */
export function line(list, shown, [backLabel, onLabel], back, on) {
  const button = (/** @type {string} */ label, /** @type {(() => void) | null} */ go) =>
    element("button", { "data-key": `${list} ${label}`, "aria-label": `${label} ${list}`, disabled: !go, onclick: go ?? (() => {}) }, label);
  return element("div", { class: "pages" }, element("span", { class: "dim" }, shown), button(backLabel, back), button(onLabel, on));
}

/**
 * Return the part of a list that is shown, as a text.
 * @param {number} begin
 * @param {number} length
 * @param {number} total
 */
export function range(begin, length, total) {
  const first = length > 1 ? `${count(begin + 1)} to ` : "";
  return `${length ? `${first}${count(begin + length)}` : "none"} of ${count(total)}`;
}

/** Return a number as people read it. @param {number} number */
export function count(number) {
  return number.toLocaleString("en");
}
