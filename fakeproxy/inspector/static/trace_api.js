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

/**
 * Read something.
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function get(path) {
  const [name, query] = path.split("?");
  const asked = new URLSearchParams(query);
  if (name === "wait") return new Promise(() => {}); // Nothing happens any more.
  if (name === "history") return trace.events.filter((event) => event.seq > Number(asked.get("after") ?? -1));
  if (name === "faults") return [];
  return answer(decodeURIComponent(name), Number(asked.get("as_of") ?? Infinity));
}

/**
 * Return what the control API would have answered right after an event.
 * @param {string} path
 * @param {number} seq
 */
function answer(path, seq) {
  if (path.startsWith("tables/")) return rows(path.slice(7), seq);
  const known = trace.answers[path]?.filter(([since]) => since <= seq) ?? [];
  if (known.length) return known[known.length - 1][1];
  if (trace.first === null || seq < trace.first) throw new Refused(`the state after event ${seq} is not in this trace`);
  return path.startsWith("phones/") ? { number: path.slice(7), inbox: [], calls: [] } : [];
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
