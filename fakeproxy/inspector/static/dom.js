// Elements of the page. What a user wrote comes in as text nodes, never as markup.

/**
 * Make an element.
 * @param {string} tag
 * @param {Record<string, any>} attributes `class`, `onclick` and the like; a value of null or false is left out
 * @param {...(Node | string | number | null | undefined)} children
 * @returns {any}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
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
 * @returns {any}
 */
export function byId(id) {
  return document.getElementById(id);
}

/**
 * Replace what an element has, unless it has just that: a button must not go while it is pressed. What somebody types
 * stays, and so does the focus, on the element with the same `data-key`.
 * @param {string} id
 * @param {...(Node | null)} children
 */
export function fill(id, ...children) {
  const place = byId(id);
  const wanted = children.filter((child) => child !== null);
  const has = [...place.childNodes];
  if (has.length === wanted.length && has.every((node, index) => node.isEqualNode(wanted[index]))) return;
  const typed = new Map([...place.querySelectorAll("input[data-key]")].map((input) => [input.dataset.key, input.value]));
  const focused = place.contains(document.activeElement) ? document.activeElement?.dataset.key : undefined;
  place.replaceChildren(...wanted);
  for (const input of place.querySelectorAll("input[data-key]")) input.value = typed.get(input.dataset.key) ?? input.value;
  if (focused) place.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

/**
 * Return a SID as people read it.
 * @param {string} sid
 */
export function short(sid) {
  return sid.length === 34 ? `${sid.slice(0, 6)}...${sid.slice(-4)}` : sid;
}

/**
 * Return the time of an instant: `Tue 8 Jan 2030 09:07:10`, or without the day.
 * @param {string} instant
 * @param {boolean} withDay
 */
export function clockTime(instant, withDay = true) {
  const date = new Date(instant);
  const time = date.toISOString().slice(11, 19);
  if (!withDay) return time;
  const day = date.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  return `${day.replace(",", "")} ${time}`;
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
