// The lists at the side: Services with their pools, sessions, faults.

import { post } from "./api.js";
import { element, fill, short, span } from "./dom.js";
import { act } from "./main.js";
import { count, pages } from "./paging.js";
import { sessionCount, state } from "./state.js";

/** Draw all three. */
export function drawLists() {
  const { overview, sessions } = state;
  fill("services", ...(overview.rows.length ? overview.rows.map(service) : [nothing("no Service yet")]), pages("services", overview, ["Back", "More"]));
  fill("sessions", ...(sessions.rows.length ? sessions.rows.map(session) : [nothing("no session")]));
  fill("sessions-pages", pages("sessions", sessions, ["Newer", "Older"]), state.filter ? found() : null);
  fill("faults", ...(state.faults.length ? state.faults.map(fault) : [nothing("none")]), order());
}

/** How many of all sessions the filter has found. */
function found() {
  return nothing(`${count(state.sessions.total)} of ${count(sessionCount())} sessions fit the filter`);
}

/** @param {import("./types.js").ServiceOverview} row */
function service(row) {
  const { total, rows } = row.numbers;
  const more = total > rows.length ? nothing(`${rows.length} of ${count(total)} numbers: the filter finds the others`) : null;
  const sessions = Object.entries(row.sessions).map(([status, number]) => `${count(number)} ${status}`);
  return element(
    "div",
    {},
    element("h3", {}, row.unique_name),
    sessions.length ? element("p", { class: "dim" }, sessions.join(", ")) : null,
    ...rows.map((one) =>
      element(
        "div",
        { class: "row" },
        element("span", { class: "mono" }, one.phone_number),
        element("span", { class: "chip" }, use(one)),
        element("small", { class: "dim" }, [one.capabilities.join(", "), ...users(one)].join(" · ")),
      ),
    ),
    more,
  );
}

/** @param {import("./types.js").PoolNumber} number */
function use(number) {
  const times = number.in_use ? `${count(number.in_use)} in use` : "";
  return [number.is_reserved ? "reserved" : "", times].filter(Boolean).join(", ") || "free";
}

/** Where a number is in use, as a text, or nothing. @param {import("./types.js").PoolNumber} number */
function users({ in_use, users: names }) {
  if (!names.length) return [];
  const more = in_use > names.length ? [`${count(in_use - names.length)} more`] : [];
  return [`in ${[...names.map(short), ...more].join(", ")}`];
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
