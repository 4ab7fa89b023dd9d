import { expect, it } from "vitest";
import { says, server } from "../../../tests/double.ts";
import { Conversation } from "./conversation.svelte.ts";

const call = (index: number, id: string, name: string) => ({ index, id, function: { name, arguments: "" } });
const chunk = (delta: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta, logprobs: null, finish_reason }],
});

it("the model goes on once every call has its result", async () => {
  let answers = 0;
  const asked = server({
    "/v1/chat/completions": () =>
      answers++ > 0
        ? says("It rains.")
        : {
            events: [
              chunk({ tool_calls: [call(0, "a", "weather")] }),
              chunk({ tool_calls: [{ index: 0, function: { arguments: '{"city": ' } }] }),
              chunk({ tool_calls: [{ index: 0, function: { arguments: '"Paris"}' } }] }),
              chunk({ tool_calls: [call(1, "b", "time")] }),
              chunk({}, "tool_calls"),
            ],
          },
  });
  const conversation = new Conversation();
  conversation.params.model = "m";
  conversation.draft = "Well?";
  await conversation.send();
  expect(conversation.ending).toBe("tool_calls");
  const [first, second] = conversation.openCalls;
  expect(first).toEqual({ id: "a", name: "weather", arguments: '{"city": "Paris"}' });
  expect([conversation.canAnswer, asked.length]).toEqual([false, 1]);
  await conversation.answerCall(first!, "rain");
  expect([conversation.openCalls.length, asked.length]).toEqual([1, 1]);
  await conversation.answerCall(second!, "noon");
  expect(asked.length).toBe(2);
  expect((asked[1]?.body as { messages: object[] }).messages).toEqual([
    { role: "user", content: "Well?" },
    {
      role: "assistant",
      content: "",
      tool_calls: [
        { id: "a", type: "function", function: { name: "weather", arguments: '{"city": "Paris"}' } },
        { id: "b", type: "function", function: { name: "time", arguments: "" } },
      ],
    },
    { role: "tool", content: "rain", tool_call_id: "a" },
    { role: "tool", content: "noon", tool_call_id: "b" },
  ]);
  expect(conversation.messages().at(-1)).toEqual({ role: "assistant", content: "It rains." });
  for (let i = 0; i < 3; i++) conversation.undo();
  expect(conversation.openCalls.length).toBeGreaterThan(0);
});

it("a conversation that goes on from a link is the one that was shared", () => {
  server({});
  const conversation = new Conversation();
  const messages = [
    { role: "system" as const, content: "Be brief." },
    { role: "user" as const, content: "Hi" },
    { role: "assistant" as const, content: "Hello" },
    { role: "user" as const, content: "And" },
  ];
  conversation.begin({ messages, params: { temperature: 0.2 } });
  expect(conversation.draft).toBe("And");
  expect(conversation.start(true)).toMatchObject({ messages, params: { temperature: 0.2 } });
  expect(conversation.start(false).messages).toBeNull();
  conversation.begin({ messages: null, params: {} });
  expect([conversation.draft, conversation.params.temperature]).toEqual(["And", 1]);
});
