// The page: reads the state, draws it, and follows what happens.

import { Another, get, Refused } from "./api.js";
import { offerTest } from "./copy_as_test.js";
import { drawClock, stepToNext } from "./clock.js";
import { byId, element, fill, inputById } from "./dom.js";
import { drawLists } from "./lists.js";
import { drawPast } from "./past.js";
import { drawPhones } from "./phones.js";
import { onceLetGo } from "./press.js";
import { drawSession } from "./session.js";
import { drawSnapshots } from "./snapshots.js";
import { drawStrip } from "./strip.js";
import { filterBy, read, state } from "./state.js";
import { drawTables } from "./tables.js";

/** Draw everything from what was read last. */
export function draw() {
  onceLetGo(() => {
    drawClock();
    drawSnapshots();
    drawStrip();
    drawLists();
    drawSession();
    drawPhones();
    drawTables();
    drawPast();
  });
}

/** The last thing that was done on this page. */
let action = Promise.resolve();

/**
 * Do something, then read and draw. What is refused is told.
 * @param {() => Promise<unknown>} run
 */
export function act(run) {
  action = perform(run);
  return action;
}

/** @param {() => Promise<unknown>} run */
async function perform(run) {
  try {
    await run();
    tell("");
  } catch (error) {
    if (error instanceof Another) return leave();
    if (!(error instanceof Refused)) throw error;
    tell(error.message);
  }
  await read().catch(lost);
  draw();
}

/** @param {string} text */
function tell(text) {
  byId("lost").hidden = !text;
  byId("lost").textContent = text;
}

/** Say that the address belongs to another fake now. The page does nothing with that one. */
function leave() {
  byId("lost").hidden = false;
  const reload = element("button", { onclick: () => location.reload() }, "Reload");
  fill("lost", element("span", {}, "Another fake answers at this address now. This page shows the former one. "), reload);
}

/** @param {unknown} error */
function lost(error) {
  if (error instanceof Another) return leave();
  if (error instanceof Refused) return tell(error.message);
  tell("The fake does not answer any more. This page goes on when it does.");
}

/**
 * Read and draw again after each change. A change that comes alone is shown at once. While there is one after the other,
 * the page rests longer and longer, up to two seconds: it takes little time of a program that is running.
 */
async function follow() {
  let isLost = false;
  let rest = 0;
  for (;;) {
    try {
      const before = state.position;
      const asked = performance.now();
      // Some changes leave the position as it is: after some seconds the page reads again in any case.
      const { position } = await get(`position?after=${encodeURIComponent(before)}&timeout=5`);
      if (isLost) tell("");
      isLost = false;
      await action;
      if (position === state.position && position !== before) continue; // What somebody did on this page was read already.
      const began = performance.now();
      const goesOn = began - asked < 50;
      await read();
      draw();
      rest = Math.min(2000, Math.max(goesOn ? 2 * rest : 0, 9 * (performance.now() - began)));
      await pause(rest);
    } catch (error) {
      lost(error);
      if (error instanceof Another) return;
      isLost = true;
      await pause(1000);
    }
  }
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

document.addEventListener("keydown", (event) => {
  if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    event.preventDefault();
    byId("filter").focus();
  } else if (event.key === ".") stepToNext();
});

let typing = 0;
byId("filter").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => act(async () => filterBy(inputById("filter").value)), 100);
});

offerTest();
await read();
draw();
follow();
