/** Conversations: what is sent, what comes, and files of examples. */

import { restored, sampled, type Params, type Sampled } from "./request.ts";
import { ROLES, type Role } from "./roles.ts";
import { isTool, toolOf, type Tool } from "./schema.ts";
import { spelt } from "./tokens.ts";
import type { Logprobs, Usage } from "./api.ts";

export { ROLES, type Role };

/** A function that the model wants called. */
export interface Call {
  id: string;
  name: string;
  /** JSON, as the model wrote it; it need not be any. */
  arguments: string;
}

interface ApiCall {
  id: string;
  type: "function";
  function: { name: string; arguments: string };
}

export interface Message {
  role: Role;
  content: string;
  tool_calls?: ApiCall[];
  /** The call that a tool's message answers. */
  tool_call_id?: string;
}

export function apiCall({ id, name, arguments: written }: Call): ApiCall {
  return { id, type: "function", function: { name, arguments: written } };
}

export function callOf({ id, function: called }: ApiCall): Call {
  return { id, name: called.name, arguments: called.arguments };
}

export const FORMATS = ["text", "json_object", "json_schema"] as const;
export type Format = (typeof FORMATS)[number];

export interface ChatParams extends Params {
  format: Format;
  /** JSON, where the format is a schema. */
  schema: string;
  /** Definitions of functions, as they were written. */
  tools: string[];
  /** `auto`, `none`, `required`, or the name of a function. */
  toolChoice: string;
}

export const TOOLS_AT_MOST = 16;

/** What was kept or came from elsewhere, made whole. */
export function restoredChat(defaults: ChatParams, kept: Partial<ChatParams>): ChatParams {
  const params = restored(defaults, kept);
  if (!FORMATS.includes(params.format)) params.format = defaults.format;
  const tools: unknown[] = Array.isArray(kept.tools) ? kept.tools : [];
  params.tools = tools.filter((text) => typeof text === "string").slice(0, TOOLS_AT_MOST);
  return params;
}

/** Functions that are described well enough to be sent. */
export function toolsOf(params: ChatParams): Tool[] {
  return params.tools.map(toolOf).filter(isTool);
}

export interface ChatBody extends Sampled {
  messages: Message[];
  logprobs?: boolean;
  top_logprobs?: number;
  response_format?: object;
  tools?: Tool[];
  tool_choice?: string | object;
}

export interface ChatChunk {
  choices: {
    index: number;
    delta: { content?: string | null; tool_calls?: CallDelta[] };
    logprobs: { content: ChatToken[] | null } | null;
    finish_reason: "stop" | "length" | "tool_calls" | null;
  }[];
  usage?: Usage | null;
}

/** A call that begins, or more of its arguments. */
export interface CallDelta {
  index: number;
  id?: string;
  function?: { name?: string; arguments?: string };
}

/** Calls with what came to them. */
export function grown(calls: Call[], deltas: CallDelta[]): Call[] {
  const all = [...calls];
  for (const { index, id, function: more } of deltas) {
    const call = all[index] ?? { id: "", name: "", arguments: "" };
    all[index] = {
      id: id ?? call.id,
      name: more?.name ?? call.name,
      arguments: call.arguments + (more?.arguments ?? ""),
    };
  }
  return all;
}

interface ChatToken {
  bytes: number[] | null;
  token: string;
  logprob: number;
  top_logprobs: Omit<ChatToken, "top_logprobs">[];
}

/** A conversation as Responses have it, which count its tokens: calls and results are no messages. */
export function inputOf(messages: Message[]): object[] {
  return messages.flatMap(({ role, content, tool_calls: calls, tool_call_id: call_id }): object[] => {
    if (role === "tool") return [{ type: "function_call_output", call_id, output: content }];
    const said = content === "" && calls ? [] : [{ role, content }];
    const called = (calls ?? []).map(({ id, function: { name, arguments: written } }) => ({
      type: "function_call",
      call_id: id,
      name,
      arguments: written,
    }));
    return [...said, ...called];
  });
}

/** Whether a call in it has no result yet. */
export function waitsForResult(messages: Message[]): boolean {
  const results = new Set(messages.map(({ tool_call_id: id }) => id));
  return messages.some(({ tool_calls: calls }) => calls?.some(({ id }) => !results.has(id)));
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
  const tools = toolsOf(params);
  if (tools.length > 0) {
    body.tools = tools;
    const { toolChoice: choice } = params;
    const named = tools.some((tool) => tool.function.name === choice);
    if (named) body.tool_choice = { type: "function", function: { name: choice } };
    else if (choice === "none" || choice === "required") body.tool_choice = choice;
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
  why: "json" | "messages" | "role" | "content" | "calls";
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
  return messages.map((message: Partial<Record<keyof Message, unknown>> | null): Message => {
    const { role, content, tool_calls: calls, tool_call_id: answers } = message ?? {};
    if (!ROLES.includes(role as Role)) {
      throw new WrongLine(number, "role", String(role));
    }
    if (calls !== undefined) {
      const whole = role === "assistant" && Array.isArray(calls) && calls.every(isApiCall);
      if (!whole) throw new WrongLine(number, "calls", JSON.stringify(calls));
    }
    if (role === "tool" && typeof answers !== "string") {
      throw new WrongLine(number, "calls", JSON.stringify(answers) ?? "");
    }
    // Beside calls, nothing need be said.
    const text = calls !== undefined && content === null ? "" : content;
    if (typeof text !== "string") throw new WrongLine(number, "content", String(content));
    const read: Message = { role: role as Role, content: text };
    if (calls !== undefined) read.tool_calls = calls as ApiCall[];
    if (role === "tool") read.tool_call_id = answers as string;
    return read;
  });
}

function isApiCall(value: unknown): value is ApiCall {
  const { id, function: called } = (value ?? {}) as Partial<ApiCall>;
  const texts = [id, called?.name, called?.arguments];
  return texts.every((text) => typeof text === "string");
}
