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
    this.restore({ text, cells: this.cells.filter((cell) => cell.end <= same) });
  }

  restore({ text, cells }: Snapshot): void {
    const from = Math.min(commonPrefix(this.text, text), this.#changed(cells));
    this.lines = layout(text, cells, this.lines, from);
    this.text = text;
    this.cells = cells;
  }

  get snapshot(): Snapshot {
    return { text: this.text, cells: this.cells };
  }

  /** Where the first cell stands that is not what it was. The last one grows in place. */
  #changed(cells: Cell[]): number {
    const most = Math.min(this.cells.length, cells.length) - 1;
    let same = 0;
    while (same < most && this.cells[same] === cells[same]) same++;
    return Math.min(this.cells[same]?.start ?? Infinity, cells[same]?.start ?? Infinity);
  }
}
