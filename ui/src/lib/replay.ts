/** A request from the server's log, as the Playground would begin with it. */

import type { ChatParams, Message } from "./chat.ts";
import type { Params } from "./request.ts";
import type { ChatStart, CodeStart, CompleteStart } from "./start.ts";

export type NoReplay = "endpoint" | "text" | "cut" | "shape";

type Body = Record<string, unknown>;

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** The knobs that both modes have; what a request leaves out is left out. */
function params(body: Body): Partial<Params> {
  const stop = typeof body.stop === "string" ? [body.stop] : body.stop;
  const all = {
    model: typeof body.model === "string" ? body.model : undefined,
    temperature: number(body.temperature),
    maxTokens: number(body.max_tokens) ?? number(body.max_completion_tokens),
    topP: number(body.top_p),
    frequencyPenalty: number(body.frequency_penalty),
    presencePenalty: number(body.presence_penalty),
    bestOf: number(body.best_of),
    seed: number(body.seed),
    stop: Array.isArray(stop) ? stop.filter((text) => typeof text === "string") : undefined,
    show: body.logprobs ? "full" : "off",
  };
  const said = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as Partial<Params>;
}

/** The text of a content, which may be in parts; `null` if there is more than text in it. */
function textOf(content: unknown): string | null {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return null;
  const parts = content.map((part) => {
    const { type, text } = (part ?? {}) as { type?: unknown; text?: unknown };
    return type === "text" && typeof text === "string" ? text : null;
  });
  return parts.includes(null) ? null : parts.join("");
}

/** Whether messages of a role are a text and nothing else. */
function isPlain(role: unknown): role is "system" | "user" | "assistant" {
  return role === "system" || role === "user" || role === "assistant";
}

function message(value: unknown): Message | null {
  const { role, content, tool_calls } = (value ?? {}) as Body;
  const known = role === "developer" ? "system" : role;
  const text = textOf(content);
  const plain = text !== null && tool_calls === undefined;
  return plain && isPlain(known) ? { role: known, content: text } : null;
}

function format(body: Body): Partial<ChatParams> {
  const { type, json_schema } = (body.response_format ?? {}) as Body;
  if (type === "json_object") return { format: "json_object" };
  if (type !== "json_schema") return {};
  const { schema } = (json_schema ?? {}) as Body;
  return { format: "json_schema", schema: JSON.stringify(schema ?? {}, null, 2) };
}

/** What the Playground begins with, or why it cannot. */
export function replay(
  path: string,
  request: string | null,
): CompleteStart | CodeStart | ChatStart | NoReplay {
  const chat = path === "/v1/chat/completions";
  if (!chat && path !== "/v1/completions") return "endpoint";
  if (request === null) return "text";
  let body: Body;
  try {
    body = JSON.parse(request) as Body;
  } catch {
    return "cut";
  }
  if (!chat) {
    const { prompt, suffix } = body;
    if (typeof prompt !== "string") return "shape";
    if (typeof suffix === "string") return { prefix: prompt, suffix, params: params(body) };
    return suffix === undefined || suffix === null ? { prompt, params: params(body) } : "shape";
  }
  const messages = Array.isArray(body.messages) ? body.messages.map(message) : [null];
  if (messages.includes(null) || body.tools !== undefined) return "shape";
  return { messages: messages as Message[], params: { ...params(body), ...format(body) } };
}
