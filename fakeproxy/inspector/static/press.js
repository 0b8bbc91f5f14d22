// What is pressed stays as it is until it is let go: a button that is replaced meanwhile gets no click, and a text that is
// being selected is lost.

/** @type {Set<string>} What is down: a pointer, the space bar. */
const down = new Set();

/** @type {(() => void) | null} What was put off. */
let late = null;

/**
 * Do something now or, if something is pressed, once it is let go. Of what is put off, only the last is done.
 * @param {() => void} run
 */
export function onceLetGo(run) {
  late = run;
  catchUp();
}

function catchUp() {
  if (down.size || !late) return;
  const run = late;
  late = null;
  run();
}

/** @param {string} what */
function letGo(what) {
  if (!down.has(what)) return;
  setTimeout(() => {
    down.delete(what); // Only now: a click may follow.
    catchUp();
  });
}

document.addEventListener("pointerdown", () => down.add("pointer"));
for (const name of ["pointerup", "pointercancel", "contextmenu"]) document.addEventListener(name, () => letGo("pointer"));
document.addEventListener("pointermove", (event) => {
  if (!event.buttons) letGo("pointer"); // A page is not always told that the button was let go, such as over a menu.
});
document.addEventListener("keydown", (event) => event.key === " " && down.add("space"));
document.addEventListener("keyup", (event) => event.key === " " && letGo("space"));
document.addEventListener("click", () => down.clear(), { capture: true }); // What it causes is shown at once.
window.addEventListener("blur", () => [...down].forEach(letGo));
