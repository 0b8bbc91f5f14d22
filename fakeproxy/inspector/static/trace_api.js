// The control API of a trace: what it would have answered after each event. Nothing can be changed.

/** What is refused. */
export class Refused extends Error {}

/** What no trace has: the answer of another fake. */
export class Another extends Error {}

/** @type {import("./types.js").Trace} */
const trace = await unpack();

/** True on the page of a trace, which has no server. */
export const IS_TRACE = true;

/** The test, and what made it fail. */
export const [title, failure] = [trace.title, trace.failure];

async function unpack() {
  const packed = Uint8Array.from(atob(document.getElementById("trace")?.textContent ?? ""), (letter) => letter.charCodeAt(0));
  const text = new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip")));
  return text.json();
}

/** @typedef {{name: string, asked: URLSearchParams, seq: number}} Question `seq`: the event after which it is asked */

/** @type {Record<string, (question: Question) => any>} The answers, by path. Other paths are in the file. */
const ANSWERS = {
  position: ({ asked }) => (asked.has("after") ? new Promise(() => {}) : { position: "", epoch: 0 }), // Nothing happens any more.
  faults: () => [],
  "history/counts": counts,
  "windows/history": history,
  "windows/sessions": (question) => window(rows("sessions", question.seq).reverse(), question),
  "windows/due": (question) => window(answer(question).rows, question),
};

/**
 * Read something.
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function get(path) {
  const [name, query] = path.split("?");
  const asked = new URLSearchParams(query);
  const question = { name: decodeURIComponent(name), asked, seq: Number(asked.get("as_of") ?? Infinity) };
  return (ANSWERS[question.name] ?? answer)(question);
}

/**
 * Return what the control API would have answered right after an event.
 * @param {Question} question
 */
function answer({ name, seq }) {
  const known = trace.answers[name]?.filter(([since]) => since <= seq) ?? [];
  if (known.length) return known[known.length - 1][1];
  if (trace.first === null || seq < trace.first) throw new Refused(`the state after event ${seq} is not in this trace`);
  return name.startsWith("phones/") ? { number: name.slice(7), inbox: [], calls: [] } : { total: 0, sessions: {}, rows: [] };
}

/**
 * Return the part of a list that is asked for.
 * @param {any[]} list
 * @param {Question} question
 */
function window(list, { asked }) {
  const [offset, limit] = [Number(asked.get("offset") ?? 0), Number(asked.get("limit") ?? 50)];
  const found = list.filter((row) => has(row, asked.get("search") ?? ""));
  return { total: found.length, rows: found.slice(offset, offset + limit) };
}

/**
 * Return whether a row has a text in it.
 * @param {any} row
 * @param {string} text
 */
function has(row, text) {
  if (/^[1-5]xx$/i.test(text)) return String(row.object?.status ?? "").startsWith(text[0]);
  return JSON.stringify(row).toLowerCase().includes(text.toLowerCase());
}

/** @param {Question} question */
function history({ asked }) {
  const [after, until, limit] = [Number(asked.get("after") ?? -1), Number(asked.get("until") ?? Infinity), Number(asked.get("limit") ?? 50)];
  const kinds = asked.get("kind")?.split(",");
  const found = concerning(asked.get("of")).filter(
    (event) => event.seq > after && event.seq <= until && (!kinds || kinds.includes(event.kind)) && has(event, asked.get("search") ?? ""),
  );
  const newest = found.reverse();
  return { rows: newest.slice(0, limit), older: newest[limit]?.seq ?? null };
}

/**
 * Return the events that concern a SID or a number, as the server finds them, or all events.
 * @param {string | null} key
 */
function concerning(key) {
  if (!key) return [...trace.events];
  const found = trace.events.filter((event) => event.sids.includes(key) || event.numbers.includes(key));
  const contacts = found.filter((event) => event.sids.includes(key) && (event.kind === "text" || event.kind === "call"));
  const related = new Set([key, ...contacts.flatMap((event) => event.sids)]);
  const isAbout = (/** @type {import("./types.js").Event} */ event) => event.numbers.includes(key) || event.sids.some((sid) => related.has(sid));
  const first = found[0]?.seq ?? Infinity;
  const last = trace.events.filter(isAbout).at(-1)?.seq ?? -1;
  const end = trace.events.at(-1);
  const isBetween = (/** @type {import("./types.js").Event} */ event) => ["step", "note"].includes(event.kind) && first < event.seq && event.seq <= last;
  return trace.events.filter((event) => isAbout(event) || isBetween(event) || (found.length && event.kind === "step" && event === end));
}

/** Return the number of events of each kind, and the number of the last one. */
function counts() {
  /** @type {Record<string, {kind: string, events: number, last: number}>} */
  const found = {};
  for (const { kind, seq } of trace.events) found[kind] = { kind, events: (found[kind]?.events ?? 0) + 1, last: seq };
  return Object.values(found);
}

/**
 * Return the rows of a table right after an event.
 * @param {string} table
 * @param {number} seq
 */
function rows(table, seq) {
  const found = new Map();
  for (const [since, changed] of trace.rows[table] ?? []) {
    if (since > seq) break;
    for (const [sid, row] of Object.entries(changed)) row ? found.set(sid, row) : found.delete(sid);
  }
  if (trace.first !== null && seq < trace.first) throw new Refused(`the state after event ${seq} is not in this trace`);
  return [...found.values()];
}

/** Do nothing: a trace cannot be changed. */
export async function post() {
  throw new Refused("This is a trace: it can be read, but not changed.");
}

/**
 * Return the address of the picture of a session, right after an event.
 * @param {string} sid
 * @param {number} seq
 * @param {number | null} asOf
 */
export function picture(sid, seq, asOf) {
  const known = trace.pictures[sid] ?? [];
  const then = known.filter(([since]) => since <= (asOf ?? seq)).at(-1) ?? known[0];
  return `data:image/svg+xml,${encodeURIComponent(then ? then[1] : '<svg xmlns="http://www.w3.org/2000/svg"/>')}`;
}

/**
 * Return the line of the test that caused an event, with those around it.
 * @param {number} seq
 */
export function source(seq) {
  return trace.sources[seq] ?? null;
}
