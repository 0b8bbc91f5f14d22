// What the page knows: the last that it has read, and what is selected.

import { get } from "./api.js";
import { short } from "./dom.js";

export const state = {
  /** @type {import("./types.js").Clock} */ clock: { now: "1970-01-01T00:00:00Z", driver: "own", due: [] },
  /** @type {import("./types.js").Service[]} */ services: [],
  /** @type {import("./types.js").PhoneNumber[]} */ numbers: [],
  /** @type {import("./types.js").Session[]} */ sessions: [],
  /** @type {import("./types.js").Fault[]} */ faults: [],
  /** @type {import("./types.js").Event[]} */ history: [],
  /** @type {Record<string, import("./types.js").Handset>} */ phones: {},
  /** @type {number | null} The number of the event whose state is shown; null for the present. */
  asOf: null,
  /** The number of the last event that was read. */
  seq: -1,
  /** @type {string | null} The SID of the session that is shown. */
  session: null,
  /** @type {number | null} The number of the event that is selected on the strip. */
  event: null,
  /** @type {string[]} The numbers of people who are in no session. */
  people: [],
  tab: "story",
  filter: "",
};

let reading = Promise.resolve();

/** Read all that is shown. One reading ends before the next begins, so that no event is read twice. */
export function read() {
  reading = reading.then(readAll, readAll);
  return reading;
}

async function readAll() {
  const [clock, services, numbers, sessions, faults] = await Promise.all(
    [...["clock", "tables/services", "tables/phone_numbers", "tables/sessions"].map(then), "faults"].map(get),
  );
  Object.assign(state, { clock, services, numbers, sessions, faults: faults.filter((/** @type {import("./types.js").Fault} */ one) => one.left !== 0) });
  const events = await get(`history?after=${state.seq}`);
  if (events.length) {
    state.history.push(...events);
    state.seq = events.at(-1).seq;
  }
  if (!state.sessions.some((one) => one.sid === state.session)) state.session = sessions.at(-1)?.sid ?? null;
  const numbersOfPeople = people();
  const phones = await Promise.all(numbersOfPeople.map((number) => get(then(`phones/${encodeURIComponent(number)}`))));
  state.phones = Object.fromEntries(numbersOfPeople.map((number, index) => [number, phones[index]]));
}

/** Return the path of what is shown: of the present, or of the past. @param {string} path */
function then(path) {
  return state.asOf === null ? path : `${path}?as_of=${state.asOf}`;
}

/** Return what has happened until now, or until the event whose state is shown. */
export function happened() {
  const last = state.asOf ?? Infinity;
  return state.history.filter((event) => event.seq <= last);
}

/** Return the session that is shown. */
export function selected() {
  return state.sessions.find((one) => one.sid === state.session);
}

/** Return the numbers of the people whose phones are shown: those of the session, then those who were added. */
export function people() {
  const present = selected()?.participants.filter((one) => !one.date_deleted).map((one) => one.identifier) ?? [];
  return [...new Set([...present, ...state.people])];
}

/**
 * Return the name by which people know the session with this SID, or the SID of something else, short.
 * @param {string} sid
 */
export function nameOf(sid) {
  return state.sessions.find((one) => one.sid === sid)?.unique_name ?? short(sid);
}
