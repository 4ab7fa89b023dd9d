/** Texts of the interface. A key that one language lacks does not compile. */

import { en, type Key, type Texts } from "../i18n/en.ts";
import { zh } from "../i18n/zh.ts";
import { keep, recall } from "./storage.ts";

export const LANGUAGES = { en: "English", zh: "中文" } as const;
export type Language = keyof typeof LANGUAGES;

const TEXTS: Record<Language, Texts> = { en, zh };
/** As HTML names them; glyphs and line breaks follow from it. */
const TAGS: Record<Language, string> = { en: "en", zh: "zh-CN" };

class Languages {
  now = $state<Language>("en");

  start(): void {
    const wished = recall<string>("language", "") || navigator.language;
    this.set(wished.startsWith("zh") ? "zh" : "en");
  }

  set(language: Language): void {
    this.now = language;
    document.documentElement.lang = TAGS[language];
  }

  /** As the reader chose, for later visits too. */
  choose(language: Language): void {
    this.set(language);
    keep("language", language);
  }

  get tag(): string {
    return TAGS[this.now];
  }
}

export const language = new Languages();

/** The text of a key, with `{name}` replaced by values. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return fill(TEXTS[language.now][key], values);
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
