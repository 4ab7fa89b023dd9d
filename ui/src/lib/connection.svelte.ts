/** Whether the server answers. When it does not, it is asked until it does. */

import { base } from "./router.svelte.ts";

const EVERY_MS = 2000;

class Connection {
  down = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting: (() => void)[] = [];

  /** Notes a failure, and hands it back to be thrown. */
  lost<E>(failure: E): E {
    if (!this.down) {
      this.down = true;
      this.#later();
    }
    return failure;
  }

  found(): void {
    clearTimeout(this.#timer);
    this.down = false;
    for (const tell of this.#waiting.splice(0)) tell();
  }

  /** Runs `then` when the server is back. */
  onceBack(then: () => void): void {
    this.#waiting.push(then);
  }

  async check(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      await fetch(`${base}/health`, { cache: "no-store" });
      this.found();
    } catch {
      this.#later();
    }
  }

  #later(): void {
    this.#timer = setTimeout(() => void this.check(), EVERY_MS);
  }
}

export const connection = new Connection();
