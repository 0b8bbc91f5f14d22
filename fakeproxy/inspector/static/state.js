// What the page knows: the last that it has read, and what is selected. Of each list it reads what it shows.

import { get, IS_TRACE } from "./api.js";
import { short } from "./dom.js";
import { emptyWindow, query, readWindow } from "./windows.js";

/** How much of each list is read: rows of a page, events of the strip, of the table, of a session, and of a phone. */
export const MOST = { services: 10, sessions: 30, due: 50, strip: 200, table: 100, story: 100, phone: 30 };

export const state = {
  /** @type {import("./types.js").Clock} */ clock: { now: "1970-01-01T00:00:00Z", driver: "own" },
  /** @type {import("./types.js").Overview} */ overview: { total: 0, sessions: {}, rows: [] },
  /** @type {import("./types.js").Window<import("./types.js").Session>} */ sessions: { total: 0, rows: [] },
  /** @type {import("./types.js").Window<import("./types.js").DueWork>} */ due: { total: 0, rows: [] },
  /** @type {import("./types.js").Fault[]} */ faults: [],
  /** @type {Record<string, import("./types.js").Count>} The number of events of each kind. */ counts: {},
  /** @type {import("./types.js").Event[]} The newest events, oldest first. */ history: [],
  /** @type {import("./types.js").EventWindow} The events of the table below. */ table: emptyWindow(),
  /** @type {import("./types.js").Window<import("./types.js").DueWork>} The due work of the table. */ dueTable: { total: 0, rows: [] },
  /** @type {import("./types.js").Session | null} The session that is shown. */ shown: null,
  /** @type {import("./types.js").EventWindow} The events of that session. */ story: emptyWindow(),
  /** @type {Record<string, import("./types.js").Handset>} */ phones: {},
  /** @type {import("./types.js").Event[]} The event of the past that is shown, and the one before it. */ past: [],
  /** The position of the fake at the last reading, and the number of its resets by then. */
  position: "",
  epoch: -1,
  /** @type {number | null} The number of the event whose state is shown; null for the present. */
  asOf: null,
  /** @type {string | null} The SID of the session that is shown. */
  session: null,
  /** @type {number | null} The number of the event that is selected on the strip. */
  event: null,
  /** @type {string[]} The numbers of people who are in no session. */
  people: [],
  tab: "story",
  /** The tab that the rows of the table are of: another one may have been selected while they were read. */
  tableOf: "story",
  filter: "",
  /** Where the pages of the lists begin. */
  offset: { services: 0, sessions: 0, due: 0 },
  /** @type {number[]} For each page of the table after the first: the number of its newest event. */
  until: [],
};

/** The kinds of events in each tab of the table: none for all. */
export const KINDS = /** @type {Record<string, string>} */ ({ story: "", request: "request,fault", webhook: "webhook", alert: "alert" });

/** @type {Record<string, ReturnType<typeof emptyWindow>>} The windows of events that were read last, by what they are of. */
let windows = {};

let reading = Promise.resolve();
/** @type {Promise<void> | null} A reading that has not begun. */
let next = null;

/** Read all that is shown. One reading ends before the next begins; a reading that has not begun serves all who ask. */
export function read() {
  next ??= reading = reading.then(begin, begin);
  return next;
}

async function begin() {
  next = null;
  const { position, epoch } = await get("position?timeout=0"); // First, so that no change comes between.
  if (epoch !== state.epoch) forget(epoch);
  await Promise.all([readLists(), readEvents(), readShown(), readPast()]);
  await readSession();
  state.position = position;
}

/** Show only what has this text in it. @param {string} text */
export function filterBy(text) {
  Object.assign(state, { filter: text, until: [] });
  Object.assign(state.offset, { sessions: 0, due: 0 });
}

/** Forget the events, as the fake has done, since its last reset. @param {number} epoch */
function forget(epoch) {
  windows = {};
  Object.assign(state, { epoch, until: [], asOf: null, event: null });
}

async function readLists() {
  const { asOf, filter, offset } = state;
  const as_of = asOf;
  const [clock, overview, sessions, due, faults, counts] = await Promise.all(
    [
      `clock?${query({ limit: 0, as_of })}`,
      `overview?${query({ limit: MOST.services, offset: offset.services, search: filter, as_of })}`,
      `windows/sessions?${query({ limit: MOST.sessions, offset: offset.sessions, search: filter, as_of })}`,
      `windows/due?${query({ limit: MOST.due, as_of })}`,
      "faults",
      "history/counts",
    ].map(get),
  );
  const isLeft = (/** @type {import("./types.js").Fault} */ one) => one.left !== 0;
  Object.assign(state, { clock, overview, sessions, due, faults: faults.filter(isLeft) });
  state.counts = Object.fromEntries(counts.map((/** @type {import("./types.js").Count} */ one) => [one.kind, one]));
}

