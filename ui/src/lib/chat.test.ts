import { describe, expect, it } from "vitest";
import {
  chatBody,
  fromJsonl,
  grown,
  inputOf,
  Offsets,
  restoredChat,
  toJsonl,
  WrongLine,
  type ChatParams,
  type Message,
} from "./chat.ts";
import { DEFAULTS } from "./request.ts";
import { Reader } from "./tokens.ts";

const params: ChatParams = {
  ...DEFAULTS,
  model: "m",
  format: "text",
  schema: "{}",
  tools: [],
  toolChoice: "auto",
};
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
  const wrong: ChatParams = { ...params, format: "json_schema", schema: "{" };
  expect(() => chatBody(wrong, messages, 7)).toThrow(SyntaxError);
});

it("functions are sent that are described well, and one of them may be demanded", () => {
  const tools = ['{"name": "now"}', "{", '{"name": "later", "parameters": {}}'];
  const body = (toolChoice: string) => chatBody({ ...params, tools, toolChoice }, messages, 7);
  expect(body("auto").tools?.map((tool) => tool.function.name)).toEqual(["now", "later"]);
  expect(body("auto").tool_choice).toBeUndefined();
  expect(body("required").tool_choice).toBe("required");
  expect(body("later").tool_choice).toEqual({ type: "function", function: { name: "later" } });
  expect(body("gone").tool_choice).toBeUndefined();
  expect(chatBody({ ...params, tools: ["{"] }, messages, 7)).not.toHaveProperty("tools");
});

it("calls grow by what comes to them", () => {
  const first = grown([], [{ index: 0, id: "a", function: { name: "now", arguments: "" } }]);
  const more = grown(first, [
    { index: 0, function: { arguments: '{"x"' } },
    { index: 1, id: "b", function: { name: "later", arguments: "" } },
    { index: 0, function: { arguments: ": 1}" } },
  ]);
  expect(more).toEqual([
    { id: "a", name: "now", arguments: '{"x": 1}' },
    { id: "b", name: "later", arguments: "" },
  ]);
  expect(first).toEqual([{ id: "a", name: "now", arguments: "" }]);
});

it("calls and their results are counted as items of their own", () => {
  const call = { id: "a", type: "function" as const, function: { name: "now", arguments: "{}" } };
  const asked: Message[] = [
    { role: "user", content: "Well?" },
    { role: "assistant", content: "", tool_calls: [call] },
    { role: "tool", content: "noon", tool_call_id: "a" },
  ];
  expect(inputOf(asked)).toEqual([
    { role: "user", content: "Well?" },
    { type: "function_call", call_id: "a", name: "now", arguments: "{}" },
    { type: "function_call_output", call_id: "a", output: "noon" },
  ]);
});

it("knobs from elsewhere are made whole", () => {
  const strange = { format: "poem", tools: ["a", 1, null], toolChoice: 7 } as never;
  expect(restoredChat(params, strange)).toEqual({ ...params, tools: ["a"] });
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

  it("hold calls and their results", () => {
    const called: Message[] = [
      { role: "user", content: "What time is it?" },
      {
        role: "assistant",
        content: "",
        tool_calls: [{ id: "a", type: "function", function: { name: "now", arguments: "{}" } }],
      },
      { role: "tool", content: "12:00", tool_call_id: "a" },
    ];
    expect(fromJsonl(toJsonl(called))).toEqual(called);
    const silent = JSON.stringify({ messages: called }).replace('"content":""', '"content":null');
    expect(fromJsonl(silent)).toEqual(called);
    for (const wrong of [
      '{"messages": [{"role": "tool", "content": "a"}]}',
      '{"messages": [{"role": "user", "content": "a", "tool_calls": []}]}',
      '{"messages": [{"role": "assistant", "content": null, "tool_calls": [{"id": 1}]}]}',
    ]) {
      expect(() => fromJsonl(wrong), wrong).toThrow(/calls/);
    }
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
