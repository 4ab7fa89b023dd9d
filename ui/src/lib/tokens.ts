/**
 * Tokens and their probabilities, laid over a text.
 *
 * A token need not be a text: characters beyond ASCII often consist of several. The server spells
 * such parts `bytes:\xe5\x9c`, and says by `text_offset` where in the text each token stands. Tokens
 * with the same offset make up one character, and are shown as one cell.
 */

import type { Logprobs } from "./api.ts";

export interface Token {
  /** As the server spells it. */
  name: string;
  logprob: number;
  /** Likeliest first; what was taken is among them. */
  top: Candidate[];
}

export interface Candidate {
  name: string;
  logprob: number;
}

/** Tokens that show as one piece of the text. */
export interface Cell {
  /** Where it stands, in UTF-16 units as strings count. */
  start: number;
  end: number;
  tokens: Token[];
}

/** How many candidates the server tells, beside what was taken. */
export const TOP = 5;

const encoder = new TextEncoder();

/** A token's bytes. */
export function bytes(name: string): Uint8Array {
  const spelt = /^bytes:((?:\\x[0-9a-f]{2})+)$/.exec(name)?.[1];
  if (spelt === undefined) return encoder.encode(name);
  return Uint8Array.from(spelt.slice(2).split("\\x"), (byte) => parseInt(byte, 16));
}

/** A token's bytes as the server spells them. */
export function spelt(bytes: Uint8Array): string {
  const text = decoded(bytes);
  if (text !== null) return text;
  const hex = Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`);
  return `bytes:${hex.join("")}`;
}

/** The text of bytes; `null` if they are none. */
function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The text of tokens side by side; `null` if they end within a character. */
export function textOf(names: string[]): string | null {
  const parts = names.map(bytes);
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return decoded(whole);
}

/** A token as people read it: spaces and line ends seen, parts of characters in hexadecimal. */
export function visible(name: string): string {
  if (/^bytes:(\\x[0-9a-f]{2})+$/.test(name)) {
    return Array.from(bytes(name), (b) => b.toString(16).toUpperCase().padStart(2, "0")).join(" ");
  }
  return name.replaceAll("\n", "⏎").replaceAll("\t", "⇥").replace(/^ +| +$/g, (spaces) =>
    "␣".repeat(spaces.length),
  );
}

export function logprob(tokens: Token[]): number {
  return tokens.reduce((sum, token) => sum + token.logprob, 0);
}

/** How likely a cell was, all of its tokens together. */
export function probability(cell: Cell): number {
  return Math.exp(logprob(cell.tokens));
}

/** What of all probability the likeliest candidates cover. */
export function covered(token: Token): number {
  return token.top.slice(0, TOP).reduce((sum, c) => sum + Math.exp(c.logprob), 0);
}

/**
 * Probabilities of candidates at another temperature, among themselves: the rest of the vocabulary
 * is not known here.
 */
export function tempered(top: Candidate[], temperature: number): number[] {
  const best = Math.max(...top.map((c) => c.logprob));
  if (temperature < 1e-3) return top.map((c) => (c.logprob === best ? 1 : 0));
  const weights = top.map((c) => Math.exp((c.logprob - best) / temperature));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / sum);
}

/** Collects what a stream says of one answer. */
export class Reader {
  text = "";
  cells: Cell[] = [];
  /** Tokens so far; chunks where no log-probabilities were asked for. */
  count = 0;
  #start: number;
  /** Characters before the answer, as the server counts. */
  #before: number;
  #chars = 0;
  #units = 0;

  /** The answer follows `prompt`, whose text begins the document. */
  constructor(prompt: string) {
    this.#start = prompt.length;
    this.#before = characters(prompt);
  }

  add(text: string, logprobs: Logprobs | null): void {
    this.text += text;
    if (!logprobs) {
      this.count += text === "" ? 0 : 1;
      return;
    }
    logprobs.tokens.forEach((name, i) => {
      const start = this.#start + this.#unitsBefore((logprobs.text_offset[i] ?? 0) - this.#before);
      const token = {
        name,
        logprob: logprobs.token_logprobs[i] ?? 0,
        top: sorted(logprobs.top_logprobs[i] ?? {}),
      };
      const last = this.cells.at(-1);
      if (last?.start === start) {
        last.tokens.push(token);
      } else {
        if (last) last.end = start;
        this.cells.push({ start, end: start, tokens: [token] });
      }
      this.count++;
    });
    const last = this.cells.at(-1);
    if (last) last.end = this.#start + this.text.length;
  }

  /** The mean log-probability, by which candidates are compared. */
  get mean(): number {
    const tokens = this.cells.flatMap((cell) => cell.tokens);
    return tokens.length === 0 ? -Infinity : logprob(tokens) / tokens.length;
  }

  #unitsBefore(chars: number): number {
    while (this.#chars < chars && this.#units < this.text.length) {
      this.#units += (this.text.codePointAt(this.#units) ?? 0) > 0xffff ? 2 : 1;
      this.#chars++;
    }
    return this.#units;
  }
}

/** An object has no order, so neither have the server's candidates. */
function sorted(top: Record<string, number>): Candidate[] {
  const candidates = Object.entries(top).map(([name, logprob]) => ({ name, logprob }));
  return candidates.sort((a, b) => b.logprob - a.logprob);
}

function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
