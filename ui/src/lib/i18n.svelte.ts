/** Texts of the interface. A key that one language lacks does not compile. */

import type { Key, Texts } from "../i18n/en.ts";
import { keep, recall } from "./storage.ts";

export const LANGUAGES = { en: "English", zh: "中文" } as const;
export type Language = keyof typeof LANGUAGES;

/** Only the reader's own is fetched. */
const TEXTS: Record<Language, () => Promise<Texts>> = {
  en: async () => (await import("../i18n/en.ts")).en,
  zh: async () => (await import("../i18n/zh.ts")).zh,
};
/** As HTML names them; glyphs and line breaks follow from it. */
const TAGS: Record<Language, string> = { en: "en", zh: "zh-CN" };

class Languages {
  now = $state<Language>("en");
  #texts = $state.raw<Partial<Texts>>({});

  async start(): Promise<void> {
    const wished = recall<string>("language", "") || navigator.language;
    await this.set(wished.startsWith("zh") ? "zh" : "en");
  }

  /** The page changes once all of its texts are there. */
  async set(language: Language): Promise<void> {
    this.#texts = await TEXTS[language]();
    this.now = language;
    document.documentElement.lang = TAGS[language];
  }

  /** As the reader chose, for later visits too. */
  async choose(language: Language): Promise<void> {
    await this.set(language);
    keep("language", language);
  }

  text(key: Key): string {
    return this.#texts[key] ?? key;
  }

  get tag(): string {
    return TAGS[this.now];
  }
}

export const language = new Languages();

/** The text of a key, with `{name}` replaced by values. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return fill(language.text(key), values);
}

export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function number(value: number, digits = 0): string {
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  // The sign that is as wide as a digit.
  return new Intl.NumberFormat(language.tag, format).format(value).replace("-", "−");
}

export function percent(share: number, digits = 2): string {
  const least = 10 ** -digits;
  // What is drawn was not impossible.
  if (share > 0 && share * 100 < least / 2) return `<${number(least, digits)}%`;
  return `${number(share * 100, digits)}%`;
}

/** English alone has two forms. */
export function counted(one: Key, many: Key, count: number): string {
  return t(count === 1 ? one : many, { n: number(count) });
}
