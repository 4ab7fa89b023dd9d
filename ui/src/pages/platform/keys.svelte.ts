/** Keys as `/api/keys` tells of them, and those that are about to be revoked. */

import { Failure } from "../../lib/api.ts";
import { failureOf, send } from "../../lib/platform.svelte.ts";

export const SCOPES = ["admin", "all", "inference"] as const;
export type Scope = (typeof SCOPES)[number];

export interface Limits {
  budget_tokens: number | null;
  requests_per_minute: number | null;
  tokens_per_minute: number | null;
}

export interface Key extends Limits {
  id: string;
  name: string;
  redacted: string;
  scope: Scope;
  state: "live" | "expired" | "revoked";
  created_at: number;
  expires_at: number | null;
  last_used_at: number | null;
  used_tokens: number;
}

export const UNDO_S = 10;

/**
 * Keys that will be revoked unless somebody takes it back. Nothing is sent before; another page may
 * be opened meanwhile, but with the tab it is forgotten.
 */
class Revoking {
  /** Seconds left, by key. */
  left = $state<Record<string, number>>({});
  failure = $state.raw<Failure | null>(null);
  /** Called when one is revoked. */
  ondone: () => void = () => {};
  #timers = new Map<string, ReturnType<typeof setInterval>>();

  start(id: string): void {
    if (this.#timers.has(id)) return;
    this.left[id] = UNDO_S;
    const timer = setInterval(() => {
      const left = (this.left[id] ?? 1) - 1;
      this.left[id] = left;
      if (left <= 0) void this.#revoke(id);
    }, 1000);
    this.#timers.set(id, timer);
  }

  undo(id: string): void {
    clearInterval(this.#timers.get(id));
    this.#timers.delete(id);
    delete this.left[id];
  }

  async #revoke(id: string): Promise<void> {
    this.undo(id);
    try {
      await send("DELETE", `/api/keys/${id}`);
    } catch (error) {
      this.failure = failureOf(error);
    }
    this.ondone();
  }
}

export const revoking = new Revoking();
