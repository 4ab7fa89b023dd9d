/** How fast an answer comes. */

import type { Usage } from "./api.ts";

export interface Stats {
  promptTokens: number | null;
  tokens: number;
  /** From the request to the first token. */
  firstMs: number | null;
  perSecond: number | null;
}

export class Pace {
  #started = performance.now();
  #first: number | null = null;
  #last = 0;

  /** Tokens came. */
  beat(): void {
    this.#last = performance.now();
    this.#first ??= this.#last;
  }

  /** What the server counted goes before what we did. */
  stats(counted: number, usage: Usage | null): Stats {
    const tokens = usage?.completion_tokens ?? counted;
    const seconds = (this.#last - (this.#first ?? 0)) / 1000;
    return {
      promptTokens: usage?.prompt_tokens ?? null,
      tokens,
      firstMs: this.#first === null ? null : this.#first - this.#started,
      perSecond: tokens > 1 && seconds > 0 ? (tokens - 1) / seconds : null,
    };
  }
}
