/** Conversations: what is sent, what comes, and files of examples. */

import { sampled, type Params, type Sampled } from "./request.ts";
import { spelt } from "./tokens.ts";
import type { Logprobs, Usage } from "./api.ts";

export const ROLES = ["system", "user", "assistant"] as const;
export type Role = (typeof ROLES)[number];

export interface Message {
  role: Role;
  content: string;
}

export const FORMATS = ["text", "json_object", "json_schema"] as const;
export type Format = (typeof FORMATS)[number];

export interface ChatParams extends Params {
  format: Format;
  /** JSON, where the format is a schema. */
  schema: string;
}

export interface ChatBody extends Sampled {
  messages: Message[];
  logprobs?: boolean;
  top_logprobs?: number;
  response_format?: object;
}

export interface ChatChunk {
  choices: {
    index: number;
    delta: { content?: string | null };
    logprobs: { content: ChatToken[] | null } | null;
    finish_reason: "stop" | "length" | null;
  }[];
  usage?: Usage | null;
}

interface ChatToken {
  bytes: number[] | null;
  token: string;
  logprob: number;
  top_logprobs: Omit<ChatToken, "top_logprobs">[];
}

/** Throws `SyntaxError` if the schema is no JSON. */
export function chatBody(params: ChatParams, messages: Message[], seed: number): ChatBody {
  const { model, ...rest } = sampled(params, seed);
  const body: ChatBody = { model, messages, ...rest };
  if (params.show !== "off") {
    body.logprobs = true;
    body.top_logprobs = 5;
  }
  if (params.format === "json_object") body.response_format = { type: "json_object" };
  if (params.format === "json_schema") {
    const schema: unknown = JSON.parse(params.schema);
    const json_schema = { name: "answer", strict: true, schema };
    body.response_format = { type: "json_schema", json_schema };
  }
  return body;
}

/**
 * Brings a chat's log-probabilities into the form of completions, whose tokens say where they stand.
 * A token that begins within a character stands where the character does.
 */
export class Offsets {
  /** Characters begun so far. */
  #begun = 0;

  of(content: ChatToken[] | null): Logprobs {
    const tokens = content ?? [];
    const name = (token: Omit<ChatToken, "top_logprobs">) =>
      token.bytes ? spelt(Uint8Array.from(token.bytes)) : token.token;
    return {
      tokens: tokens.map(name),
      token_logprobs: tokens.map((token) => token.logprob),
      top_logprobs: tokens.map((token) => {
        const candidates = [...token.top_logprobs, token];
        return Object.fromEntries(candidates.map((c) => [name(c), c.logprob]));
      }),
      text_offset: tokens.map((token) => {
        const bytes = token.bytes ?? [];
        const within = bytes.length > 0 && !begins(bytes[0] ?? 0);
        const offset = this.#begun - (within ? 1 : 0);
        this.#begun += bytes.filter(begins).length;
        return offset;
      }),
    };
  }
}

/** Whether a byte of UTF-8 begins a character. */
function begins(byte: number): boolean {
  return (byte & 0xc0) !== 0x80;
}

/** A file's line that is no conversation. */
export class WrongLine extends Error {
  line: number;
  why: "json" | "messages" | "role" | "content";
  /** What was found there, as it stands. */
  got: string;

  constructor(line: number, why: WrongLine["why"], got: string) {
    super(`line ${line}: ${why}: ${got}`);
    this.line = line;
    this.why = why;
    this.got = got;
  }
}

/** A conversation as files for fine-tuning have it, in one line. */
export function toJsonl(messages: Message[]): string {
  return `${JSON.stringify({ messages })}\n`;
}

/** The messages of all conversations of a file, instructions only once. */
export function fromJsonl(text: string): Message[] {
  const messages: Message[] = [];
  text.split("\n").forEach((line, i) => {
    if (line.trim() === "") return;
    for (const message of conversation(line, i + 1)) {
      const known = messages.some((m) => m.role === "system");
      if (message.role !== "system") messages.push(message);
      else if (!known) messages.unshift(message);
    }
  });
  if (messages.length === 0) throw new WrongLine(1, "messages", "");
  return messages;
}

function conversation(line: string, number: number): Message[] {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new WrongLine(number, "json", error instanceof Error ? error.message : String(error));
  }
  const messages = (value as { messages?: unknown } | null)?.messages;
  if (!Array.isArray(messages)) throw new WrongLine(number, "messages", "");
  return messages.map((message: Partial<Record<keyof Message, unknown>> | null) => {
    const { role, content } = message ?? {};
    if (!ROLES.includes(role as Role)) {
      throw new WrongLine(number, "role", String(role));
    }
    if (typeof content !== "string") throw new WrongLine(number, "content", String(content));
    return { role: role as Role, content };
  });
}
