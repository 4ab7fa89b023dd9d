/** Sizes, times and counts as people write them in either language. */

import { language, number } from "./i18n.svelte.ts";

const UNITS = ["B", "KB", "MB", "GB", "TB"];

/** Bytes, in thousands as disks are sold. */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 99.95 ? 1 : 0;
  return `${number(value, digits)} ${UNITS[unit]}`;
}

const LARGE = [
  [1e9, "B"],
  [1e6, "M"],
  [1e3, "K"],
] as const;

/** Parameters and tokens, short: `134.5 M`. */
export function short(count: number): string {
  const unit = LARGE.find(([least]) => count >= least * 0.9995);
  if (!unit) return number(count);
  const value = count / unit[0];
  return `${number(value, value < 99.95 ? 1 : 0)} ${unit[1]}`;
}

/** A day and a time of it, from seconds of Unix time. */
export function moment(seconds: number, style: "short" | "medium" = "short"): string {
  const format = { dateStyle: "medium", timeStyle: style } as const;
  return new Intl.DateTimeFormat(language.tag, format).format(seconds * 1000);
}

/** A day of the reader's calendar, from seconds of Unix time. */
export function date(seconds: number): string {
  return new Intl.DateTimeFormat(language.tag, { dateStyle: "medium" }).format(seconds * 1000);
}

/** A day of the server's calendar, which is UTC's. */
export function day(seconds: number, long = false): string {
  const format = long
    ? ({ dateStyle: "medium", timeZone: "UTC" } as const)
    : ({ month: "short", day: "numeric", timeZone: "UTC" } as const);
  return new Intl.DateTimeFormat(language.tag, format).format(seconds * 1000);
}

/** Milliseconds, or seconds where there are many. */
export function took(ms: number): string {
  return ms < 10_000 ? `${number(ms)} ms` : `${number(ms / 1000, 1)} s`;
}

/** A time to wait: `3:05`, or with hours `1:03:05`. */
export function left(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}
