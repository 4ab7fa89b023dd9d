/**
 * A text cut into lines, and each line into pieces that are coloured alike.
 *
 * A line is a block of its own on the page, so that a new token lays out one line and not the whole
 * text; lines that did not change are the same objects, so that nothing of theirs is touched.
 */

import type { Cell } from "./tokens.ts";

export interface Line {
  start: number;
  /** Behind the line end, if there is one. */
  end: number;
  pieces: Piece[];
  /** The first cell that does not begin before `end`. */
  nextCell: number;
}

export interface Piece {
  text: string;
  /** None where somebody typed. */
  cell: Cell | null;
  /** The cell's place among all. */
  index: number;
  /** Whether the cell begins with this piece. */
  begins: boolean;
}

/** The lines of `text`; of those `before`, what lies before `from` is kept, text and cells. */
export function layout(text: string, cells: Cell[], before: Line[] = [], from = 0): Line[] {
  let kept = before.findIndex((line) => line.end >= from);
  if (kept < 0) kept = before.length;
  const lines = before.slice(0, kept);
  let at = lines.at(-1)?.end ?? 0;
  let next = lines.at(-1)?.nextCell ?? 0;
  // The cell that began in the line before may reach into this one.
  let reaching = next > 0 && (cells[next - 1]?.end ?? 0) > at ? next - 1 : next;
  do {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline + 1;
    const pieces: Piece[] = [];
    const start = at;
    next = reaching;
    while (at < end) {
      const cell = cells[next];
      if (!cell || cell.start >= end) {
        pieces.push({ text: text.slice(at, end), cell: null, index: -1, begins: false });
        at = end;
        break;
      }
      if (cell.start > at) {
        pieces.push({ text: text.slice(at, cell.start), cell: null, index: -1, begins: false });
        at = cell.start;
      }
      const stop = Math.min(cell.end, end);
      // A line end is a piece of its own: it has a sign to be seen and clicked by.
      const word = newline >= 0 && stop === end ? newline : stop;
      const piece = { cell, index: next };
      const begins = at === cell.start;
      if (word > at) pieces.push({ ...piece, text: text.slice(at, word), begins });
      if (stop > word) pieces.push({ ...piece, text: "\n", begins: begins && word === at });
      at = stop;
      if (cell.end > end) break;
      next++;
    }
    reaching = next;
    while ((cells[next]?.start ?? Infinity) < end) next++;
    lines.push({ start, end, pieces, nextCell: next });
    if (newline < 0) break;
  } while (at <= text.length);
  return lines;
}

/** How much of two texts is the same from the start. */
export function commonPrefix(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let at = 0;
  while (at < most && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}
