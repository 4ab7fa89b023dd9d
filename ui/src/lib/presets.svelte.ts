/** Settings under a name, with the text they were made for or without; kept in this browser only. */

import type { Key } from "../i18n/en.ts";
import { checked, modeOf, type Mode, type Start } from "./start.ts";
import { keep, recall } from "./storage.ts";

export interface Preset {
  id: string;
  name: string;
  at: number;
  start: Start;
}

const NAME = "presets";
export const PRESETS_AT_MOST = 100;
export const LONGEST_NAME = 80;

/** Why a preset was not kept, as texts tell it. */
export type Refusal = Extract<Key, "presets.full" | "presets.noRoom" | "presets.taken">;

export class Presets {
  all = $state.raw<Preset[]>([]);

  constructor() {
    this.read();
  }

  /** Another tab may have kept some. */
  read(): void {
    const kept = recall<Preset[]>(NAME, []);
    this.all = Array.isArray(kept) ? kept.filter((p) => checked(p?.start) !== null) : [];
  }

  of(mode: Mode): Preset[] {
    return this.all.filter((preset) => modeOf(preset.start) === mode);
  }

  named(mode: Mode, name: string): Preset | undefined {
    return this.of(mode).find((preset) => preset.name === name.trim());
  }

  /** Keeps a start under a name, in the place of the one that has it. */
  save(name: string, start: Start, now = Date.now()): Refusal | null {
    this.read();
    const known = this.named(modeOf(start), name);
    if (!known && this.all.length >= PRESETS_AT_MOST) return "presets.full";
    const id = known?.id ?? this.#freeId(now);
    const preset = { id, name: name.trim().slice(0, LONGEST_NAME), at: now, start };
    return this.#set([preset, ...this.all.filter((other) => other.id !== id)]);
  }

  rename(id: string, name: string): Refusal | null {
    this.read();
    const preset = this.all.find((preset) => preset.id === id);
    const wanted = name.trim().slice(0, LONGEST_NAME);
    if (!preset || wanted === "" || wanted === preset.name) return null;
    if (this.named(modeOf(preset.start), wanted)) return "presets.taken";
    return this.#set(this.all.map((p) => (p.id === id ? { ...p, name: wanted } : p)));
  }

  remove(id: string): void {
    this.read();
    this.#set(this.all.filter((preset) => preset.id !== id));
  }

  /** Puts one back that was removed. */
  restore(preset: Preset): Refusal | null {
    this.read();
    const rest = this.all.filter((other) => other.id !== preset.id);
    return this.#set([preset, ...rest].sort((a, b) => b.at - a.at));
  }

  #set(all: Preset[]): Refusal | null {
    if (!keep(NAME, all)) return "presets.noRoom";
    this.all = all;
    return null;
  }

  /** By the time, which is never the same twice. */
  #freeId(now: number): string {
    let id = now;
    while (this.all.some((preset) => preset.id === id.toString(36))) id++;
    return id.toString(36);
  }
}

export const presets = new Presets();
