import { expect, it } from "vitest";
import { aliases, chosen, embedders, writers } from "./models.svelte.ts";

const model = (id: string, root = id) => ({ id, root });
const all = [
  model("minilm"),
  model("a-first"),
  model("smol"),
  model("gpt-3.5-turbo-instruct", "smol"),
  model("text-embedding-3-small", "minilm"),
];

it("models that write are told from others by the server's own names", () => {
  expect(writers(all)).toEqual(["a-first", "smol"]);
  expect(embedders(all)).toEqual(["minilm"]);
  expect(aliases(all, writers(all))).toEqual(["gpt-3.5-turbo-instruct"]);
  expect(aliases(all, embedders(all))).toEqual(["text-embedding-3-small"]);
});

it("and by their cards, where the server has cards", () => {
  const card = (id: string, kind: "chat" | "embedding") => ({
    id,
    kind,
    aliases: [],
    state: "installed" as const,
    dimensions: null,
    can: [],
  });
  const cards = [card("minilm", "embedding"), card("a-first", "embedding"), card("smol", "chat")];
  expect(writers(all, cards)).toEqual(["smol"]);
  expect(embedders(all, cards)).toEqual(["minilm", "a-first"]);
});

it("what was chosen stays, while it is there", () => {
  expect(chosen(all, "a-first")).toBe("a-first");
  expect(chosen(all, "gone")).toBe("smol");
  expect(chosen([model("a")], "")).toBe("a");
  expect(chosen([], "")).toBe("");
  expect(chosen(all, "smol", embedders(all))).toBe("minilm");
  expect(chosen(all, "text-embedding-3-small", embedders(all))).toBe("text-embedding-3-small");
});
