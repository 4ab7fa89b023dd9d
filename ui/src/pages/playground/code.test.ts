import { expect, it } from "vitest";
import { server } from "../../../tests/double.ts";
import { models } from "../../lib/models.svelte.ts";
import { code } from "./code.svelte.ts";

const MODELS = { json: { data: [{ id: "coder", root: "coder" }, { id: "poet", root: "poet" }] } };

const card = (id: string, ...can: string[]) => ({
  id,
  aliases: [],
  kind: "completion",
  state: "installed",
  dimensions: null,
  can,
});

it("what a card says is known before anything is asked", async () => {
  const cards = { json: { data: [card("coder", "completions", "insert"), card("poet", "completions")] } };
  const asked = server({ "/v1/models": () => MODELS, "/api/models": () => cards });
  await models.load();
  [code.prefix, code.suffix] = ["a", "b"];
  code.params.model = "poet";
  expect(code.cannot).toBe("card");
  await code.run();
  expect(asked.map(({ path }) => path)).not.toContain("/v1/completions");
  code.suffix = "";
  expect(code.cannot).toBeNull();
  code.suffix = "b";
  code.params.model = "coder";
  expect(code.cannot).toBeNull();
});

it("without cards the server's refusal is remembered, in its words", async () => {
  const error = { message: "It cannot.", param: "suffix", code: "unsupported_value" };
  server({
    "/v1/models": () => MODELS,
    "/v1/completions": () => ({ status: 400, json: { error } }),
  });
  await models.load();
  expect(models.cards).toBeNull();
  code.params.model = "poet";
  expect(code.cannot).toBeNull();
  await code.run();
  expect(code.cannot).toEqual({ said: "It cannot." });
  expect([code.failure, code.prefix, code.answer]).toEqual([null, "a", null]);
  code.params.model = "coder";
  expect(code.cannot).toBeNull();
});

it("what is written goes between, and can be taken back", async () => {
  const event = { choices: [{ text: "X", index: 0, logprobs: null, finish_reason: "stop" }] };
  const asked = server({ "/v1/completions": () => ({ events: [event] }) });
  code.params.model = "coder";
  await code.run();
  expect(asked.at(-1)?.body).toMatchObject({ prompt: "a", suffix: "b", model: "coder" });
  expect(code.answer).toBe("X");
  code.take();
  expect([code.prefix, code.suffix, code.answer]).toEqual(["aX", "b", null]);
  code.undo();
  expect([code.prefix, code.answer]).toEqual(["a", "X"]);
});
