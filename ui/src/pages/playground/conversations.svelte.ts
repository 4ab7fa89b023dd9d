/** Earlier conversations, kept in this browser only. */

import { later } from "../../lib/later.ts";
import { keep, recall } from "../../lib/storage.ts";
import type { Kept } from "./conversation.svelte.ts";

const NAME = "chat.history";
const MOST = 60;

export interface Earlier extends Kept {
  /** When it last went on. */
  at: number;
}

/** Without the tokens' probabilities, which are most of it. */
export function bare<K extends Kept>(kept: K): K {
  const turns = kept.turns.map((turn) => ({
    ...turn,
    versions: turn.versions.map((version) => ({ ...version, cells: [] })),
  }));
  return { ...kept, turns };
}

/** What a conversation is known by: the first thing that somebody said. */
export function title({ turns, system }: Kept): string {
  const first = turns.find((turn) => turn.role === "user") ?? turns[0];
  return (first?.versions[first.version]?.content ?? system).trim().slice(0, 200);
}

/** Whether words are anywhere in it. */
export function has({ system, turns }: Kept, sought: string): boolean {
  const wanted = sought.trim().toLowerCase();
  const texts = [system, ...turns.flatMap((turn) => turn.versions.map((v) => v.content))];
  return texts.some((text) => text.toLowerCase().includes(wanted));
}

export class Conversations {
  all = $state.raw<Earlier[]>(recall<Earlier[]>(NAME, []));

  keep(kept: Kept, at = Date.now()): void {
    const rest = this.all.filter((other) => other.id !== kept.id);
    this.all = [{ ...bare(kept), at }, ...rest].slice(0, MOST);
    this.#save();
  }

  remove(id: number): void {
    this.all = this.all.filter((other) => other.id !== id);
    this.#save();
  }

  clear(): void {
    this.all = [];
    this.#save();
  }

  /** Where the browser's room is used up, the oldest go. */
  #save = later(() => {
    while (!keep(NAME, this.all) && this.all.length > 0) {
      this.all = this.all.slice(0, Math.floor(this.all.length / 2));
    }
  });
}

export const conversations = new Conversations();
