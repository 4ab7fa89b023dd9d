/** What a first visit loads, and what everything together would be. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";

const DIST = join(import.meta.dirname, "../dist");
const KB = 1024;

function size(name: string): number {
  return gzipSync(readFileSync(join(DIST, name)), { level: 9 }).length;
}

it("a first visit loads at most 80 KB, and everything is at most 400 KB", () => {
  const index = readFileSync(join(DIST, "index.html"), "utf8");
  const first = [...index.matchAll(/"\.\/(a\/[^"]+)"/g)].map(([, name]) => name ?? "");
  expect(first).toContain("a/index.js");
  // And the texts of one language.
  const language = Math.max(size("a/en.js"), size("a/zh.js"));
  const loaded = ["index.html", ...first].reduce((sum, name) => sum + size(name), language);
  expect(loaded).toBeLessThan(80 * KB);
  const all = readdirSync(join(DIST, "a")).reduce((sum, name) => sum + size(`a/${name}`), 0);
  expect(all).toBeLessThan(400 * KB);
});
