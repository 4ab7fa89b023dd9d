import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const SERVER = process.env.LYCEUM_URL ?? "http://127.0.0.1:8080";
const here = import.meta.dirname;

/** What `dist` is made from, but for tests; `cargo xtask tidy` sums the same files up without Node. */
const SOURCES = [
  "index.html",
  "package-lock.json",
  "public",
  "src",
  "svelte.config.js",
  "vite.config.ts",
];

/** Modules but for those that only pages share which nobody opens first. */
const FIRST = /^(?!.*(platform|conversation|chat|schema|diff|files|format|clipboard))/;

function* files(path: string): Generator<string> {
  if (statSync(join(here, path)).isFile()) yield path;
  else for (const name of readdirSync(join(here, path))) yield* files(`${path}/${name}`);
}

/** The sum of all sources, by which anyone sees whether `dist` is theirs. */
function sum(): string {
  const hash = createHash("sha256");
  const paths = SOURCES.flatMap((path) => [...files(path)]);
  for (const path of paths.filter((path) => !path.endsWith(".test.ts")).sort()) {
    const text = readFileSync(join(here, path));
    hash.update(`${path}\n${text.length}\n`).update(text);
  }
  return hash.digest("hex");
}

/** Beside what is built: the sum of its sources, and the licences of what others wrote in it. */
function origins(): Plugin {
  return {
    name: "origins",
    apply: "build",
    generateBundle(_, bundle) {
      const packages = new Set<string>();
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue;
        for (const id of Object.keys(chunk.modules)) {
          const name = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1];
          if (name) packages.add(name);
        }
      }
      const licences = [...packages].sort().map((name) => {
        const folder = join(here, "node_modules", name);
        const file = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
        const text = file ? readFileSync(join(folder, file), "utf8").trim() : "";
        const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
        return `${name} ${version}\n\n${text}\n`;
      });
      const source = licences.join("\n\n");
      this.emitFile({ type: "asset", fileName: "a/licences.txt", source });
      this.emitFile({ type: "asset", fileName: "SOURCE", source: `${sum()}\n` });
    },
  };
}

// What is built is committed and read by people: plain text, stable names, the same bytes on every
// machine. Addresses are relative, so that the server may put it under any path.
export default defineConfig({
  plugins: [svelte(), origins()],
  base: "./",
  build: {
    target: "es2022",
    minify: false,
    cssMinify: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        entryFileNames: "a/[name].js",
        // Pages have their own names; what they share would have that of any module in it.
        chunkFileNames: ({ isDynamicEntry, moduleIds }) => {
          if (isDynamicEntry) return "a/[name].js";
          // What the pages about the server share, their texts among it.
          const platform = moduleIds.some((id) => id.includes("/i18n/platform."));
          return platform ? "a/platform.js" : "a/shared.js";
        },
        // What two pages share is loaded by the first one, in one piece.
        advancedChunks: {
          groups: [{ name: "shared", test: FIRST, minShareCount: 2 }],
        },
        assetFileNames: "a/[name][extname]",
        // They are read where they were written, and would be a fifth of what is loaded.
        comments: false,
      },
    },
  },
  // `npm run dev` beside `lyceum serve`.
  server: { proxy: { "/api": SERVER, "/v1": SERVER, "/health": SERVER } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
