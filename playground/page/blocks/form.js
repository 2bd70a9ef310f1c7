/** The interactive side of one message, view or home: its values, and how its actions reach the app. */

import { Values } from "./values.js";

/**
 * @typedef {object} BlockContext
 * @property {import("../text/names.js").Directory} names
 * @property {Date} now
 * @property {Form} form
 */

export class Form {
  /**
   * @param {Record<string, string>} source `{channel, message_ts}` or `{view_id}`
   * @param {Record<string, Record<string, any>>|undefined} known values that were filled in before this page was loaded
   * @param {(source: Record<string, string>, action: any, state: any) => Promise<string|null>} send resolves to an error text or null
   * @param {() => void} changed called when what is pending or failed has changed
   * @param {(source: Record<string, string>, typing: any) => Promise<any[]>} [ask] options for what is being typed
   */
  constructor(source, known, send, changed, ask = async () => []) {
    this.ask = ask;
    this.source = source;
    this.values = new Values(known);
    /** @type {Set<string>} */
    this.pending = new Set();
    /** @type {Record<string, string>} texts of errors by block id */
    this.errors = {};
    /** @type {string|null} */
    this.failure = null;
    this.send = send;
    this.changed = changed;
  }

  /** What the app offers for what was typed so far. @param {string} block @param {string} action @param {string} typed @returns {Promise<any[]>} */
  suggest(block, action, typed) {
    return this.ask(this.source, { block_id: block, action_id: action, value: typed });
  }

  /** @param {string} block @param {string} action @param {string} [value] */
  static key(block, action, value = "") {
    return `${block}\u0000${action}\u0000${value}`;
  }

  /** Sends an action once; a second press while the first is under way does nothing. @param {string} key @param {any} action */
  async act(key, action) {
    if (this.pending.has(key)) return;
    this.pending.add(key);
    this.failure = null;
    this.changed();
    this.failure = await this.send(this.source, action, this.values.toJSON());
    this.pending.delete(key);
    this.changed();
  }
}
