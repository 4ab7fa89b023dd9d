/** Light, dark, or as the system says. CSS alone does the rest, by `color-scheme`. */

import { keep, recall } from "./storage.ts";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

class Themes {
  now = $state<Theme>("system");

  start(): void {
    this.set(recall<Theme>("theme", "system"));
  }

  set(theme: Theme): void {
    this.now = THEMES.includes(theme) ? theme : "system";
    document.documentElement.dataset.theme = this.now;
    keep("theme", this.now);
  }

  next(): void {
    this.set(THEMES[(THEMES.indexOf(this.now) + 1) % THEMES.length] ?? "system");
  }
}

export const theme = new Themes();
