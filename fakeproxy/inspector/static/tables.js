// The table below: the whole story, requests, webhooks, alerts, and what is due. One filter for all.

import { clockTime, element, fill, short } from "./dom.js";
import { act } from "./main.js";
import { count, line, pages, range } from "./paging.js";
import { goTo } from "./past.js";
import { KINDS, MOST, nameOf, state } from "./state.js";

/** @typedef {import("./types.js").Event} Event */
/** @typedef {import("./types.js").DueWork} DueWork */

/** @type {Record<string, {title: string, row: (item: any) => HTMLElement}>} */
const TABS = {
  story: { title: "Story", row: event },
  request: { title: "Requests", row: request },
  webhook: { title: "Webhooks", row: webhook },
  alert: { title: "Alerts", row: event },
  due: { title: "Due", row: due },
};

/** Draw the tabs and the rows of the one that is selected. */
export function drawTables() {
  fill("tabs", ...Object.keys(TABS).map(tab));
  const { row, title } = TABS[state.tableOf];
  const isDue = state.tableOf === "due";
  const rows = isDue ? state.dueTable.rows : state.table.rows;
  fill(
    "table",
    element("table", { "aria-label": title }, element("tbody", {}, ...rows.map(row))),
    rows.length ? null : element("p", { class: "dim" }, "nothing here"),
    isDue ? pages("due", state.dueTable, ["Earlier", "Later"], MOST.table) : eventPages(),
  );
}

/** The line below a table of events: newer and older ones. */
function eventPages() {
  const { rows, older } = state.table;
  const newer = state.until.length ? () => turn(state.until.slice(0, -1)) : null;
  if (!newer && older === null) return null;
  const on = older === null ? null : () => turn([...state.until, older]);
  const shown = range(state.until.length * MOST.table, rows.length, total(state.tab));
  const tried = older === null ? "" : `, looked for back to event ${older + 1}`;
  return line("events", state.filter ? `${rows.length} that fit${tried}` : `${shown}, the newest first`, ["Newer", "Older"], newer, on);
}

/** Show another page of the events. @param {number[]} until */
function turn(until) {
  act(async () => void (state.until = until));
}

/** Return the number of rows of a tab. @param {string} name */
function total(name) {
  if (name === "due") return state.due.total;
  const counts = Object.values(state.counts).filter(({ kind }) => !KINDS[name] || KINDS[name].split(",").includes(kind));
  return counts.reduce((sum, { events }) => sum + events, 0);
}

/** @param {string} name */
function tab(name) {
  const isSelected = name === state.tab;
  const select = () =>
    act(async () => {
      Object.assign(state, { tab: name, until: [] });
      state.offset.due = 0;
    });
  return element("button", { role: "tab", "aria-selected": isSelected, class: isSelected ? "on" : "", "data-key": `tab ${name}`, onclick: select }, `${TABS[name].title} ${count(total(name))}`);
}

/** @param {Event} item */
function event(item) {
  const back = element("button", { "data-key": `back ${item.seq}`, "aria-label": `Go back to event ${item.seq}`, onclick: () => goTo(item.seq) }, "Go back");
  const isShown = item.seq === state.asOf;
  return element("tr", { class: isShown ? `${item.kind} on` : item.kind, "aria-current": isShown ? "true" : null }, cell(clockTime(item.at), "dim"), cell(item.kind, "kind"), cell(item.text), element("td", {}, back));
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
    cell(delivery.kind, "kind"),
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
  return element("tr", {}, cell(clockTime(item.at), "dim"), cell(item.kind, "kind"), cell(nameOf(item.sid)));
}

/**
 * @param {string} text
 * @param {string} kind
 */
function cell(text, kind = "") {
  return element("td", { class: kind }, text);
}
