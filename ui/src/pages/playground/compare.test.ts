import { beforeEach, expect, it } from "vitest";
import { says, server, type Asked } from "../../../tests/double.ts";
import { Compare } from "./compare.svelte.ts";

let asked: Asked[];

beforeEach(() => {
  asked = server({
    "/v1/chat/completions": (body) => {
      const { model } = body as { model: string };
      return model === "mute"
        ? { status: 400, json: { error: { message: "no", code: "x" } } }
        : says(`I am `, model);
    },
    "/api/preferences": () => ({ json: { id: "pref_1" } }),
  });
});

async function compared(...models: string[]): Promise<Compare> {
  const compare = new Compare();
  const columns = models.map((model) => ({ model, seed: 7 }));
  compare.begin({ asked: "Who?", system: "Be brief.", as: "chat", columns });
  await compare.run();
  return compare;
}

it("all are asked the same, and a vote keeps what was seen", async () => {
  const compare = await compared("a", "b", "c");
  expect(compare.columns.map((column) => column.text)).toEqual(["I am a", "I am b", "I am c"]);
  await compare.choose(1);
  const { body } = asked.at(-1)!;
  expect(body).toMatchObject({
    prompt: null,
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Who?" },
    ],
    choice: 1,
    blind: false,
  });
  const { candidates } = body as { candidates: { model: string; parameters: object; text: string }[] };
  expect(candidates.map(({ model, text }) => [model, text])).toEqual([
    ["a", "I am a"],
    ["b", "I am b"],
    ["c", "I am c"],
  ]);
  expect(candidates[0]?.parameters).toMatchObject({ temperature: 1, max_tokens: 256, seed: 7 });
  for (const name of ["messages", "stream", "model"]) {
    expect(candidates[0]?.parameters).not.toHaveProperty(name);
  }
  expect(compare.canVote).toBe(false);
});

it("an answer that failed is no candidate, and the choice still means the one that was chosen", async () => {
  const compare = await compared("a", "mute", "c");
  expect(compare.columns[1]?.failure?.message).toBe("no");
  await compare.choose(2);
  const body = asked.at(-1)?.body as { candidates: { model: string }[]; choice: number };
  expect(body.candidates[body.choice]?.model).toBe("c");
  expect(body.candidates).toHaveLength(2);
});

it("one answer alone is not voted on", async () => {
  const compare = await compared("a", "mute");
  expect(compare.canVote).toBe(false);
  await compare.choose("tie");
  expect(asked.map(({ path }) => path)).not.toContain("/api/preferences");
});

it("blind, nothing is told before the vote", async () => {
  const compare = await compared("a", "b");
  compare.blind = true;
  await compare.run();
  expect(compare.hidden).toBe(true);
  await compare.choose("none");
  expect(compare.hidden).toBe(false);
  expect(asked.at(-1)?.body).toMatchObject({ choice: "none", blind: true });
});

it("a vote that could not be kept can be given again", async () => {
  const compare = await compared("a", "b");
  server({});
  await compare.choose("tie");
  expect([compare.refused?.status, compare.vote, compare.canVote]).toEqual([404, null, true]);
});

it("what is turned at one is turned at all, but for the model", () => {
  const compare = new Compare();
  compare.begin({ asked: "", system: "", as: "chat", columns: [{ model: "a" }, { model: "b" }] });
  compare.columns[0]!.params.temperature = 0.3;
  compare.turned();
  expect(compare.columns.map(({ params }) => [params.model, params.temperature])).toEqual([
    ["a", 0.3],
    ["b", 0.3],
  ]);
  compare.sync = false;
  compare.columns[0]!.params.temperature = 2;
  compare.turned();
  expect(compare.columns[1]?.params.temperature).toBe(0.3);
});
