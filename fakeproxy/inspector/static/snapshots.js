// The whole state: to a file, from a file, back to the beginning.

import { get, post, Refused } from "./api.js";
import { element, fill } from "./dom.js";
import { act } from "./main.js";

/** @type {object | null} The state before the last reset, to undo it. */
let before = null;

/** Draw the buttons. */
export function drawSnapshots() {
  const choose = element("input", { type: "file", accept: "application/json", hidden: true, onchange: restore });
  fill(
    "state",
    element("button", { "data-key": "snapshot", onclick: save }, "Snapshot"),
    element("button", { "data-key": "restore", onclick: () => choose.click() }, "Restore..."),
    element("button", { "data-key": "reset", onclick: reset }, "Reset"),
    before ? element("button", { "data-key": "undo", onclick: undo }, "Undo reset") : null,
    choose,
  );
}

async function save() {
  const snapshot = await get("state");
  const url = URL.createObjectURL(new Blob([JSON.stringify(snapshot, null, 1)], { type: "application/json" }));
  element("a", { href: url, download: "fakeproxy-snapshot.json" }).click();
  URL.revokeObjectURL(url);
}

/** @param {Event} event */
async function restore(event) {
  const [file] = /** @type {HTMLInputElement} */ (event.target).files ?? [];
  if (file) await act(async () => post("state", read(await file.text(), file.name)));
}

/**
 * Return the state that a file has.
 * @param {string} text
 * @param {string} name
 */
function read(text, name) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(`${name} is no JSON: choose a file that "Snapshot" has saved.`);
  }
}

async function reset() {
  if (!confirm("Go back to the state at the start? The history and the journal are forgotten.")) return;
  before = await get("state");
  await act(() => post("reset"));
}

async function undo() {
  const snapshot = before;
  before = null;
  if (snapshot) await act(() => post("state", snapshot));
}
