import { expect, it } from "vitest";
import { lines, words, type Part } from "./diff.ts";

const side = (parts: Part[], without: Part["kind"]) =>
  parts
    .filter((part) => part.kind !== without)
    .map((part) => part.text)
    .join("");

it("words that changed are told, and both texts can be read from it", () => {
  const [before, after] = ["The sky is blue today. ", "The sea is deep blue.\n"];
  const parts = words(before, after);
  expect(parts.map(({ kind, text }) => kind[0] + text)).toEqual([
    "sThe",
    "g sky",
    "n sea",
    "s is",
    "g blue today. ",
    "n deep blue.\n",
  ]);
  expect([side(parts, "new"), side(parts, "gone")]).toEqual([before, after]);
});

it("lines keep their ends", () => {
  expect(lines("a\nb\nc", "a\nc")).toEqual([
    { kind: "same", text: "a\n" },
    { kind: "gone", text: "b\n" },
    { kind: "same", text: "c" },
  ]);
  expect(lines("", "a\n")).toEqual([{ kind: "new", text: "a\n" }]);
  expect(lines("a", "a")).toEqual([{ kind: "same", text: "a" }]);
  expect(words("", "")).toEqual([]);
});

it("random texts can always be read from their difference, also beyond the table", () => {
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48271) % 0x7fffffff) % below;
  for (const [runs, length] of [[200, 12], [1, 3000]] as const) {
    for (let run = 0; run < runs; run++) {
      const text = () => Array.from({ length: random(length) }, () => "ab \n天"[random(5)]).join("");
      const [before, after] = [text(), text()];
      for (const parts of [words(before, after), lines(before, after)]) {
        expect([side(parts, "new"), side(parts, "gone")]).toEqual([before, after]);
      }
    }
  }
});
