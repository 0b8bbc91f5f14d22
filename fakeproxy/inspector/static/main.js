// The page: reads the state, draws it, and follows what happens.

import { Another, get, Refused } from "./api.js";
import { offerTest } from "./copy_as_test.js";
import { drawClock, stepToNext } from "./clock.js";
import { byId, element, fill, inputById } from "./dom.js";
import { drawLists } from "./lists.js";
import { drawPast } from "./past.js";
import { drawPhones } from "./phones.js";
import { drawSession } from "./session.js";
import { drawSnapshots } from "./snapshots.js";
import { drawStrip } from "./strip.js";
import { read, state } from "./state.js";
import { drawTables } from "./tables.js";

/** Draw everything from what was read last. */
export function draw() {
  drawClock();
  drawSnapshots();
  drawStrip();
  drawLists();
  drawSession();
  drawPhones();
  drawTables();
  drawPast();
}

/**
 * Do something, then read and draw. What is refused is told.
 * @param {() => Promise<unknown>} run
 */
export async function act(run) {
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
  tell("The fake does not answer any more. This page goes on when it does.");
}

async function follow() {
  let isLost = false;
  for (;;) {
    try {
      // Not all that changes is an event: after some seconds the page reads again in any case.
      await get(`wait?after=${state.seq}&timeout=5`);
      if (isLost) tell("");
      isLost = false;
      await read();
      draw();
    } catch (error) {
      lost(error);
      if (error instanceof Another) return;
      isLost = true;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

document.addEventListener("keydown", (event) => {
  if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    event.preventDefault();
    byId("filter").focus();
  } else if (event.key === ".") stepToNext();
});

byId("filter").addEventListener("input", () => {
  state.filter = inputById("filter").value;
  drawLists();
  drawTables();
});

offerTest();
await read();
draw();
follow();
