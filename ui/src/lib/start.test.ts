import { expect, it } from "vitest";
import { checked, excerpt, fragment, modeOf, openFragment, type Start } from "./start.ts";

const STARTS: Start[] = [
  { prompt: "Once", params: { temperature: 0 } },
  { prompt: null, params: {} },
  { messages: [{ role: "user", content: "Hi" }], params: {} },
  { prefix: "def ", suffix: "\n", params: {} },
  { lines: "a\nb", params: { dimensions: 3 } },
  { asked: "Why?", system: "", as: "chat", columns: [{ model: "a" }, { model: "b" }] },
];

it("every mode's start is known by what is in it", () => {
  expect(STARTS.map(modeOf)).toEqual([
    "complete",
    "complete",
    "chat",
    "code",
    "embeddings",
    "compare",
  ]);
  expect(STARTS.map(excerpt)).toEqual(["Once", "", "Hi", "def", "a\nb", "Why?"]);
  for (const start of STARTS) expect(checked(start)).toEqual(start);
});

it("what is no start is refused, whoever wrote it", () => {
  const wrong = [
    null,
    [],
    {},
    "prompt",
    { prompt: 1, params: {} },
    { prompt: "a" },
    { messages: [{ role: "bot", content: "Hi" }], params: {} },
    { messages: [{ role: "user", content: 7 }], params: {} },
    { prefix: "a", params: {} },
    { asked: "a", system: "", as: "poem", columns: [{}] },
    { asked: "a", system: "", as: "chat", columns: [] },
  ];
  for (const value of wrong) expect(checked(value), JSON.stringify(value)).toBeNull();
});

it("a link that was cut off is told apart from none", async () => {
  expect(await openFragment("")).toBe(true);
  expect(await openFragment("#work")).toBe(true);
  expect(await openFragment("#s=abc")).toBe(false);
  const hash = await fragment({ prompt: "Once upon a time", params: {} });
  expect(await openFragment(hash.slice(0, -8))).toBe(false);
});
