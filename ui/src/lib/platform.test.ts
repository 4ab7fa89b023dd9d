import { expect, it } from "vitest";
import { platformEn, type PlatformKey } from "../i18n/platform.en.ts";
import { platformZh } from "../i18n/platform.zh.ts";

it("both languages of the pages about the server have the same places for values", () => {
  const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();
  for (const key of Object.keys(platformEn) as PlatformKey[]) {
    expect(places(platformZh[key]), key).toEqual(places(platformEn[key]));
  }
});

it("every text is used by a page", () => {
  const sources = import.meta.glob("../pages/platform/*", {
    query: "?raw",
    eager: true,
    import: "default",
  });
  const pages = Object.values(sources).join("\n");
  // Keys that are put together end where the template begins.
  const begun = [...pages.matchAll(/`([\w.]+\.)\$\{/g)].map(([, begin]) => begin ?? "");
  const used = (key: string) => pages.includes(`"${key}"`) || pages.includes(`'${key}'`);
  const unused = Object.keys(platformEn).filter(
    (key) => !used(key) && !begun.some((begin) => key.startsWith(begin)),
  );
  expect(unused).toEqual([]);
});
