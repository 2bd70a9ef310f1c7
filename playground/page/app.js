/** The page itself: what is open, what the server said, and how a click or a line of text goes out. */

import { Form } from "./blocks/form.js";
import { ReadMarks, recall, remember } from "./memory.js";
import { Screen } from "./screen.js";
import { Events, loadState, post } from "./server.js";
import { Theme } from "./theme.js";
import { Workspace } from "./workspace.js";

/** @typedef {"thread"|"pins"|"members"|"guide"|"none"} AsideKind */

export class App {
  /** @param {() => Date} now */
  constructor(now) {
    this.now = now;
    /** @type {Workspace} */
    this.workspace = /** @type {any} */ (null);
    this.channelId = "";
    /** @type {"channel"|"home"} */
    this.main = "channel";
    /** @type {{kind: AsideKind, ts?: string}} */
    this.aside = { kind: "none" };
    /** @type {"connecting"|"live"|"lost"} */
    this.connection = "connecting";
    this.namesVersion = 0;
    this.namesText = "";
    /** @type {any[]|null} events held back while a fresh state is on its way */
    this.waiting = null;
    /** @type {Map<string, Form>} */
    this.forms = new Map();
    /** @type {Set<string>} */
    this.dismissed = new Set();
    this.readMarks = new ReadMarks("", "");
    /** @type {Events|null} */
    this.events = null;
    this.screen = new Screen(this);
    this.theme = new Theme(() => this.screen.draw(["topbar"]));
  }

  // -- who one is -----------------------------------------------------------------------------------------

  async start() {
    const asked = new URLSearchParams(location.search).get("user") ?? recall("user") ?? "";
    const wide = matchMedia("(min-width: 1100px)").matches;
    if (wide && recall("guide") !== "closed") this.aside = { kind: "guide" };
    await this.enter(asked);
    addEventListener("hashchange", () => this.followHash());
    setInterval(() => this.screen.tick(), 20_000);
  }

  /** @param {string} user */
  async enter(user) {
    const state = (await loadState(user)) ?? (user ? await loadState("") : null);
    if (!state) {
      this.screen.explain("The local Slack cannot be reached, or the address names nobody it knows (…/?user=U…). Trying again.");
      return void setTimeout(() => this.enter(user), 1_000);
    }
    this.events?.stop();
    this.waiting = null;
    this.take(state);
    remember("user", this.workspace.me);
    this.events = new Events(this.workspace.me, (event) => this.hear(event), (is) => this.connected(is));
  }

  /** @param {any} state */
  take(state) {
    const before = this.workspace;
    this.workspace = new Workspace(state);
    const isSame = before?.me === this.workspace.me;
    if (isSame) this.workspace.keepNotices(before);
    this.noteNames();
    this.readMarks = new ReadMarks(this.workspace.team?.id ?? "", this.workspace.me);
    const known = Object.keys(this.readMarks.marks).length > 0;
    for (const c of this.workspace.channels.values()) if (!known) this.readMarks.set(c.id, this.workspace.sorted(c.id).at(-1)?.ts ?? "0");
    if (!this.workspace.channels.has(this.channelId)) this.channelId = this.firstChannel();
    this.screen.all(isSame);
  }

  firstChannel() {
    const all = [...this.workspace.channels.values()].filter((c) => !c.is_archived);
    const wanted = location.hash.slice(1);
    const mine = all.filter((c) => c.members.includes(this.workspace.me));
    return (all.find((c) => c.id === wanted || c.name === wanted) ?? mine[0] ?? all[0])?.id ?? "";
  }

  /** @param {string} user */
  async switchUser(user) {
    this.forms.clear();
    this.workspace.views = [];
    this.main = "channel";
    if (this.aside.kind === "thread") this.aside = { kind: "none" };
    this.screen.all(false);
    await this.enter(user);
  }

  // -- what the server says -------------------------------------------------------------------------------

  /** @param {any} event */
  hear(event) {
    if (this.waiting) return void this.waiting.push(event);
    const changed = this.workspace.apply(event, this.now());
    if (event.type === "users" || event.type === "channel") this.noteNames();
    if (event.type === "channel" && !this.channelId) this.channelId = event.channel.id;
    this.screen.draw(changed);
  }

  /** Messages are drawn again only when a name in them may have changed. */
  noteNames() {
    const text = this.workspace.namesPrint();
    if (text !== this.namesText) this.namesVersion += 1;
    this.namesText = text;
  }

  /** @param {"live"|"lost"} is */
  async connected(is) {
    this.connection = is;
    this.screen.draw(["topbar"]);
    if (is === "live") await this.refresh();
  }

  /** Loads the state again, since events may have been missed, and then takes in what arrived meanwhile. */
  async refresh() {
    const events = /** @type {any[]} */ ((this.waiting = this.waiting ?? []));
    const user = this.workspace.me;
    const state = await loadState(user);
    if (this.waiting !== events || this.workspace.me !== user) return;
    this.waiting = null;
    if (state) this.take(state);
    for (const event of events) this.hear(event);
  }

  // -- where one is ---------------------------------------------------------------------------------------

