// The newest Node SDK against the running server.
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI, { toFile } from "openai";

const client = new OpenAI({ baseURL: process.env.OPENAI_BASE_URL, maxRetries: 0 });
const model = "gpt-4o-mini";
const messages = [{ role: "user", content: "the cat" }];
const exact = { model, max_tokens: 12, temperature: 0 };

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

test("models are listed and retrieved", async () => {
  const ids = [];
  for await (const one of client.models.list()) ids.push(one.id);
  assert.ok(ids.includes(model), ids.join());
  const one = await client.models.retrieve(model);
  assert.equal(one.object, "model");
  assert.equal(one.id, model);
});

test("a chat and its stream say the same", async () => {
  const whole = await client.chat.completions.create({ ...exact, messages });
  assert.equal(whole.object, "chat.completion");
  assert.match(whole._request_id, /^req_/);
  const [choice] = whole.choices;
  assert.ok(["stop", "length"].includes(choice.finish_reason));
  assert.equal(whole.usage.total_tokens,
               whole.usage.prompt_tokens + whole.usage.completion_tokens);
  const stream_options = { include_usage: true };
  const chunks = await collect(await client.chat.completions.create(
    { ...exact, messages, stream: true, stream_options }));
  const text = chunks.map((c) => c.choices[0]?.delta.content ?? "").join("");
  assert.equal(text, choice.message.content);
  assert.deepEqual(chunks.at(-1).choices, []);
  assert.equal(chunks.at(-1).usage.completion_tokens, whole.usage.completion_tokens);
  assert.ok(chunks.slice(0, -1).every((c) => c.usage === null));
});

test("the SDK's accumulator rebuilds the answer from the stream", async () => {
  const request = { ...exact, messages, n: 2, logprobs: true, top_logprobs: 2 };
  const whole = await client.chat.completions.create(request);
  const stream = client.chat.completions.stream(request);
  let deltas = "";
  stream.on("chunk", ({ choices: [choice] }) => {
    if (choice.index === 1) deltas += choice.delta.content ?? "";
  });
  const folded = await stream.finalChatCompletion();
  assert.equal(folded.choices.length, 2);
  for (const [i, choice] of whole.choices.entries()) {
    assert.equal(folded.choices[i].message.role, "assistant");
    assert.equal(folded.choices[i].message.content, choice.message.content);
    assert.equal(folded.choices[i].finish_reason, choice.finish_reason);
    assert.deepEqual(folded.choices[i].logprobs.content, choice.logprobs.content);
  }
  assert.equal(deltas, whole.choices[1].message.content);
});

test("completions: several prompts, echo, log-probabilities, and the stream", async () => {
  const request = { ...exact, prompt: ["the cat", "the dog"], n: 2, echo: true, logprobs: 2 };
  const whole = await client.completions.create(request);
  assert.deepEqual(whole.choices.map((c) => c.index), [0, 1, 2, 3]);
  assert.ok(whole.choices.every((c, i) => c.text.startsWith(request.prompt[i >> 1])));
  assert.equal(whole.choices[0].logprobs.token_logprobs[0], null);
  const texts = ["", "", "", ""];
  for (const chunk of await collect(await client.completions.create({ ...request, stream: true })))
    for (const choice of chunk.choices) texts[choice.index] += choice.text;
  assert.deepEqual(texts, whole.choices.map((c) => c.text));
});

test("errors have their class, status, param and code", async () => {
  const cases = [
    [OpenAI.NotFoundError, 404, null, "model_not_found", { model: "gpt-9" }],
    [OpenAI.BadRequestError, 400, "temperature", "decimal_above_max_value", { temperature: 3 }],
    [OpenAI.BadRequestError, 400, "n", "integer_below_min_value", { n: 0, stream: true }],
    [OpenAI.BadRequestError, 400, "messages", "context_length_exceeded",
     { messages: [{ role: "user", content: "the cat ".repeat(4000) }] }],
  ];
  for (const [kind, status, param, code, more] of cases) {
    const wrong = client.chat.completions.create({ ...exact, messages, ...more });
    await assert.rejects(wrong, (e) => {
      assert.ok(e instanceof kind, String(e));
      assert.deepEqual([e.status, e.type, e.param, e.code],
                       [status, "invalid_request_error", param, code]);
      assert.match(e.requestID, /^req_/);
      return true;
    });
  }
});

test("a key is asked for where there is one", async () => {
  const keyed = (apiKey) => new OpenAI({ baseURL: process.env.LYCEUM_KEYED_URL, apiKey });
  await assert.rejects(keyed("sk-wrong").models.list(), OpenAI.AuthenticationError);
  assert.ok((await keyed(process.env.LYCEUM_KEY).models.list()).data.length > 0);
});

test("what is wrong is asked once, a broken connection again", async () => {
  let asked = 0;
  const counting = (fetcher) => new OpenAI({
    baseURL: process.env.OPENAI_BASE_URL,
    maxRetries: 2,
    fetch: (...args) => { asked += 1; return fetcher(...args); },
  });
  const wrong = counting(fetch).completions.create({ ...exact, prompt: "a", n: 0 });
  await assert.rejects(wrong, OpenAI.BadRequestError);
  assert.equal(asked, 1);
  asked = 0;
  const flaky = (...args) => (asked === 1 ? Promise.reject(new Error("broken")) : fetch(...args));
  const right = await counting(flaky).completions.create({ ...exact, prompt: "a" });
  assert.equal(right.choices.length, 1);
  assert.equal(asked, 2);
});

