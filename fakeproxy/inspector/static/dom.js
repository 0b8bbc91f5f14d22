// Elements of the page. What a user wrote comes in as text nodes, never as markup.

/** @typedef {Node | string | number | null | undefined} Child */

/**
 * Make an element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} attributes `class`, `onclick` and the like; a value of null or false is left out
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) {
    if (child !== null && child !== undefined) made.append(child instanceof Node ? child : String(child));
  }
  return made;
}

/**
 * Return the element of the page with this id.
 * @param {string} id
 */
export function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/**
 * Return the input of the page with this id.
 * @param {string} id
 */
export function inputById(id) {
  return /** @type {HTMLInputElement} */ (document.getElementById(id));
}

/**
 * Return the input with this name in the form that an event is about.
 * @param {Event} event
 * @param {string} name
 */
export function inputOf(event, name) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
}

/**
 * Replace what an element has, unless it has just that. What somebody types stays, and so does the focus, on the element
 * with the same `data-key`.
 * @param {string} id
 * @param {...(Node | null)} children
 */
export function fill(id, ...children) {
  const place = byId(id);
  const wanted = /** @type {Node[]} */ (children.filter((child) => child !== null));
  const has = [...place.childNodes];
  if (has.length === wanted.length && has.every((node, index) => node.isEqualNode(wanted[index]))) return;
  const typed = new Map(inputs(place).map((input) => [input.dataset.key, input.value]));
  const focused = keyOf(document.activeElement, place);
  place.replaceChildren(...wanted);
  for (const input of inputs(place)) input.value = typed.get(input.dataset.key) ?? input.value;
  if (focused) focus(place, focused);
}

/**
 * Return the `data-key` of an element in a place.
 * @param {Element | null} one
 * @param {Element} place
 */
export function keyOf(one, place) {
  return one && place.contains(one) ? one.getAttribute("data-key") : null;
}

/**
 * Set the focus on the element of a place with this `data-key`.
 * @param {Element} place
 * @param {string} key
 */
export function focus(place, key) {
  const found = /** @type {HTMLElement | null} */ (place.querySelector(`[data-key="${CSS.escape(key)}"]`));
  found?.focus();
}

/** @param {Element} place */
function inputs(place) {
  return /** @type {HTMLInputElement[]} */ ([...place.querySelectorAll("input[data-key]")]);
}

/**
 * Return a SID as people read it.
 * @param {string} sid
 */
export function short(sid) {
  return sid.length === 34 ? `${sid.slice(0, 6)}…${sid.slice(-4)}` : sid;
}

/** The form of a day. Made once: that takes as long as to write a thousand days in it. */
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

/**
 * Return the time of an instant: `Tue 8 Jan 2030 09:07:10`, or without the day.
 * @param {string} instant
 * @param {boolean} withDay
 */
export function clockTime(instant, withDay = true) {
  const date = new Date(instant);
  const time = date.toISOString().slice(11, 19);
  if (!withDay) return time;
  return `${DAY.format(date).replace(",", "")} ${time}`;
}

/**
 * Return a length of time in words: `3 h 12 min`.
 * @param {number} milliseconds
 */
export function span(milliseconds) {
  let seconds = Math.round(Math.abs(milliseconds) / 1000);
  const parts = [];
  for (const [unit, size] of /** @type {[string, number][]} */ ([["d", 86400], ["h", 3600], ["min", 60], ["s", 1]])) {
    const number = Math.floor(seconds / size);
    seconds -= number * size;
    if (number) parts.push(`${number} ${unit}`);
  }
  return parts.slice(0, 2).join(" ") || "0 s";
}
