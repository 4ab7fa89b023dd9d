import { describe, expect, it } from "vitest";
import { chatBody, fromJsonl, Offsets, toJsonl, WrongLine, type Message } from "./chat.ts";
import { DEFAULTS } from "./request.ts";
import { Reader } from "./tokens.ts";

const params = { ...DEFAULTS, model: "m", format: "text", schema: "{}" } as const;
const messages: Message[] = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Hi\n天" },
  { role: "assistant", content: "Hello" },
];

it("a request holds the conversation and the format", () => {
  const body = chatBody({ ...params, format: "json_schema", schema: '{"type":"object"}' }, messages, 7);
  expect(body).toMatchObject({ model: "m", messages, seed: 7, logprobs: true, top_logprobs: 5 });
  expect(body.response_format).toEqual({
    type: "json_schema",
    json_schema: { name: "answer", strict: true, schema: { type: "object" } },
  });
  expect(chatBody({ ...params, show: "off" }, messages, 7)).not.toHaveProperty("logprobs");
  const wrong = { ...params, format: "json_schema", schema: "{" } as const;
  expect(() => chatBody(wrong, messages, 7)).toThrow(SyntaxError);
});

it("tokens stand where their characters do, whole or not", () => {
  const token = (...bytes: number[]) => ({ token: "", bytes, logprob: -1, top_logprobs: [] });
  const offsets = new Offsets();
  const reader = new Reader("");
  reader.add("a", offsets.of([token(0x61)]));
  reader.add("天空", offsets.of([token(0xe5, 0xa4), token(0xa9, 0xe7), token(0xa9, 0xba)]));
  expect(reader.cells.map((c) => [c.start, c.end, c.tokens.length])).toEqual([
    [0, 1, 1],
    // The second token ends the first character and begins the second.
    [1, 2, 2],
    [2, 3, 1],
  ]);
});

describe("files of examples", () => {
  it("come back as they were written", () => {
    expect(fromJsonl(toJsonl(messages))).toEqual(messages);
    const twice = fromJsonl(toJsonl(messages) + "\n" + toJsonl(messages));
    expect(twice.map((m) => m.role)).toEqual(["system", "user", "assistant", "user", "assistant"]);
  });

  it("name the line that is wrong", () => {
    for (const [line, text] of [
      [2, toJsonl(messages) + "{"],
      [1, '{"prompt": "a"}'],
      [1, '{"messages": [{"role": "bot", "content": "a"}]}'],
      [3, `${toJsonl(messages)}\n{"messages": [{"role": "user"}]}`],
      [1, ""],
    ] as const) {
      expect(() => fromJsonl(text)).toThrow(WrongLine);
      try {
        fromJsonl(text);
      } catch (error) {
        expect((error as WrongLine).line, text).toBe(line);
      }
    }
  });
});
