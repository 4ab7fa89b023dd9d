/** Earlier runs, kept in this browser only. */

import type { Snapshot } from "../../lib/document.svelte.ts";
import type { CompletionBody } from "../../lib/request.ts";
import { later } from "../../lib/later.ts";
import { keep, recall } from "../../lib/storage.ts";

export interface Entry {
  at: number;
  request: CompletionBody;
  document: Snapshot;
}

const NAME = "complete.history";
const MOST = 40;

class History {
  entries = $state.raw<Entry[]>(recall<Entry[]>(NAME, []));

  add(request: CompletionBody, document: Snapshot): void {
    this.entries = [{ at: Date.now(), request, document }, ...this.entries].slice(0, MOST);
    this.#save();
  }

  clear(): void {
    this.entries = [];
    this.#save();
  }

  /** Where the browser's room is used up, the oldest go. */
  #save = later(() => {
    while (!keep(NAME, this.entries) && this.entries.length > 0) {
      this.entries = this.entries.slice(0, Math.floor(this.entries.length / 2));
    }
  });
}

export const history = new History();
