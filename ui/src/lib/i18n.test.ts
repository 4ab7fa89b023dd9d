import { expect, it } from "vitest";
import { en, type Key } from "../i18n/en.ts";
import { zh } from "../i18n/zh.ts";
import { fill } from "./i18n.svelte.ts";

it("both languages have the same places for values", () => {
  const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();
  for (const key of Object.keys(en) as Key[]) {
    expect(places(zh[key]), key).toEqual(places(en[key]));
  }
});

it("places are filled, and unknown ones left", () => {
  expect(fill("{a} of {b}", { a: 1 })).toBe("1 of {b}");
});

it("no text stands in the pages themselves", () => {
  const pages = import.meta.glob("../**/*.svelte", { query: "?raw", eager: true, import: "default" });
  for (const [path, source] of Object.entries(pages) as [string, string][]) {
    // Keys, and the API's own words, are the same in every language.
    let markup = source.replace(/<(script|style|kbd|code)[\s\S]*?<\/\1>|<!--[\s\S]*?-->/g, "");
    for (let before = ""; before !== markup; ) {
      before = markup;
      markup = markup.replace(/\{[^{}]*\}/g, "");
    }
    const texts = [...markup.matchAll(/>([^<]*)</g)].map(([, text]) => text?.trim() ?? "");
    const words = texts.filter((text) => /[A-Za-z]{2,}/.test(text) && text !== "Lyceum");
    expect(words, path).toEqual([]);
  }
});
