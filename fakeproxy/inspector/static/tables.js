// The table below: the whole story, requests, webhooks, alerts, and what is due. One filter for all.

import { clockTime, element, fill, short } from "./dom.js";
import { draw } from "./main.js";
import { goTo } from "./past.js";
import { nameOf, state } from "./state.js";

/** How many rows are drawn, the newest first. */
const MOST = 300;

/** @typedef {import("./types.js").Event} Event */
/** @typedef {import("./types.js").DueWork} DueWork */

/** @type {Record<string, {title: string, rows: () => any[], row: (item: any) => HTMLElement}>} */
const TABS = {
  story: { title: "Story", rows: () => state.history, row: event },
  request: { title: "Requests", rows: () => of("request", "fault"), row: request },
  webhook: { title: "Webhooks", rows: () => of("webhook"), row: webhook },
  alert: { title: "Alerts", rows: () => of("alert"), row: event },
  due: { title: "Due", rows: () => [...state.clock.due].reverse(), row: due },
};

/** Draw the tabs and the rows of the one that is selected. */
export function drawTables() {
  fill("tabs", ...Object.keys(TABS).map(tab));
  const { rows, row, title } = TABS[state.tab];
  const needle = state.filter.toLowerCase();
  const fitting = rows().filter((item) => !needle || matches(item, needle));
  const shown = fitting.slice(-MOST).reverse();
  const left = fitting.length - shown.length;
  fill(
    "table",
    element("table", { "aria-label": title }, element("tbody", {}, ...shown.map(row))),
    left ? element("p", { class: "dim" }, `${left} older ones are not shown`) : null,
    shown.length ? null : element("p", { class: "dim" }, "nothing here"),
  );
}

/** @param {...string} kinds */
function of(...kinds) {
  return state.history.filter((one) => kinds.includes(one.kind));
}

/**
 * @param {Event | DueWork} item
 * @param {string} needle in lower case
 */
function matches(item, needle) {
  const object = "object" in item ? item.object : null;
  const status = String(object?.status ?? "");
  if (/^[1-5]xx$/.test(needle)) return status.startsWith(needle[0]);
  return `${JSON.stringify(item)} ${object?.operation ?? ""}`.toLowerCase().includes(needle);
}

/** @param {string} name */
function tab(name) {
  const { title, rows } = TABS[name];
  const isSelected = name === state.tab;
  const select = () => {
    state.tab = name;
    draw();
  };
  return element("button", { role: "tab", "aria-selected": isSelected, class: isSelected ? "on" : "", "data-key": `tab ${name}`, onclick: select }, `${title} ${rows().length}`);
}

/** @param {Event} item */
function event(item) {
  const back = element("button", { "data-key": `back ${item.seq}`, "aria-label": `Go back to event ${item.seq}`, onclick: () => goTo(item.seq) }, "Go back");
  const isShown = item.seq === state.asOf;
  return element("tr", { class: isShown ? `${item.kind} on` : item.kind, "aria-current": isShown ? "true" : null }, cell(clockTime(item.at), "dim"), cell(item.kind), cell(item.text), element("td", {}, back));
}

/** @param {Event} item */
function request(item) {
  /** @type {import("./types.js").Entry} */
  const entry = item.object;
  const asked = Object.entries(entry.parameters ?? {}).map(([name, values]) => `${name}=${values}`).join(" ");
  const isBad = entry.status >= 400 || entry.status === 0;
  return element(
    "tr",
    {},
    cell(clockTime(item.at), "dim"),
    cell(entry.method),
    element("td", {}, entry.path, element("br"), element("span", { class: "dim" }, asked)),
    cell(`${entry.status} ${entry.code ?? ""}`, isBad ? "bad" : "ok"),
    element("td", {}, entry.answer?.message ?? short(entry.answer?.sid ?? ""), element("ul", {}, ...entry.why.map((why) => element("li", {}, why)))),
  );
}

/** @param {Event} item */
function webhook(item) {
  /** @type {import("./types.js").Delivery} */
  const delivery = item.object;
  return element(
    "tr",
    {},
    cell(clockTime(item.at), "dim"),
    cell(delivery.kind),
    element(
      "td",
      {},
      delivery.url,
      element("details", {}, element("summary", {}, delivery.signature ? "the form, signed" : "the form, not signed"), element("pre", {}, JSON.stringify(delivery.form, null, 1)), delivery.signature ? element("pre", {}, `X-Twilio-Signature: ${delivery.signature}`) : null),
    ),
    cell(delivery.outcome, delivery.succeeded ? "ok" : "bad"),
    cell(delivery.text),
  );
}

/** @param {DueWork} item */
function due(item) {
  return element("tr", {}, cell(clockTime(item.at), "dim"), cell(item.kind), cell(nameOf(item.sid)));
}

/**
 * @param {string} text
 * @param {string} kind
 */
function cell(text, kind = "") {
  return element("td", { class: kind }, text);
}
