/** What the pages about the server share: their texts, and things that are fetched and fetched again. */

import { platformEn, type PlatformKey } from "../i18n/platform.en.ts";
import { platformZh } from "../i18n/platform.zh.ts";
import { ask, Failure } from "./api.ts";
import { connection } from "./connection.svelte.ts";
import { fill, language, number } from "./i18n.svelte.ts";
import { key } from "./key.svelte.ts";

/** The text of a key of these pages, with `{name}` replaced by values. */
export function p(key: PlatformKey, values: Record<string, string | number> = {}): string {
  const texts = language.now === "zh" ? platformZh : platformEn;
  return fill(texts[key], values);
}

/** English alone has two forms. */
export function some(one: PlatformKey, many: PlatformKey, count: number): string {
  return p(count === 1 ? one : many, { n: number(count) });
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await (await ask(path, undefined, signal)).json()) as T;
}

export async function send<T>(method: string, path: string, body?: object): Promise<T> {
  return (await (await ask(path, body, undefined, method)).json()) as T;
}

export function failureOf(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure(String(error));
}

/** Something that the server tells, and what went wrong when it was last asked. */
export class Resource<T> {
  value = $state.raw<T | null>(null);
  failure = $state.raw<Failure | null>(null);
  loading = $state(false);
  #fetch: () => Promise<T>;
  #turn = 0;

  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch;
  }

  /** Asks, and asks again when there is a key or the server is back. What was known stays. */
  async load(): Promise<void> {
    const turn = ++this.#turn;
    this.loading = true;
    try {
      const value = await this.#fetch();
      // A later question has its own answer.
      if (turn !== this.#turn) return;
      this.value = value;
      this.failure = null;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.failure = failureOf(error);
      const { status } = this.failure;
      if (status === 401 || status === 403) key.onceSet(() => void this.load());
      else if (status === 0) connection.onceBack(() => void this.load());
    }
    this.loading = false;
  }
}

/** Hands a text to the reader as a file. */
export function save(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
