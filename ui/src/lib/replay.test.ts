import { expect, it } from "vitest";
import { replay } from "./replay.ts";

const CHAT = "/v1/chat/completions";
const of = (path: string, body: object) => replay(path, JSON.stringify(body));

it("a completion begins with its prompt and the knobs that it said", () => {
  const body = { model: "m", prompt: "天空", max_tokens: 5, stop: "\n", logprobs: 5, n: 1 };
  expect(of("/v1/completions", body)).toEqual({
    prompt: "天空",
    params: { model: "m", maxTokens: 5, stop: ["\n"], show: "full" },
  });
});

it("a chat begins with its messages, whose texts may be in parts", () => {
  const parts = [{ type: "text", text: "a" }, { type: "text", text: "b" }];
  const messages = [{ role: "developer", content: "Be brief." }, { role: "user", content: parts }];
  const json_schema = { name: "a", schema: { type: "object" } };
  const response_format = { type: "json_schema", json_schema };
  expect(of(CHAT, { model: "m", messages, temperature: 0, response_format })).toEqual({
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "ab" },
    ],
    params: {
      model: "m",
      temperature: 0,
      show: "off",
      format: "json_schema",
      schema: '{\n  "type": "object"\n}',
    },
  });
});

it("a text between two others begins in the code mode", () => {
  const start = of("/v1/completions", { prompt: "a", suffix: "b", max_tokens: 3 });
  expect(start).toEqual({ prefix: "a", suffix: "b", params: { maxTokens: 3, show: "off" } });
});

it("what the Playground cannot show is said, and nothing is dropped in silence", () => {
  const image = [{ type: "image_url", image_url: { url: "x" } }];
  const user = (content: unknown) => [{ role: "user", content }];
  expect(of("/v1/embeddings", {})).toBe("endpoint");
  expect(replay(CHAT, null)).toBe("text");
  expect(replay(CHAT, '{"messages": [')).toBe("cut");
  expect(of(CHAT, { messages: user(image) })).toBe("shape");
  expect(of(CHAT, { messages: user("a"), tools: [] })).toBe("shape");
  expect(of(CHAT, { messages: [{ role: "tool", content: "1" }] })).toBe("shape");
  expect(of(CHAT, {})).toBe("shape");
  expect(of("/v1/completions", { prompt: [1, 2] })).toBe("shape");
  expect(of("/v1/completions", { prompt: "a", suffix: 1 })).toBe("shape");
});
