// Functions through the newest Node SDK: what its parsers, stream helpers and runner make of calls.
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.env.LYCEUM_ROOMY_URL, maxRetries: 0 });
const model = "gpt-4o-mini";
const parameters = { type: "object", properties: { city: { enum: ["Oslo", "Rome"] } },
                     required: ["city"], additionalProperties: false };
const weather = { name: "weather", description: "Tells the weather.", parameters, strict: true };
const must = { model, tool_choice: "required", parallel_tool_calls: false, temperature: 0 };
const asked = { ...must, input: "How is the weather?", max_output_tokens: 200,
                tools: [{ type: "function", ...weather }] };
const chat = { ...must, messages: [{ role: "user", content: asked.input }], max_tokens: 200,
               tools: [{ type: "function", function: weather }] };

function onlyCall({ status, output }) {
  assert.equal(status, "completed");
  assert.equal(output.length, 1);
  assert.equal(output[0].type, "function_call");
  assert.equal(output[0].name, "weather");
  assert.ok(["Oslo", "Rome"].includes(JSON.parse(output[0].arguments).city));
  return output[0];
}

test("a response calls, and goes on with the result", async () => {
  const first = await client.responses.create(asked);
  const call = onlyCall(first);
  const result = { type: "function_call_output", call_id: call.call_id, output: "rain" };
  const then = { model, temperature: 0, max_output_tokens: 12 };
  const chained = await client.responses.create(
    { ...then, previous_response_id: first.id, input: [result] });
  const atOnce = await client.responses.create(
    { ...then, input: [{ role: "user", content: asked.input }, ...first.output, result] });
  assert.notEqual(chained.output_text, "");
  assert.equal(atOnce.output_text, chained.output_text);
  await assert.rejects(client.responses.create(
    { ...then, input: [{ ...result, call_id: "call_nobody" }] }), (e) => {
    assert.ok(e instanceof OpenAI.BadRequestError);
    assert.equal(e.param, "input");
    assert.match(e.message, /No tool call found .* call_id call_nobody/);
    return true;
  });
});

test("a response is parsed", async () => {
  const call = onlyCall(await client.responses.parse(asked));
  assert.deepEqual(call.parsed_arguments, JSON.parse(call.arguments));
});

test("the stream helper rebuilds the response", async () => {
  const whole = onlyCall(await client.responses.create(asked));
  const stream = client.responses.stream(asked);
  let told = "";
  stream.on("response.function_call_arguments.delta", (event) => {
    told += event.delta;
    assert.equal(event.snapshot, told);
  });
  const call = onlyCall(await stream.finalResponse());
  assert.equal(call.arguments, whole.arguments);
  assert.equal(told, whole.arguments);
  assert.deepEqual(call.parsed_arguments, JSON.parse(whole.arguments));
});

test("a chat is parsed", async () => {
  const { choices: [choice] } = await client.chat.completions.parse(chat);
  assert.equal(choice.finish_reason, "tool_calls");
  const [call] = choice.message.tool_calls;
  assert.deepEqual(call.function.parsed_arguments, JSON.parse(call.function.arguments));
});

test("the stream helper rebuilds the chat", async () => {
  const whole = await client.chat.completions.create(chat);
  const stream = client.chat.completions.stream(chat);
  const done = [];
  stream.on("tool_calls.function.arguments.done", (event) => done.push(event.arguments));
  const folded = await stream.finalChatCompletion();
  const [call] = folded.choices[0].message.tool_calls;
  assert.equal(call.function.arguments, whole.choices[0].message.tool_calls[0].function.arguments);
  assert.deepEqual(done, [call.function.arguments]);
});

test("the runner runs functions and goes on with what they tell", async () => {
  for (const stream of [false, true]) {
    const cities = [];
    const run = ({ city }) => {
      cities.push(city);
      return "rain";
    };
    const tool = { type: "function", function: { ...weather, function: run, parse: JSON.parse } };
    const runner = client.chat.completions.runTools(
      { ...chat, tools: [tool], stream }, { maxChatCompletions: 2 });
    await runner.done();
    // It must call each time, so only the runner's limit ends it.
    assert.equal(cities.length, 2);
    assert.ok(cities.every((city) => parameters.properties.city.enum.includes(city)));
    const roles = runner.messages.map((message) => message.role);
    assert.deepEqual(roles, ["user", "assistant", "tool", "assistant", "tool"]);
  }
});