/** Read the newest events, and the rows of the tab that is selected. */
async function readEvents() {
  const { asOf, filter, tab } = state;
  const until = state.until.at(-1) ?? null;
  const asked = { kind: KINDS[tab] ?? "", search: filter, until };
  const isNewest = !asked.kind && !filter && until === null;
  if (tab === "due") {
    const asks = query({ limit: MOST.table, offset: state.offset.due, search: filter, as_of: asOf });
    Object.assign(state, { dueTable: await get(`windows/due?${asks}`), tableOf: tab });
  } else if (!isNewest) Object.assign(state, { table: await events("table", asked, MOST.table), tableOf: tab });
  const { rows, older } = await events("strip", { objects: "false" }, MOST.strip);
  state.history = [...rows].reverse();
  if (tab !== "due" && isNewest) Object.assign(state, { table: { rows: rows.slice(0, MOST.table), older: rows[MOST.table]?.seq ?? older }, tableOf: tab });
}

/** Read the session that is shown. */
async function readShown() {
  const as_of = state.asOf;
  const named = state.session ? await get(`windows/sessions?${query({ limit: 1, search: state.session, as_of })}`) : null;
  const found = named?.rows.length ? named : await get(`windows/sessions?${query({ limit: 1, as_of })}`);
  state.shown = found.rows[0] ?? null;
  state.session = state.shown?.sid ?? null;
}

/** Read the story of the session that is shown, and the phones of its people. */
async function readSession() {
  const as_of = state.asOf;
  const story = state.session ? events("story", { of: state.session, until: as_of, objects: "false" }, MOST.story) : emptyWindow();
  const numbers = people();
  const phones = await Promise.all(numbers.map(readPhone));
  state.phones = Object.fromEntries(numbers.map((number, index) => [number, phones[index]]));
  state.story = await story;
}

/**
 * Read the phone of a person, unless nobody has texted or called, and no state was restored, since it was read.
 * @param {string} number
 * @returns {Promise<import("./types.js").Handset>}
 */
async function readPhone(number) {
  const as_of = state.asOf;
  const last = ["text", "call", "note"].map((kind) => state.counts[kind]?.last); // A restored state is a note.
  const since = `${last} ${as_of} ${state.epoch}`;
  const known = state.phones[number];
  if (known?.since === since) return known;
  const [handset, texts] = await Promise.all([
    get(`phones/${encodeURIComponent(number)}?${query({ limit: 5, as_of })}`),
    events(`phone ${number}`, { of: number, kind: "text,call", until: as_of, objects: "false" }, MOST.phone),
  ]);
  return { since, calls: handset.calls, events: [...texts.rows].reverse() };
}

/** Read the event of the past that is shown, and the one before it. In a trace that is the last one at first. */
async function readPast() {
  const isPast = IS_TRACE || state.asOf !== null;
  state.past = isPast ? (await get(`windows/history?${query({ until: state.asOf, limit: 2, objects: "false" })}`)).rows : [];
}

/**
 * Read a window of events, or what is new in it.
 * @param {string} name
 * @param {Record<string, string | number | null>} asked
 * @param {number} limit
 */
async function events(name, asked, limit) {
  const found = await readWindow(windows[name] ?? emptyWindow(), asked, limit);
  windows[name] = found;
  return found;
}

/** Return the numbers of the people whose phones are shown: those of the session, then those who were added. */
export function people() {
  const present = state.shown?.participants.filter((one) => !one.date_deleted).map((one) => one.identifier) ?? [];
  return [...new Set([...present, ...state.people])];
}

/**
 * Return the name by which people know the session with this SID, or the SID of something else, short.
 * @param {string} sid
 */
export function nameOf(sid) {
  const session = [state.shown, ...state.sessions.rows].find((one) => one?.sid === sid);
  const work = [...state.due.rows, ...state.dueTable.rows].find((one) => one.sid === sid);
  return session?.unique_name ?? work?.name ?? short(sid);
}

/** Return the number of all sessions, or of those with one of these statuses. @param {...string} statuses */
export function sessionCount(...statuses) {
  return Object.entries(state.overview.sessions).reduce((sum, [status, count]) => sum + (!statuses.length || statuses.includes(status) ? count : 0), 0);
}
