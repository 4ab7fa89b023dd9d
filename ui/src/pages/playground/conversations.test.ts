import { expect, it } from "vitest";
import type { Kept, Turn } from "./conversation.svelte.ts";
import { bare, Conversations, has, title } from "./conversations.svelte.ts";

const turn = (id: number, role: Turn["role"], ...contents: string[]): Turn => ({
  id,
  role,
  versions: contents.map((content) => ({
    content,
    cells: [{ start: 0, end: 1, tokens: [] }],
  })),
  version: contents.length - 1,
});

const kept = (id: number, ...turns: Turn[]): Kept => ({
  id,
  system: "Be brief.",
  turns,
  draft: "",
  results: {},
});

it("the last to go on is first, and one that goes on is no other one", () => {
  const all = new Conversations();
  all.keep(kept(1, turn(1, "user", "a")), 10);
  all.keep(kept(2, turn(1, "user", "b")), 20);
  all.keep(kept(1, turn(1, "user", "a"), turn(2, "assistant", "c")), 30);
  expect(all.all.map(({ id, at }) => [id, at])).toEqual([
    [1, 30],
    [2, 20],
  ]);
  for (let i = 3; i < 100; i++) all.keep(kept(i), i);
  expect(all.all.length).toBe(60);
  all.remove(99);
  expect(all.all[0]?.id).toBe(98);
});

it("is known by what was said first, and found by what was said in any version", () => {
  const one = kept(1, turn(1, "assistant", "Hello"), turn(2, "user", " Why? "), turn(3, "assistant", "Old", "New"));
  expect(title(one)).toBe("Why?");
  expect(title(kept(1))).toBe("Be brief.");
  for (const sought of ["old", "NEW", "brief", ""]) expect(has(one, sought), sought).toBe(true);
  expect(has(one, "absent")).toBe(false);
});

it("leaves probabilities behind, and nothing else", () => {
  const one = kept(1, turn(1, "assistant", "a"));
  one.turns[0]!.versions[0]!.calls = [{ id: "x", name: "f", arguments: "{}" }];
  const left = bare(one).turns[0]!.versions[0]!;
  expect(left).toEqual({ content: "a", cells: [], calls: [{ id: "x", name: "f", arguments: "{}" }] });
});
