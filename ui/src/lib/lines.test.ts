import { expect, it } from "vitest";
import { commonPrefix, layout } from "./lines.ts";
import type { Cell } from "./tokens.ts";

function cell(start: number, end: number): Cell {
  return { start, end, tokens: [] };
}

function shown(text: string, cells: Cell[]) {
  return layout(text, cells).map((line) => line.pieces.map((p) => [p.text, p.index]));
}

it("typed text and tokens stand side by side", () => {
  expect(shown("ab c", [cell(2, 4)])).toEqual([[["ab", -1], [" c", 0]]]);
  expect(shown("", [])).toEqual([[]]);
  expect(shown("a\n", [])).toEqual([[["a\n", -1]], []]);
});

it("a token may go over a line end", () => {
  expect(shown("a\n\nbc", [cell(1, 4), cell(4, 5)])).toEqual([
    [["a", -1], ["\n", 0]],
    [["\n", 0]],
    [["b", 0], ["c", 1]],
  ]);
});

it("a token's line end is a piece of its own", () => {
  expect(shown("a.\nb", [cell(1, 3)])).toEqual([
    [["a", -1], [".", 0], ["\n", 0]],
    [["b", -1]],
  ]);
});

it("growing text gives the same lines as laying it out anew", () => {
  const text = "one\ntwo three\n\nfour";
  const cells = [cell(2, 5), cell(5, 9), cell(9, 14), cell(14, 17), cell(17, 19)];
  for (let length = 0; length <= text.length; length++) {
    const known = cells.filter((c) => c.end <= length);
    const before = layout(text.slice(0, length), known);
    const from = Math.min(length, cells[known.length]?.start ?? length);
    const grown = layout(text, cells, before, from);
    expect(grown).toEqual(layout(text, cells));
    const whole = before.filter((line) => line.end < from).length;
    expect(grown.slice(0, whole).every((line, i) => line === before[i])).toBe(true);
    const pieces = before.at(-1)?.pieces.filter((p) => p.start + p.text.length < from) ?? [];
    const at = grown[before.length - 1]?.pieces ?? [];
    expect(pieces.every((piece, i) => piece === at[i])).toBe(true);
  }
});

it("an edit is found", () => {
  expect(commonPrefix("abc", "abd")).toBe(2);
  expect(commonPrefix("abc", "abc")).toBe(3);
});
