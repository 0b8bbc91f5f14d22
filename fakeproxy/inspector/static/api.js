// The control API. All that the page shows and does goes through here.

const BASE = new URL(".", document.baseURI).pathname;

/** False on the page of a server, true in a trace, which is a file. */
export const IS_TRACE = false;

/** The test of a trace, and what made it fail. */
export const [title, failure] = ["", ""];

/** The name of the fake that this page is of. Another one may have taken its address. */
let identity = "";

/** The answer of another fake than that of this page. */
export class Another extends Error {}

/** What the server said of a request that it refused. */
export class Refused extends Error {}

/**
 * Read something.
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function get(path) {
  return answer(await fetch(BASE + path, { headers: mine() }));
}

/**
 * Do something.
 * @param {string} path
 * @param {object} body
 * @returns {Promise<any>}
 */
export async function post(path, body = {}) {
  const headers = { "Content-Type": "application/json", ...mine() };
  return answer(await fetch(BASE + path, { method: "POST", headers, body: JSON.stringify(body) }));
}

/** @returns {Record<string, string>} */
function mine() {
  return identity ? { "Fakeproxy-Identity": identity } : {};
}

/** @param {Response} response */
async function answer(response) {
  const from = response.headers.get("Fakeproxy-Identity") ?? "";
  identity ||= from;
  if (from !== identity) throw new Another();
  const json = await response.json();
  if (!response.ok) throw new Refused(json.text ?? json.message ?? `${response.status}`);
  return json;
}

/**
 * Return the address of the picture of a session, now, when `seq` is the last event, or as of a past one.
 * @param {string} sid
 * @param {number} seq
 * @param {number | null} asOf
 */
export function picture(sid, seq, asOf) {
  return `pictures/${sid}.svg?${asOf === null ? "after" : "as_of"}=${asOf ?? seq}`;
}

/**
 * Return the line of the test that caused an event. Only a trace knows it.
 * @param {number} _seq
 * @returns {import("./types.js").Source | null}
 */
export function source(_seq) {
  return null;
}
