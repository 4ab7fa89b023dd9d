/** A text that people and a model write by turns, with what is known of the model's tokens. */

import { commonPrefix, layout, type Line } from "./lines.ts";
import type { Cell } from "./tokens.ts";

export interface Snapshot {
  text: string;
  cells: Cell[];
}

export class Document {
  text = $state.raw("");
  cells = $state.raw<Cell[]>([]);
  lines = $state.raw<Line[]>(layout("", []));

  /** What somebody typed: tokens from the edit on are text like any other. */
  edit(text: string): void {
    const same = commonPrefix(this.text, text);
    const cells = this.cells.filter((cell) => cell.end <= same);
    const dropped = this.cells[cells.length]?.start ?? same;
    this.#set(text, cells, Math.min(same, dropped));
  }

  /** The text with more behind it. `cells` are all, and begin with those that were there. */
  grow(text: string, cells: Cell[]): void {
    this.#set(text, cells, Math.min(this.text.length, this.cells.at(-1)?.start ?? Infinity));
  }

  restore({ text, cells }: Snapshot): void {
    this.#set(text, cells, 0);
  }

  get snapshot(): Snapshot {
    return { text: this.text, cells: this.cells };
  }

  #set(text: string, cells: Cell[], from: number): void {
    this.lines = layout(text, cells, this.lines, from);
    this.text = text;
    this.cells = cells;
  }
}
