/** Models as `GET /api/models` tells of them. */

export interface Model {
  id: string;
  aliases: string[];
  kind: "chat" | "completion" | "embedding";
  state: "available" | "pulling" | "installed" | "loading" | "loaded";
  format: string | null;
  bytes: number;
  context: number | null;
  dimensions: number | null;
  parameters: number | null;
  licence: string | null;
  source: string | null;
  description: string | null;
  resident_bytes: number | null;
  in_use: number;
  can: ("chat" | "completions" | "insert" | "tools" | "embeddings")[];
  pull: Pull | null;
  problem: string | null;
}

export interface Pull {
  bytes: number;
  total: number | null;
  error: string | null;
}

export interface Listed {
  memory: { used_bytes: number; limit_bytes: number | null };
  data: Model[];
}

/** Whether it will soon be another. */
export function moves(model: Model): boolean {
  return model.state === "pulling" || model.state === "loading" || model.in_use > 0;
}

/** How fast bytes come, from what was seen in the last seconds. */
export class Rate {
  #seen: { at: number; bytes: number }[] = [];

  /** Bytes per second; `null` until it can be told. */
  at(now: number, bytes: number): number | null {
    const last = this.#seen.at(-1);
    // A new try begins with less.
    if (last && bytes < last.bytes) this.#seen = [];
    this.#seen = [...this.#seen.filter((seen) => now - seen.at < 10_000), { at: now, bytes }];
    const first = this.#seen[0];
    if (!first || now - first.at < 1000) return null;
    return ((bytes - first.bytes) * 1000) / (now - first.at);
  }
}
