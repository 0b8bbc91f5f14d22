// Windows of events: the newest ones that fit a question. Of a question that was asked before, only what is new is read.

import { get } from "./api.js";

/** @typedef {import("./types.js").EventWindow} EventWindow */

/** How often a search goes on by itself where it has not found enough: each time in the next 2,000 events. */
const TRIES = 5;

/**
 * Return a window without events.
 * @returns {EventWindow & {question: string}}
 */
export function emptyWindow() {
  return { question: "", rows: [], older: null };
}

/**
 * Return a window as it is now, newest event first.
 * @param {EventWindow & {question: string}} last the window as it was, of any question
 * @param {Record<string, string | number | null>} asked the parameters of the question; those that are null or "" are left out
 * @param {number} limit
 * @returns {Promise<EventWindow & {question: string}>}
 */
export async function readWindow(last, asked, limit) {
  const question = query({ ...asked, limit });
  const isKnown = question === last.question && last.rows.length > 0;
  if (isKnown && asked.until !== undefined && asked.until !== null) return last; // The past does not change.
  if (!isKnown) return { question, ...(await search(question, limit)) };
  /** @type {EventWindow} */
  const news = await get(`windows/history?${question}&after=${last.rows[0].seq}`);
  if (news.rows.length === limit) return { question, ...news };
  if (news.older !== null) return { question, ...(await search(question, limit)) };
  if (!news.rows.length) return last;
  const rows = [...news.rows, ...last.rows];
  if (rows.length <= limit) return { question, rows, older: last.older };
  return { question, rows: rows.slice(0, limit), older: rows[limit].seq };
}

/**
 * @param {string} question
 * @param {number} limit
 * @returns {Promise<EventWindow>}
 */
async function search(question, limit) {
  const asked = new URLSearchParams(question);
  /** @type {EventWindow} */
  let found = await get(`windows/history?${question}`);
  for (let tries = 1; found.rows.length < limit && found.older !== null && tries < TRIES; tries += 1) {
    asked.set("until", String(found.older));
    asked.set("limit", String(limit - found.rows.length));
    /** @type {EventWindow} */
    const more = await get(`windows/history?${asked}`);
    found = { rows: [...found.rows, ...more.rows], older: more.older };
  }
  return found;
}

/**
 * Return the query with these parameters. Those that are null or "" are left out.
 * @param {Record<string, string | number | null>} asked
 */
export function query(asked) {
  const given = Object.entries(asked).filter(([, value]) => value !== null && value !== "");
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}
