/**
 * What a page begins with: a text or a conversation, and the knobs for it. It comes from an example, a
 * preset or a link.
 */

import type { ChatParams, Message } from "./chat.ts";
import { ROLES } from "./roles.ts";
import type { Params } from "./request.ts";
import { router } from "./router.svelte.ts";
import { pack, unpack } from "./share.ts";

export interface CompleteStart {
  /** None: the text that is there stays. */
  prompt: string | null;
  params: Partial<Params>;
}

export interface ChatStart {
  /** The last one is still to be sent. */
  messages: Message[] | null;
  params: Partial<ChatParams>;
}

export interface CodeStart {
  prefix: string | null;
  suffix: string;
  params: Partial<Params>;
}

export interface EmbeddingsStart {
  lines: string | null;
  params: { model?: string; dimensions?: number | null };
}

export interface CompareStart {
  asked: string | null;
  system: string;
  /** Whether it is a message to be answered, or a text to go on with. */
  as: "chat" | "complete";
  columns: Partial<Params>[];
}

export interface Starts {
  complete: CompleteStart;
  chat: ChatStart;
  code: CodeStart;
  embeddings: EmbeddingsStart;
  compare: CompareStart;
}

export type Mode = keyof Starts;
export type Start = Starts[Mode];

/** The field that tells the start of a mode from the others. */
const TELLS = {
  complete: "prompt",
  chat: "messages",
  code: "prefix",
  embeddings: "lines",
  compare: "asked",
} as const satisfies Record<Mode, string>;

export const MODES = Object.keys(TELLS) as Mode[];

export function modeOf(start: Start): Mode {
  return MODES.find((mode) => TELLS[mode] in start) ?? "complete";
}

/** The beginning of what is in a start, to know it by. */
export function excerpt(start: Start): string {
  let text: string | null | undefined;
  if ("messages" in start) text = start.messages?.findLast((m) => m.content !== "")?.content;
  else if ("prefix" in start) text = start.prefix;
  else if ("lines" in start) text = start.lines;
  else if ("asked" in start) text = start.asked;
  else text = start.prompt;
  return (text ?? "").trim().slice(0, 240);
}

let waiting: Start | null = null;

/** Opens the mode that the start is for. */
export function open(start: Start): void {
  waiting = start;
  router.go(`/playground/${modeOf(start)}`);
}

/** The start that waits for a mode; it is handed over once. */
export function startOf<M extends Mode>(mode: M): Starts[M] | null {
  if (!waiting || modeOf(waiting) !== mode) return null;
  const start = waiting as Starts[M];
  waiting = null;
  return start;
}

const MARK = "#s=";

/** The fragment that holds a start. What stands there, browsers do not send. */
export async function fragment(start: Start): Promise<string> {
  return MARK + (await pack(start));
}

/** Opens what a fragment holds, if it holds something; false if it is damaged. */
export async function openFragment(hash: string): Promise<boolean> {
  if (!hash.startsWith(MARK)) return true;
  try {
    const start = checked(await unpack(hash.slice(MARK.length)));
    if (start) open(start);
    return start !== null;
  } catch {
    return false;
  }
}

/** What may have been written by anyone, if it is a start. Its knobs are looked at by who takes them. */
export function checked(value: unknown): Start | null {
  if (!isObject(value)) return null;
  const mode = MODES.find((mode) => TELLS[mode] in value);
  const text = mode && value[TELLS[mode]];
  const { params } = value;
  switch (mode) {
    case "complete":
    case "embeddings":
      return isText(text) && isObject(params) ? (value as unknown as Start) : null;
    case "code":
      return isText(text) && typeof value.suffix === "string" && isObject(params)
        ? (value as unknown as Start)
        : null;
    case "chat": {
      const messages = text === null || (Array.isArray(text) && text.every(isMessage));
      return messages && isObject(params) ? (value as unknown as Start) : null;
    }
    case "compare": {
      const { system, as, columns } = value;
      const whole = Array.isArray(columns) && columns.length > 0 && columns.every(isObject);
      const known = typeof system === "string" && (as === "chat" || as === "complete");
      return isText(text) && whole && known ? (value as unknown as Start) : null;
    }
    default:
      return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return value === null || typeof value === "string";
}

function isMessage(value: unknown): boolean {
  if (!isObject(value) || typeof value.content !== "string") return false;
  return (ROLES as readonly unknown[]).includes(value.role);
}
