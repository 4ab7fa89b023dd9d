/** Values in links: JSON, deflated, in base64 that addresses may hold. */

/** More than any prompt that a model holds: a link must not fill the memory. */
const MOST_BYTES = 4 << 20;

export async function pack(value: unknown): Promise<string> {
  const text = new Blob([JSON.stringify(value)]).stream();
  const bytes = new Uint8Array(
    await new Response(text.pipeThrough(new CompressionStream("deflate-raw"))).arrayBuffer(),
  );
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Throws if it was not packed here, or not whole. */
export async function unpack(packed: string): Promise<unknown> {
  const binary = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = inflated.getReader();
  let text = "";
  for (let size = 0; ; ) {
    const { done, value } = await reader.read();
    text += decoder.decode(value, { stream: !done });
    if (done) return JSON.parse(text);
    size += value.length;
    if (size > MOST_BYTES) {
      await reader.cancel();
      throw new RangeError(`more than ${MOST_BYTES} bytes`);
    }
  }
}
