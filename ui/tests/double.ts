/** Stands for the server where what a page makes of its answers is tested, without a browser. */

import { vi } from "vitest";

type Answer = { status?: number; json?: unknown; events?: object[] };

export interface Asked {
  path: string;
  body: unknown;
}

/** Answers by path; what was asked is noted. What no answer is given for is not there. */
export function server(answers: Record<string, (body: unknown) => Answer>): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => setTimeout(run, 0));
  vi.stubGlobal("cancelAnimationFrame", (id: number) => clearTimeout(id));
  vi.stubGlobal("fetch", async (path: string, request: RequestInit) => {
    const body: unknown = request.body ? JSON.parse(String(request.body)) : null;
    asked.push({ path, body });
    const missing = (): Answer => ({ status: 404, json: { error: { message: "no such path" } } });
    const { status = 200, json, events } = (answers[path] ?? missing)(body);
    if (!events) return new Response(JSON.stringify(json), { status });
    const lines = [...events.map((event) => JSON.stringify(event)), "[DONE]"];
    return new Response(lines.map((line) => `data: ${line}\n\n`).join(""), { status });
  });
  return asked;
}

/** A streamed answer of a conversation. */
export function says(...pieces: string[]): Answer {
  const choice = (content: string, finish_reason: string | null) => ({
    choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason }],
  });
  return { events: [...pieces.map((piece) => choice(piece, null)), choice("", "stop")] };
}