/** A number of the server's own metrics, summed over its models. */
async function metric(name) {
  const text = await (await fetch(new URL("/metrics", process.env.OPENAI_BASE_URL))).text();
  const lines = text.split("\n").filter((line) => line.startsWith(`lyceum_${name}{`));
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

test("who stops reading stops the answer", { timeout: 60_000 }, async () => {
  // The default model, as it would go on for minutes.
  const long = { model: "ada", prompt: "Once upon a time", max_tokens: 4000, stream: true,
                 logit_bias: { 0: -100, 1: -100, 2: -100 } };
  for (const stop of [(s) => s.controller.abort(), () => {}]) {
    const stream = await client.completions.create(long);
    for await (const chunk of stream) {
      assert.equal(chunk.object, "text_completion");
      stop(stream);
      break;
    }
  }
  while ((await metric("sequences_running")) > 0) await new Promise(setImmediate);
  assert.equal(await metric("sequences_waiting"), 0);
});

test("thirty-two at once are not mixed up", async () => {
  const ask = async (prompt) =>
    (await client.completions.create({ ...exact, prompt })).choices[0].text;
  const prompts = ["the", "a cat", "dogs", "she said"];
  const alone = [];
  for (const prompt of prompts) alone.push(await ask(prompt));
  const all = await Promise.all(Array.from({ length: 32 }, (_, i) => ask(prompts[i % 4])));
  all.forEach((text, i) => assert.equal(text, alone[i % 4]));
});

test("embeddings", async () => {
  const request = { model: "text-embedding-3-small", input: ["the cat", "the dog"] };
  const packed = await client.embeddings.create(request); // base64, unpacked by the SDK
  const plain = await client.embeddings.create({ ...request, encoding_format: "float" });
  assert.deepEqual(packed.data.map((e) => e.index), [0, 1]);
  for (const [i, { embedding }] of packed.data.entries()) {
    const length = Math.hypot(...embedding);
    assert.ok(Math.abs(length - 1) < 1e-3, String(length));
    embedding.forEach((x, at) => assert.ok(Math.abs(x - plain.data[i].embedding[at]) < 1e-6));
  }
});

const line = JSON.stringify({ custom_id: "one", method: "POST", url: "/v1/chat/completions",
                              body: { ...exact, messages } }) + "\n";
const upload = async (purpose) => client.files.create(
  { file: await toFile(Buffer.from(line), "lines.jsonl"), purpose });

test("files", async () => {
  const file = await upload("batch");
  assert.match(file.id, /^file-/);
  assert.equal(file.bytes, line.length);
  assert.equal((await client.files.retrieve(file.id)).filename, "lines.jsonl");
  assert.equal(await (await client.files.content(file.id)).text(), line);
  const ids = [];
  for await (const one of client.files.list({ purpose: "batch", limit: 2 })) ids.push(one.id);
  assert.ok(ids.includes(file.id));
  assert.equal(new Set(ids).size, ids.length);
  assert.equal((await client.files.delete(file.id)).deleted, true);
  await assert.rejects(client.files.retrieve(file.id), OpenAI.NotFoundError);
});

test("batches", { timeout: 60_000 }, async () => {
  const { id: input_file_id } = await upload("batch");
  let batch = await client.batches.create(
    { input_file_id, endpoint: "/v1/chat/completions", completion_window: "24h" });
  while (!["completed", "failed", "expired"].includes(batch.status)) {
    batch = await client.batches.retrieve(batch.id);
  }
  assert.equal(batch.status, "completed");
  assert.deepEqual(batch.request_counts, { total: 1, completed: 1, failed: 0 });
  const output = await (await client.files.content(batch.output_file_id)).text();
  const answer = JSON.parse(output);
  assert.equal(answer.custom_id, "one");
  assert.equal(answer.response.status_code, 200);
  const alone = await client.chat.completions.create({ ...exact, messages });
  assert.equal(answer.response.body.choices[0].message.content, alone.choices[0].message.content);
});

test("responses", async () => {
  const request = { model, input: "the cat", max_output_tokens: 16, temperature: 0 };
  const whole = await client.responses.create(request);
  assert.match(whole.id, /^resp_/);
  const stream = client.responses.stream(request);
  const types = [];
  stream.on("event", (event) => types.push(event.type));
  const folded = await stream.finalResponse();
  assert.equal(types[0], "response.created");
  assert.equal(folded.output_text, whole.output_text);
  assert.equal((await client.responses.retrieve(whole.id)).output_text, whole.output_text);
  await client.responses.delete(whole.id);
  await assert.rejects(client.responses.retrieve(whole.id), OpenAI.NotFoundError);
});

test("tools", { skip: "the tiny model cuts its call off: to be tuned" }, async () => {
  const parameters = { type: "object", properties: { city: { enum: ["Oslo", "Rome"] } },
                       required: ["city"], additionalProperties: false };
  const request = { ...exact, max_tokens: 60, messages,
                    tools: [{ type: "function", function: { name: "weather", parameters,
                                                            strict: true } }],
                    tool_choice: { type: "function", function: { name: "weather" } } };
  const whole = await client.chat.completions.create(request);
  const [call] = whole.choices[0].message.tool_calls;
  assert.equal(call.function.name, "weather");
  assert.ok(["Oslo", "Rome"].includes(JSON.parse(call.function.arguments).city));
  const folded = await client.chat.completions.stream(request).finalChatCompletion();
  assert.deepEqual(folded.choices[0].message.tool_calls[0].function.arguments,
                   call.function.arguments);
});
