// "Copy as test": what was done, as a pytest test, in a dialog with a button that copies it.

import { get, IS_TRACE, Refused } from "./api.js";
import { byId, element } from "./dom.js";

/** Show the test of all that was done since the start or the last reset. */
async function show() {
  const code = element("pre", { tabindex: "0", "aria-label": "The test" });
  const said = element("span", { role: "status", class: "dim" });
  const copy = element("button", { onclick: () => copyText(code, said) }, "Copy");
  const close = element("button", { onclick: () => dialog.close() }, "Close");
  const title = element("h2", { id: "test-title" }, "A test that does what was done");
  const bar = element("div", { class: "buttons" }, copy, close, said);
  const dialog = element("dialog", { class: "test", "aria-labelledby": "test-title" }, title, bar, code);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  copy.focus();
  try {
    code.textContent = (await get("test")).source;
  } catch (error) {
    code.textContent = error instanceof Refused ? error.message : "The fake does not answer.";
  }
}

/**
 * Copy the text of an element. A browser that does not allow it has the text selected, to be copied by its own keys.
 * @param {HTMLElement} place
 * @param {HTMLElement} said
 */
async function copyText(place, said) {
  try {
    await navigator.clipboard.writeText(place.textContent ?? "");
    said.textContent = "copied";
  } catch {
    getSelection()?.selectAllChildren(place);
    said.textContent = "selected: copy it with Ctrl+C";
  }
}

/** Offer it by a button. A trace has no server that makes one. */
export function offerTest() {
  byId("copy-as-test").hidden = IS_TRACE;
  byId("copy-as-test").addEventListener("click", show);
}
