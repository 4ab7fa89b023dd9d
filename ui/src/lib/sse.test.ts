import { describe, expect, it } from "vitest";
import { events } from "./sse.ts";

function stream(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) {
        controller.enqueue(bytes.slice(at, at + size));
      }
      controller.close();
    },
  });
}

async function all(text: string, size: number): Promise<string[]> {
  const found: string[] = [];
  for await (const data of events(stream(text, size))) found.push(data);
  return found;
}

describe("events", () => {
  const text = ": ping\n\ndata: 天空🌈\n\ndata: a\r\ndata: b\r\n\r\nevent: x\ndata:c\n\ndata: [DONE]\n\n";

  it("are the same however the bytes are cut", async () => {
    for (let size = 1; size <= 7; size++) {
      expect(await all(text, size)).toEqual(["天空🌈", "a\nb", "c", "[DONE]"]);
    }
  });

  it("that are cut short are not told", async () => {
    expect(await all("data: a\n\ndata: b\n", 3)).toEqual(["a"]);
  });
});
