/** Everyone can use the pages, in either theme and language: what is beside Complete mode and Chat. */

import { expect, it } from "vitest";
import { faultsOf, onServer } from "./browser.ts";

const server = onServer();

it("presets, links and the palette", { timeout: 180_000 }, async () => {
  const faults = await faultsOf(
    (options) => server.open("/playground/complete", options),
    async (tab, { say, check }) => {
      const { page } = tab;
      await tab.write("The sky is");
      await tab.field(say("param.logit_bias")).fill(" blue");
      await tab.field(say("param.logit_bias")).press("Enter");
      await page.locator(".bias li").first().waitFor();
      await page.keyboard.press("Control+s");
      await page.getByLabel(say("preset.name")).fill("Sky");
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await page.keyboard.press("Control+s");
      await page.getByLabel(say("preset.name")).fill("Sky");
      await check("presets-dialog");
      await page.keyboard.press("Escape");
      await tab.button(say("play.share")).click();
      await page.getByLabel(say("share.link"), { exact: true }).waitFor();
      await check("share");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox", { name: say("palette.title") }).waitFor();
      await check("palette");
      await page.keyboard.press("Escape");
      await page.goto(`${server.origin}/presets`);
      await page.getByRole("heading", { name: "Sky" }).waitFor();
      await check("presets");
    },
  );
  expect(faults).toEqual([]);
});

it("compare, embeddings and code", { timeout: 240_000 }, async () => {
  const faults = await faultsOf(
    (options) => server.open("/playground/compare?max_tokens=48", options),
    async (tab, { say, check }) => {
      const { page } = tab;
      await tab.button(say("compare.add")).click();
      await tab.field(say("compare.asked")).fill("Why is the sky blue?");
      await page.keyboard.press("Control+Enter");
      await page.getByText(say("compare.voteNow")).waitFor({ timeout: 60_000 });
      await page.getByLabel(say("compare.diff"), { exact: true }).selectOption("A↔B");
      await check("compare");
      await page.getByText(say("compare.blind")).click();
      await tab.field(say("compare.asked")).focus();
      await page.keyboard.press("Control+Enter");
      await page.getByText(say("compare.hidden")).first().waitFor();
      await page.getByText(say("compare.voteNow")).waitFor({ timeout: 60_000 });
      await check("compare-blind");
      await page.goto(`${server.origin}/playground/embeddings`);
      await page.getByRole("button", { name: say("embed.calculate"), exact: true }).click();
      await page.getByRole("list", { name: say("embed.analogy") }).waitFor();
      await tab.field(say("embed.lines")).focus();
      await page.keyboard.press("Control+Enter");
      await page.locator("circle").first().waitFor();
      await check("embeddings");
      await page.goto(`${server.origin}/playground/code?max_tokens=24`);
      await tab.field(say("insert.suffix")).fill("");
      await tab.field(say("insert.prefix")).fill("def add(a, b):\n    return");
      await page.keyboard.press("Control+Enter");
      await tab.done();
      await check("insert");
    },
  );
  expect(faults).toEqual([]);
});

it("functions, their calls, and earlier conversations", { timeout: 180_000 }, async () => {
  const faults = await faultsOf(
    (options) => server.open("/playground/chat?max_tokens=40&temperature=0", options),
    async (tab, { say, check }) => {
      const { page } = tab;
      await tab.button(say("tools.add")).click();
      await tab.button(say("tools.add")).click();
      await tab.field(say("tools.one").replace("{n}", "2")).fill('{"name": "a b"}');
      await page.getByText(say("tools.choice")).waitFor();
      await page.getByLabel(say("tools.choice")).selectOption("required");
      await tab.field(say("chat.message")).fill("What is the weather in Paris?");
      await tab.field(say("chat.message")).press("Enter");
      await page.getByLabel(say("call.result")).waitFor({ timeout: 60_000 });
      await tab.done();
      await check("tools");
      await tab.button(say("play.history")).click();
      await page.getByRole("searchbox").waitFor();
      await check("conversations");
    },
  );
  expect(faults).toEqual([]);
});
