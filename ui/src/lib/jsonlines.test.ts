import { expect, it } from "vitest";
import { beginning, check, ENOUGH, Lines } from "./jsonlines.ts";

function findings(purpose: string, text: string, piece = text.length): string[] {
  const lines = new Lines(purpose);
  for (let at = 0; at < text.length; at += piece) lines.push(text.slice(at, at + piece));
  lines.end();
  return lines.findings.map(({ line, why }) => `${line} ${why}`);
}

const REQUEST = { custom_id: "a", method: "POST", url: "/v1/completions", body: {} };
const line = (change: object) => JSON.stringify({ ...REQUEST, ...change });

it("each line of a batch that is wrong is named, with what is wrong there", () => {
  const text = [
    line({}),
    "{",
    "",
    "[1]",
    line({ custom_id: 1 }),
    line({}),
    line({ custom_id: "b", method: "GET" }),
    line({ custom_id: "c", url: "https://example.org" }),
    line({ custom_id: "d", body: null }),
    line({ custom_id: "e" }),
  ].join("\n");
  const want = ["2 json", "3 empty", "4 object", "5 custom_id", "6 twice", "7 method", "8 url", "9 body"];
  for (const piece of [1, 7, 1000]) expect(findings("batch", text, piece)).toEqual(want);
});

it("examples to learn from have messages, or a prompt and a completion", () => {
  const said = (message: object) => JSON.stringify({ messages: [message] });
  const text = [
    said({ role: "user", content: "天空" }),
    JSON.stringify({ prompt: "a", completion: "b" }),
    said({ role: "bot", content: "a" }),
    said({ role: "user" }),
    said({ role: "assistant", tool_calls: [] }),
    JSON.stringify({ messages: [] }),
  ].join("\n");
  expect(findings("fine-tune", text)).toEqual(["3 role", "4 content", "6 messages"]);
});

it("a file is read until enough is wrong, and characters are not cut", async () => {
  const bad = new Blob(["x\n".repeat(1000)]);
  const found = await check(bad, "batch", () => {}, new AbortController().signal);
  expect(found.findings.length).toBe(ENOUGH);
  const good = new Blob([`${line({ custom_id: "天空🌈" })}\n`]);
  const none = await check(good, "batch", () => {}, new AbortController().signal);
  expect([none.count, none.findings]).toEqual([1, []]);
});

function stream(text: string, piece: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, (at += piece)));
    },
  });
}

it("the beginning of a file is shown, however it comes", async () => {
  for (const piece of [1, 2, 3, 100]) {
    const whole = await beginning(stream("天\n空\n", piece), 5);
    expect(whole).toEqual({ lines: ["天", "空"], more: false, cut: false, binary: false });
    const part = await beginning(stream("a\nb\nc\n", piece), 2);
    expect(part).toEqual({ lines: ["a", "b"], more: true, cut: false, binary: false });
  }
  expect((await beginning(stream("a\0b", 10), 5)).binary).toBe(true);
  const long = await beginning(stream("a".repeat(300 << 10), 1 << 16), 5);
  expect([long.cut, long.more]).toEqual([true, true]);
});