  channel() {
    return this.workspace.channels.get(this.channelId) ?? null;
  }

  /** @param {string} id */
  openChannel(id) {
    this.screen.leaveChannel();
    this.channelId = id;
    this.main = "channel";
    if (this.aside.kind !== "guide") this.aside = { kind: "none" };
    history.replaceState(null, "", `#${id}`);
    this.toggleDrawer(false);
    this.screen.enterChannel();
  }

  followHash() {
    const id = location.hash.slice(1);
    if (this.workspace.channels.has(id) && id !== this.channelId) this.openChannel(id);
  }

  async openHome() {
    this.main = "home";
    this.toggleDrawer(false);
    this.screen.draw(["sidebar", "header", "home"]);
    await post("/page/home", { user: this.workspace.me });
  }

  /** @param {string} ts */
  openThread(ts) {
    this.aside = { kind: "thread", ts };
    this.screen.draw(["aside", "header", "topbar"]);
    this.screen.focusThread();
  }

  /** @param {AsideKind} kind */
  toggleAside(kind) {
    if (this.aside.kind === kind) return this.closeAside();
    this.aside = { kind };
    if (kind === "guide") remember("guide", "open");
    this.screen.draw(["aside", "header", "topbar"]);
  }

  closeAside() {
    if (this.aside.kind === "guide") remember("guide", "closed");
    this.aside = { kind: "none" };
    this.screen.draw(["aside", "header", "topbar"]);
  }

  /** @param {boolean} [open] */
  toggleDrawer(open) {
    document.body.classList.toggle("drawer-open", open);
    this.screen.draw(["topbar"]);
  }

  // -- what messages need to be drawn ---------------------------------------------------------------------

  reading() {
    return { names: this.workspace, now: this.now() };
  }

  /** @param {Record<string, string>} source */
  blockContext(source) {
    return { ...this.reading(), form: this.formOf(source) };
  }

  /** The form of a message or view, kept while it is redrawn. @param {Record<string, string>} source */
  formOf(source) {
    const key = source.view_id ?? `${source.channel} ${source.message_ts}`;
    const found = this.forms.get(key);
    if (found) return found;
    const redraw = () => this.screen.draw(source.view_id ? ["views", "home"] : ["messages"]);
    const known = this.workspace.views.find((view) => view.id === source.view_id)?.state?.values;
    const form = new Form(source, known, (from, action, state) => this.sendAction(from, action, state), redraw, (from, typing) => this.suggest(from, typing));
    this.forms.set(key, form);
    return form;
  }

  /** @param {any} message */
  isPinned(message) {
    return Boolean(this.workspace.channels.get(message.channel ?? this.channelId)?.pins.includes(message.ts));
  }

  /** @param {any} message */
  dismiss(message) {
    this.dismissed.add(message.ts);
    this.screen.draw(["messages"]);
  }

  // -- what goes out --------------------------------------------------------------------------------------

  /** @param {string} text @param {boolean} threaded */
  async sendText(text, threaded) {
    const thread = threaded ? { thread_ts: this.aside.ts } : {};
    const answer = await post("/page/send", { user: this.workspace.me, channel: this.channelId, text, ...thread });
    if (answer.ok) this.screen.toEnd(threaded);
    return answer;
  }

  /** @param {string} command */
  offerCommand(command) {
    if (this.main === "home") this.openChannel(this.channelId);
    if (matchMedia("(max-width: 760px)").matches) this.closeAside();
    this.screen.composer.offer(command);
  }

  /** @param {Record<string, string>} source @param {any} action @param {any} state @returns {Promise<string|null>} */
  async sendAction(source, action, state) {
    const answer = await post("/page/action", { user: this.workspace.me, ...source, action, state });
    return answer.ok ? null : answer.error || "The app did not answer.";
  }

  /** @param {Record<string, string>} source @param {any} typing @returns {Promise<any[]>} */
  async suggest(source, typing) {
    const answer = /** @type {any} */ (await post("/page/suggest", { user: this.workspace.me, ...source, ...typing }));
    return answer.ok ? answer.options : [];
  }

  /** @param {string} id @param {any} state */
  submitView(id, state) {
    return post("/page/view_submit", { user: this.workspace.me, view_id: id, state });
  }

  /** @param {string} id */
  closeView(id) {
    this.workspace.apply({ type: "view_closed", view_id: id }, this.now());
    this.forms.delete(id);
    this.screen.draw(["views"]);
    return post("/page/view_close", { user: this.workspace.me, view_id: id });
  }

  /** @param {string} callback @param {string} [ts] */
  shortcut(callback, ts) {
    const place = ts ? { channel: this.channelId, message_ts: ts } : {};
    return post("/page/shortcut", { user: this.workspace.me, callback_id: callback, ...place });
  }

  /** @param {string} id @param {boolean} on */
  async switchFault(id, on) {
    const answer = await post("/page/faults", { id, on });
    if (!answer.ok) return;
    const faults = this.workspace.faults.map((/** @type {any} */ f) => (f.id === id ? { ...f, on } : f));
    this.hear({ type: "faults", faults });
  }
}
