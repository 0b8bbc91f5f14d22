// The control API. All that the page shows and does goes through here.

const BASE = new URL(".", document.baseURI).pathname;

/** What the server said of a request that it refused. */
export class Refused extends Error {}

/**
 * Read something.
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function get(path) {
  return answer(await fetch(BASE + path));
}

/**
 * Do something.
 * @param {string} path
 * @param {object} body
 * @returns {Promise<any>}
 */
export async function post(path, body = {}) {
  const headers = { "Content-Type": "application/json" };
  return answer(await fetch(BASE + path, { method: "POST", headers, body: JSON.stringify(body) }));
}

/** @param {Response} response */
async function answer(response) {
  const json = await response.json();
  if (!response.ok) throw new Refused(json.text ?? json.message ?? `${response.status}`);
  return json;
}
