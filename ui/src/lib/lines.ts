/**
 * A text cut into lines, and each line into pieces that are coloured alike.
 *
 * A line is a block of its own on the page, so that a new token lays out one line and not the whole
 * text. What did not change are the same objects, so that nothing of it is touched.
 */

import type { Cell } from "./tokens.ts";

export interface Line {
  start: number;
  /** Behind the line end, if there is one. */
  end: number;
  pieces: Piece[];
}

export interface Piece {
  start: number;
  text: string;
  /** None where somebody typed. */
  cell: Cell | null;
  /** The cell's place among all. */
  index: number;
}

/** Whether a piece is the first of its cell. */
export function begins({ cell, start }: Piece): boolean {
  return cell?.start === start;
}

/** The lines of `text`. What of `before` lies before `from` is kept: there, nothing has changed. */
export function layout(text: string, cells: Cell[], before: Line[] = [], from = 0): Line[] {
  let kept = before.findIndex((line) => line.end >= from);
  if (kept < 0) kept = before.length;
  const lines = before.slice(0, kept);
  // The line in which the change is keeps its pieces up to there.
  const old = before[kept]?.pieces ?? [];
  let pieces = old.filter((piece) => piece.start + piece.text.length < from);
  let start = lines.at(-1)?.end ?? 0;
  let at = end(pieces.at(-1)) ?? start;
  let next = cellAt(cells, at);
  for (;;) {
    const newline = text.indexOf("\n", at);
    const lineEnd = newline < 0 ? text.length : newline + 1;
    while (at < lineEnd) {
      const cell = cells[next];
      const inside = cell !== undefined && cell.start <= at;
      // A line end is a piece of its own: it has a sign to be seen and clicked by.
      const stops = [lineEnd, inside ? cell.end : (cell?.start ?? lineEnd)];
      if (inside && newline > at) stops.push(newline);
      const stop = Math.min(...stops);
      const piece = { start: at, text: text.slice(at, stop) };
      pieces.push(inside ? { ...piece, cell, index: next } : { ...piece, cell: null, index: -1 });
      at = stop;
      while ((cells[next]?.end ?? Infinity) <= at) next++;
    }
    lines.push({ start, end: lineEnd, pieces });
    if (newline < 0) return lines;
    start = lineEnd;
    pieces = [];
  }
}

function end(piece: Piece | undefined): number | undefined {
  return piece && piece.start + piece.text.length;
}

/** The first cell that ends behind a place, by bisection. */
function cellAt(cells: Cell[], place: number): number {
  let [low, high] = [0, cells.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cells[middle]?.end ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How much of two texts is the same from the start. */
export function commonPrefix(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let at = 0;
  while (at < most && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}
