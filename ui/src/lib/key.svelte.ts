/** The API key, where the server wants one: kept for this tab, or in this browser if so wished. */

import { forget, keep, recall } from "./storage.ts";

class Key {
  value = $state("");
  /** The server's words, while it waits for a key. */
  wanted = $state<string | null>(null);
  #waiting: (() => void)[] = [];

  start(): void {
    this.value = recall("key", "", sessionStorage) || recall("key", "");
  }

  ask(why: string): void {
    this.wanted = why;
  }

  set(value: string, remember: boolean): void {
    this.value = value.trim();
    this.wanted = null;
    forget("key");
    forget("key", sessionStorage);
    if (this.value) keep("key", this.value, remember ? localStorage : sessionStorage);
    for (const tell of this.#waiting.splice(0)) tell();
  }

  /** Whether the browser keeps it beyond this tab. */
  get kept(): boolean {
    return recall("key", "") !== "";
  }

  /** Runs `then` when there is another key. */
  onceSet(then: () => void): void {
    this.#waiting.push(then);
  }
}

export const key = new Key();
