/** Files of JSON lines, looked at before they are sent: what is wrong, and in which line. */

export type Why =
  | "json"
  | "object"
  | "empty"
  | "custom_id"
  | "twice"
  | "method"
  | "url"
  | "body"
  | "messages"
  | "role"
  | "content";

export interface Finding {
  /** From 1, as editors count. */
  line: number;
  why: Why;
  /** What was found there, as it stands. */
  got: string;
}

/** Findings after which nothing more is looked for. */
export const ENOUGH = 10;

const LONGEST = 80;
const ROLES = ["system", "developer", "user", "assistant", "tool", "function"];

function spelt(value: unknown): string {
  const text = value === undefined ? "—" : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Takes a file's text piece by piece. */
export class Lines {
  findings: Finding[] = [];
  /** Lines that are whole. */
  count = 0;
  #purpose: string;
  #rest = "";
  #ids = new Set<string>();

  constructor(purpose: string) {
    this.#purpose = purpose;
  }

  get enough(): boolean {
    return this.findings.length >= ENOUGH;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#line(line);
  }

  end(): void {
    if (this.#rest !== "") this.#line(this.#rest);
    this.#rest = "";
  }

  #line(line: string): void {
    this.count += 1;
    if (this.enough) return;
    const wrong = this.#wrong(line);
    if (wrong) this.findings.push({ line: this.count, ...wrong });
  }

  #wrong(line: string): Omit<Finding, "line"> | null {
    if (line.trim() === "") return { why: "empty", got: "" };
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      return { why: "json", got: error instanceof Error ? error.message : String(error) };
    }
    if (!isObject(value)) return { why: "object", got: spelt(value) };
    return this.#purpose === "batch" ? this.#request(value) : example(value);
  }

  #request(value: Record<string, unknown>): Omit<Finding, "line"> | null {
    const { custom_id, method, url, body } = value;
    if (typeof custom_id !== "string") return { why: "custom_id", got: spelt(custom_id) };
    if (this.#ids.has(custom_id)) return { why: "twice", got: spelt(custom_id) };
    this.#ids.add(custom_id);
    if (method !== "POST") return { why: "method", got: spelt(method) };
    if (typeof url !== "string" || !url.startsWith("/v1/")) return { why: "url", got: spelt(url) };
    if (!isObject(body)) return { why: "body", got: spelt(body) };
    return null;
  }
}

/** A line of what a model is to learn from. */
function example(value: Record<string, unknown>): Omit<Finding, "line"> | null {
  const { messages, prompt, completion } = value;
  if (typeof prompt === "string" && typeof completion === "string") return null;
  if (!Array.isArray(messages) || messages.length === 0) {
    return { why: "messages", got: spelt(messages) };
  }
  for (const message of messages as unknown[]) {
    const { role, content, tool_calls } = isObject(message) ? message : {};
    if (!ROLES.includes(String(role))) return { why: "role", got: spelt(role) };
    if (typeof content !== "string" && tool_calls === undefined) {
      return { why: "content", got: spelt(content) };
    }
  }
  return null;
}

/** Purposes whose files are of JSON lines. */
export const OF_LINES = ["batch", "fine-tune"];

/** Looks at a whole file; stops when enough is wrong. */
export async function check(
  file: Blob,
  purpose: string,
  progress: (lines: number) => void,
  signal: AbortSignal,
): Promise<Lines> {
  const lines = new Lines(purpose);
  const decoder = new TextDecoder();
  const reader = file.stream().getReader();
  for (;;) {
    signal.throwIfAborted();
    const { done, value } = await reader.read();
    if (done) break;
    lines.push(decoder.decode(value, { stream: true }));
    progress(lines.count);
    if (lines.enough) {
      await reader.cancel();
      return lines;
    }
  }
  lines.push(decoder.decode());
  lines.end();
  return lines;
}

export interface Beginning {
  lines: string[];
  /** Whether there is more. */
  more: boolean;
  /** Whether the last line goes on. */
  cut: boolean;
  binary: boolean;
}

const MOST_BYTES = 256 << 10;

/** The first lines of a body, of which no more is read than that takes. */
export async function beginning(
  body: ReadableStream<Uint8Array>,
  most: number,
): Promise<Beginning> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = "";
  let bytes = 0;
  let whole = false;
  while (bytes < MOST_BYTES && text.split("\n").length <= most) {
    const { done, value } = await reader.read();
    if (done) {
      whole = true;
      break;
    }
    bytes += value.length;
    text += decoder.decode(value, { stream: true });
  }
  if (!whole) await reader.cancel();
  if (text.includes("\0")) return { lines: [], more: !whole, cut: false, binary: true };
  const all = text.split("\n");
  if (whole && all.at(-1) === "") all.pop();
  const lines = all.slice(0, most);
  const cut = !whole && all.length <= most;
  return { lines, more: !whole || all.length > most, cut, binary: false };
}
