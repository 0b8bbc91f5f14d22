// The shapes of what the control API answers, for the type checker. Nothing of this runs.

/** @typedef {{at: string, kind: string, sid: string, name?: string | null}} DueWork */
/** @typedef {{now: string, driver: string}} Clock */
/**
 * @template T
 * @typedef {{total: number, rows: T[]}} Window a part of a list, with the number of all its rows
 */
/** @typedef {{rows: Event[], older: number | null}} EventWindow newest first; `older`: where the next window begins */
/**
 * @typedef {{phone_number: string, capabilities: string[], is_reserved: boolean, in_use: number,
 *   users: string[]}} PoolNumber
 */
/** @typedef {{sid: string, unique_name: string, sessions: Record<string, number>, numbers: Window<PoolNumber>}} ServiceOverview */
/** @typedef {{total: number, sessions: Record<string, number>, rows: ServiceOverview[]}} Overview */
/**
 * @typedef {{identifier: string, proxy_identifier: string, friendly_name: string | null,
 *   date_deleted: string | null}} Participant
 */
/**
 * @typedef {{sid: string, service_sid: string, unique_name: string | null, status: string, mode: string, ttl: number,
 *   expires: string | null, closed_reason: string | null, participants: Participant[]}} Session
 */
/**
 * @typedef {{id: number, what: string, operation: string | null, method: string | null, path: string | null,
 *   number: string | null, left: number | null}} Fault
 */
/**
 * @typedef {{method: string, path: string, operation: string | null, status: number, code: number | null, why: string[],
 *   parameters: Record<string, string[]>, answer: {message?: string, sid?: string} | null}} Entry
 */
/**
 * @typedef {{kind: string, url: string, form: Record<string, string>, signature: string | null, outcome: string,
 *   succeeded: boolean, text: string}} Delivery
 */
/**
 * @typedef {{seq: number, at: string, kind: string, action: string, text: string, sids: string[], numbers: string[],
 *   facts: Record<string, string | undefined>, object: any}} Event `object`: an Entry, a Delivery or an alert
 */
/** @typedef {{sid: string, from_: string, to: string, status: string}} Call */
/** @typedef {{calls: Call[], events: Event[], since: string}} Handset `since`: what it was read after */
/** @typedef {{kind: string, events: number, last: number}} Count the events of a kind, and the number of the last one */
/** @typedef {{file: string, line: number, first: number, lines: string[]}} Source a line of a test, with those around it */
/**
 * @typedef {{title: string, failure: string, events: Event[], first: number | null, answers: Record<string, [number, any][]>,
 *   pictures: Record<string, [number, string][]>, sources: Record<number, Source>, rows: Record<string, any>}} Trace `answers`, `pictures`: each with
 *   the event since which it is so
 */

export {};
