import { expect, it } from "vitest";
import { aliases, chosen, writers } from "./models.svelte.ts";

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
  expect(aliases(all)).toEqual(["gpt-3.5-turbo-instruct"]);
});

it("what was chosen stays, while it is there", () => {
  expect(chosen(all, "a-first")).toBe("a-first");
  expect(chosen(all, "gone")).toBe("smol");
  expect(chosen([model("a")], "")).toBe("a");
  expect(chosen([], "")).toBe("");
});
