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
/** Of older ones the probabilities are forgotten: they are most of what is kept. */
const COLOURED = 5;

class History {
  entries = $state.raw<Entry[]>(recall<Entry[]>(NAME, []));

  add(request: CompletionBody, document: Snapshot): void {
    const older = this.entries.slice(0, MOST - 1).map((entry, at) => {
      const { text } = entry.document;
      return at < COLOURED - 1 ? entry : { ...entry, document: { text, cells: [] } };
    });
    this.entries = [{ at: Date.now(), request, document }, ...older];
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
