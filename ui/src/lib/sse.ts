/** Server-sent events from a fetched body; `EventSource` can neither POST nor send headers. */

/**
 * The data of each event, in order.
 *
 * One decoder reads the whole stream, as a character may be cut between two chunks.
 */
export async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let data: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += decoder.decode(value, { stream: !done });
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line === "" && data.length > 0) {
          yield data.join("\n");
          data = [];
        } else if (line.startsWith("data:")) {
          data.push(line.slice(line[5] === " " ? 6 : 5));
        }
      }
      // An event without the empty line behind it was cut short, and is not told.
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
