/** What a person has put into the inputs of one message or view, in the shape of Slack's `state.values`. */

export class Values {
  /** @param {Record<string, Record<string, any>>} [known] */
  constructor(known = {}) {
    /** @type {Map<string, Map<string, any>>} */
    this.byBlock = new Map(Object.entries(known).map(([block, actions]) => [block, new Map(Object.entries(actions))]));
  }

  /** @param {string} block @param {string} action @returns {any} */
  get(block, action) {
    return this.byBlock.get(block)?.get(action);
  }

  /** @param {string} block @param {string} action @param {any} state */
  set(block, action, state) {
    if (!this.byBlock.has(block)) this.byBlock.set(block, new Map());
    this.byBlock.get(block)?.set(action, state);
  }

  /** What is already there, else the element's own initial value. @param {string} block @param {string} action @param {any} initial */
  seed(block, action, initial) {
    if (!this.get(block, action)) this.set(block, action, initial);
    return this.get(block, action);
  }

  /** Forgets blocks that a new version no longer has. @param {Set<string>} blocks */
  keepOnly(blocks) {
    for (const block of [...this.byBlock.keys()]) if (!blocks.has(block)) this.byBlock.delete(block);
  }

  toJSON() {
    const rows = [...this.byBlock].map(([block, actions]) => [block, Object.fromEntries(actions)]);
    return { values: Object.fromEntries(rows) };
  }
}
