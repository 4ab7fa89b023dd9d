import { expect, it } from "vitest";
import { pack, unpack } from "./share.ts";

it("what is packed comes back, and may stand in an address", async () => {
  const value = { prompt: "天空🌈\n".repeat(500), params: { stop: ["\n"], seed: null } };
  const packed = await pack(value);
  expect(packed).toMatch(/^[\w-]+$/);
  expect(packed.length).toBeLessThan(300);
  expect(await unpack(packed)).toEqual(value);
});

it("what was cut off, or is no link of ours, is refused", async () => {
  const packed = await pack({ prompt: "Once upon a time" });
  await expect(unpack(packed.slice(0, -6))).rejects.toThrow();
  await expect(unpack("hello!")).rejects.toThrow();
  await expect(unpack("")).rejects.toThrow();
});

it("a small link cannot hold more than a browser can", async () => {
  const packed = await pack("a".repeat(5 << 20));
  expect(packed.length).toBeLessThan(10_000);
  await expect(unpack(packed)).rejects.toThrow(RangeError);
});
