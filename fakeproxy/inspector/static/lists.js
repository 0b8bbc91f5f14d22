// The lists at the side: Services with their pools, sessions, faults.

import { post } from "./api.js";
import { element, fill, short, span } from "./dom.js";
import { act } from "./main.js";
import { nameOf, state } from "./state.js";

/** How many rows of a list are drawn. The filter finds the others. */
const MOST = 200;

/** How many sessions that use a number are named. */
const NAMED = 3;

/** Draw all three. */
export function drawLists() {
  fill("services", ...(state.services.length ? state.services.map(service) : [nothing("no Service yet")]));
  const fitting = state.sessions.filter(fits).reverse();
  const more = fitting.length > MOST ? nothing(`${fitting.length - MOST} more: filter for them`) : null;
  fill("sessions", ...(fitting.length ? fitting.slice(0, MOST).map(session) : [nothing("no session")]), more);
  fill("faults", ...(state.faults.length ? state.faults.map(fault) : [nothing("none")]), order());
}

/** @param {import("./types.js").Service} row */
function service(row) {
  const numbers = state.numbers.filter((one) => one.service_sid === row.sid);
  return element(
    "div",
    {},
    element("h3", {}, row.unique_name),
    ...numbers.map((one) =>
      element(
        "div",
        { class: "row" },
        element("span", { class: "mono" }, one.phone_number),
        element("span", { class: "chip" }, use(one)),
        element("small", { class: "dim" }, [one.capabilities.join(", "), ...users(one)].join(" · ")),
      ),
    ),
  );
}

/** @param {import("./types.js").PhoneNumber} number */
function use(number) {
  const times = number.in_use ? `${number.in_use} in use` : "";
  return [number.is_reserved ? "reserved" : "", times].filter(Boolean).join(", ") || "free";
}

/**
 * Where a number is in use, as a text, or nothing.
 * @param {import("./types.js").PhoneNumber} number
 */
function users(number) {
  const uses = state.sessions.filter(
    (one) =>
      number.in_use &&
      one.status !== "closed" &&
      one.service_sid === number.service_sid &&
      one.participants.some((person) => !person.date_deleted && person.proxy_identifier === number.phone_number),
  );
  if (!uses.length) return [];
  const more = uses.length > NAMED ? [`${uses.length - NAMED} more`] : [];
  return [`in ${[...uses.slice(0, NAMED).map((one) => nameOf(one.sid)), ...more].join(", ")}`];
}

/** @param {import("./types.js").Session} row */
function fits(row) {
  const text = [row.sid, row.unique_name, row.status, ...row.participants.map((one) => `${one.identifier} ${one.friendly_name}`)];
  return text.join(" ").toLowerCase().includes(state.filter.toLowerCase());
}

/** @param {import("./types.js").Session} row */
function session(row) {
  const isSelected = row.sid === state.session;
  const left = row.expires ? Date.parse(row.expires) - Date.parse(state.clock.now) : null;
  const chip = row.status === "closed" ? `closed · ${row.closed_reason}` : row.status;
  const rest = row.status === "closed" ? null : left === null ? "no expiry" : `${span(left)} left`;
  const made = element(
    "button",
    { class: `row session ${isSelected ? "on" : ""}`, "aria-pressed": isSelected, "data-key": row.sid, onclick: () => select(row.sid) },
    element("span", {}, element("b", {}, row.unique_name ?? short(row.sid)), element("br"), element("span", { class: "mono dim" }, short(row.sid))),
    element("span", { class: `chip ${row.status}` }, chip, rest ? element("br") : null, rest),
  );
  if (left !== null && row.ttl) {
    const bar = element("progress", { max: row.ttl, value: Math.max(0, left / 1000), "aria-label": `${span(left)} left` });
    made.append(bar);
  }
  return made;
}

/** @param {import("./types.js").Fault} row */
function fault(row) {
  const where = [row.operation, row.method, row.path, row.number].filter(Boolean).join(" ") || "any request";
  const times = row.left === null ? "always" : `${row.left} times`;
  return element(
    "div",
    { class: "row" },
    element("span", {}, `${row.what} for ${where}, ${times}`),
    element("button", { "data-key": `fault ${row.id}`, onclick: () => act(() => post(`faults/${row.id}/remove`)) }, "Take back"),
  );
}

function order() {
  const kinds = ["server_error", "too_many_requests", "connection_reset", "read_timeout"];
  return element(
    "div",
    { class: "row" },
    ...kinds.map((kind) =>
      element("button", { "data-key": kind, onclick: () => act(() => post("faults", { fault: kind, optional: true })) }, kind.replaceAll("_", " ")),
    ),
  );
}

/** @param {string} text */
function nothing(text) {
  return element("p", { class: "dim" }, text);
}

/** Show the session with this SID. @param {string | null} sid */
export function select(sid) {
  state.session = sid;
  act(async () => {}); // Its people's phones are read.
}
