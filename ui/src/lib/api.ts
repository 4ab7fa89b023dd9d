/** Every call to the server: base path, key, the shape of errors. Nothing else fetches. */

import { connection } from "./connection.svelte.ts";
import { key } from "./key.svelte.ts";
import { base } from "./router.svelte.ts";
import type { EmbeddingBody } from "./request.ts";
import { events } from "./sse.ts";

/** What the server, or the way to it, said no with. */
export class Failure extends Error {
  /** 0 if no answer came. */
  status: number;
  type: string | null;
  code: string | null;
  param: string | null;
  requestId: string | null;

  constructor(message: string, status = 0, more: Partial<Failure> = {}) {
    super(message);
    this.status = status;
    this.type = more.type ?? null;
    this.code = more.code ?? null;
    this.param = more.param ?? null;
    this.requestId = more.requestId ?? null;
  }
}

export interface Model {
  id: string;
  /** The model that answers under this name. */
  root: string;
}

export interface Logprobs {
  tokens: string[];
  token_logprobs: (number | null)[];
  top_logprobs: (Record<string, number> | null)[];
  /** In characters of prompt and completion. */
  text_offset: number[];
}

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
}

export interface CompletionChunk {
  choices: {
    text: string;
    index: number;
    logprobs: Logprobs | null;
    finish_reason: "stop" | "length" | null;
  }[];
  usage?: Usage | null;
}

export interface Tokenization {
  count: number;
  /** Tokens that the model can hold, prompt and answer together. */
  context: number;
  tokens: { id: number; bytes: number[] }[];
}

/** What models are for, and what they can do; `GET /api/models` knows it. */
export interface Card {
  id: string;
  aliases: string[];
  kind: "chat" | "completion" | "embedding";
  state: "available" | "pulling" | "installed" | "loading" | "loaded";
  dimensions: number | null;
  can: string[];
}

export interface Embedding {
  index: number;
  embedding: number[];
}

export interface Embeddings {
  data: Embedding[];
  usage: { prompt_tokens: number; total_tokens: number };
}

/** A conversation as the model reads it. */
export interface Prompt {
  prompt: string;
  tokens: { id: number; bytes: number[]; special: boolean }[];
  context: number;
}

/** Which of several answers somebody thought best. */
export interface Preference {
  prompt: string | null;
  messages: object[] | null;
  candidates: { model: string; parameters: object; text: string }[];
  /** A candidate's place, from 0. */
  choice: number | "tie" | "none";
  blind: boolean;
}

/** The address of an endpoint, as programs on this machine need it. */
export function endpoint(path: string): string {
  return `${location.origin}${base}/v1${path}`;
}

export async function models(): Promise<Model[]> {
  const answer = await ask("/v1/models");
  return ((await answer.json()) as { data: Model[] }).data;
}

/** `null` if the server has no such list. */
export async function cards(): Promise<Card[] | null> {
  try {
    const answer = await ask("/api/models");
    return ((await answer.json()) as { data: Card[] }).data;
  } catch (error) {
    if (error instanceof Failure && error.status === 404) return null;
    throw error;
  }
}

export async function embed(body: EmbeddingBody, signal: AbortSignal): Promise<Embeddings> {
  return (await (await ask("/v1/embeddings", body, signal)).json()) as Embeddings;
}

export async function inspectPrompt(body: object): Promise<Prompt> {
  return (await (await ask("/api/inspect/prompt", body)).json()) as Prompt;
}

export async function prefer(preference: Preference): Promise<void> {
  await ask("/api/preferences", preference);
}

/** All preferences, a line of JSON for each pair. */
export async function preferences(): Promise<Blob> {
  return (await ask("/api/preferences/export")).blob();
}

export async function tokenize(
  model: string,
  input: string,
  signal: AbortSignal,
): Promise<Tokenization> {
  const answer = await ask("/v1/tokenize", { model, input }, signal);
  return (await answer.json()) as Tokenization;
}

/** Tokens of a conversation, as the model will read it. */
export async function countMessages(
  model: string,
  input: object[],
  tools: object[],
  signal: AbortSignal,
): Promise<number> {
  const body = tools.length > 0 ? { model, input, tools } : { model, input };
  const answer = await ask("/v1/responses/input_tokens", body, signal);
  return ((await answer.json()) as { input_tokens: number }).input_tokens;
}

/** The chunks of a stream. Throws a {@link Failure} if it breaks off, `AbortError` if we end it. */
export async function* stream<Chunk extends object>(
  path: string,
  body: object,
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  const answer = await ask(path, body, signal);
  if (!answer.body) throw new Failure("The answer has no body.", answer.status);
  const requestId = answer.headers.get("x-request-id");
  try {
    for await (const data of events(answer.body)) {
      if (data === "[DONE]") return;
      const chunk = JSON.parse(data) as Chunk | { error: Failure };
      if ("error" in chunk) {
        throw new Failure(chunk.error.message, answer.status, { ...chunk.error, requestId });
      }
      yield chunk as Awaited<Chunk>;
    }
  } catch (error) {
    if (error instanceof Failure || signal.aborted) throw error;
    throw connection.lost(new Failure(String(error)));
  }
  // Without the last event the answer was cut off.
  throw connection.lost(new Failure("The stream ended early.", 0, { requestId }));
}

export async function ask(
  path: string,
  body?: object,
  signal?: AbortSignal,
  method = body ? "POST" : "GET",
): Promise<Response> {
  const headers: Record<string, string> = {};
  if (body) headers["content-type"] = "application/json";
  if (key.value) headers["authorization"] = `Bearer ${key.value}`;
  const request: RequestInit = { method, headers };
  if (body) request.body = JSON.stringify(body);
  if (signal) request.signal = signal;
  let answer: Response;
  try {
    answer = await fetch(base + path, request);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw connection.lost(new Failure(String(error)));
  }
  connection.found();
  if (answer.ok) return answer;
  const failure = await refusal(answer);
  if (failure.status === 401) key.ask(failure.message);
  throw failure;
}

async function refusal(answer: Response): Promise<Failure> {
  const requestId = answer.headers.get("x-request-id");
  try {
    const { error } = (await answer.json()) as { error: Failure };
    return new Failure(error.message, answer.status, { ...error, requestId });
  } catch {
    return new Failure(`${answer.status} ${answer.statusText}`, answer.status, { requestId });
  }
}

/** Sends a file in a form, and tells how many bytes of it are on their way. */
export function upload<T>(
  path: string,
  form: FormData,
  progress: (sent: number, total: number) => void,
  signal: AbortSignal,
): Promise<T> {
  // Nothing else tells how much of a body is sent.
  const request = new XMLHttpRequest();
  request.open("POST", base + path);
  if (key.value) request.setRequestHeader("authorization", `Bearer ${key.value}`);
  request.upload.onprogress = (event) => progress(event.loaded, event.total);
  signal.addEventListener("abort", () => request.abort());
  return new Promise((done, failed) => {
    const lost = () => failed(connection.lost(new Failure("The file did not arrive.")));
    request.onerror = lost;
    request.onabort = () => failed(new DOMException("", "AbortError"));
    request.onload = async () => {
      connection.found();
      const { status, responseText } = request;
      if (status < 300) return done(JSON.parse(responseText) as T);
      const requestId = request.getResponseHeader("x-request-id");
      const headers: Record<string, string> = requestId ? { "x-request-id": requestId } : {};
      const failure = await refusal(new Response(responseText, { status, headers }));
      if (status === 401) key.ask(failure.message);
      failed(failure);
    };
    request.send(form);
  });
}
