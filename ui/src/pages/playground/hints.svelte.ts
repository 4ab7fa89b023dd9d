/** The first minute: one hint at a time, each gone for good once its action is done. */

import { keep, recall } from "../../lib/storage.ts";

const ORDER = ["submit", "click", "branch", "more"] as const;
export type Hint = (typeof ORDER)[number];

class Hints {
  #next = $state(recall("hints", 0));

  get now(): Hint | null {
    return ORDER[this.#next] ?? null;
  }

  /** Whether nothing was done here yet. */
  get first(): boolean {
    return this.#next === 0;
  }

  did(action: Hint): void {
    if (this.now === action) this.#set(this.#next + 1);
  }

  dismiss(): void {
    this.#set(ORDER.length);
  }

  #set(next: number): void {
    this.#next = next;
    keep("hints", next);
  }
}

export const hints = new Hints();
