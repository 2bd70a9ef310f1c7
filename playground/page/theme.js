/** Light or dark: as the system says, until the person says otherwise. */

import { recall, remember } from "./memory.js";

export class Theme {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    this.system = matchMedia("(prefers-color-scheme: dark)");
    this.system.addEventListener("change", () => this.show());
    this.show();
  }

  isDark() {
    const chosen = recall("theme");
    return chosen ? chosen === "dark" : this.system.matches;
  }

  toggle() {
    remember("theme", this.isDark() ? "light" : "dark");
    this.show();
  }

  show() {
    document.documentElement.dataset.theme = this.isDark() ? "dark" : "light";
    this.changed();
  }
}
