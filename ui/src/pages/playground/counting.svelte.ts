/** How many tokens a text has, asked of the server while one types. */

import { tokenize } from "../../lib/api.ts";

const PAUSE_MS = 350;

export class Counting {
  tokens = $state<number | null>(null);
  context = $state<number | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #abort: AbortController | undefined;

  /** Counts `text` once nothing more is typed. */
  later(model: string, text: string): void {
    this.stop();
    if (model === "") return;
    this.#timer = setTimeout(() => void this.#count(model, text), PAUSE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
  }

  async #count(model: string, text: string): Promise<void> {
    this.#abort = new AbortController();
    try {
      const { count, context } = await tokenize(model, text, this.#abort.signal);
      this.tokens = count;
      this.context = context ?? null;
    } catch {
      // A count that cannot be had is not worth a word: submitting tells why.
      this.tokens = null;
    }
  }
}
