/** What holds on every page: keys, base paths, a server that goes away, who can use it. */

import { expect, it } from "vitest";
import { faultsOf, inBrowser, Tab } from "./browser.ts";
import { Server } from "./lyceum.ts";

const PAGE = "/playground/complete";
const KEY = "sk-right-0123456789";

const shared = inBrowser();

it("behind a proxy's path, with a key: asked for, kept for the tab only", async () => {
  const server = await Server.start("--base-path", "/team/ai", "--api-key", KEY);
  const tab = await Tab.open(shared.browser, server.origin, `/team/ai${PAGE}`);
  const dialog = tab.page.getByRole("dialog", { name: "API key" });
  await dialog.getByText("You didn't provide an API key").waitFor();
  await dialog.getByLabel("Key", { exact: true }).fill("sk-wrong");
  await dialog.getByRole("button", { name: "Use this key" }).click();
  await dialog.getByText("Incorrect API key provided").waitFor();
  await dialog.getByLabel("Key", { exact: true }).fill(KEY);
  await dialog.getByRole("button", { name: "Use this key" }).click();
  await tab.set("Maximum length", 4);
  await tab.write("The sky is");
  await tab.submit();
  await tab.done();
  expect(await tab.page.evaluate(() => JSON.stringify(localStorage))).not.toContain(KEY);
  await tab.page.keyboard.press("Control+Shift+C");
  const code = await tab.page.locator("pre").textContent();
  expect(code).toContain(`${server.origin}/team/ai/v1/completions`);
  expect(code).toContain("$OPENAI_API_KEY");
  expect(code).not.toContain(KEY);
  await tab.page.keyboard.press("Escape");
  await tab.page.reload();
  await tab.submit();
  await tab.done();
  // So is what is fetched later.
  await tab.page.getByRole("link", { name: "Chat", exact: true }).click();
  await tab.field("Message").waitFor();
  // The page that is not there is told by the page, below the same path.
  await tab.page.goto(`${server.origin}/team/ai/no/such/page`);
  await tab.page.getByRole("link", { name: "Open the Playground" }).click();
  expect(new URL(tab.page.url()).pathname).toBe(`/team/ai${PAGE}`);
  await tab.page.goBack();
  await tab.page.getByText("There is no such page.").waitFor();
  tab.expecting("401 (Unauthorized)");
  await tab.close();
  await server.kill();
});

it("a server that dies in the middle of an answer takes nothing with it", async () => {
  let server = await Server.start();
  const tab = await Tab.open(shared.browser, server.origin, PAGE);
  // Counting, which it will not stop by itself.
  await tab.write("1, 2, 3, 4, 5, 6, 7,");
  await tab.set("Temperature", 0);
  await tab.set("Maximum length", 500);
  await tab.submit();
  await tab.tokens.nth(10).waitFor({ state: "attached" });
  const { port } = server;
  await server.kill();
  await tab.page.getByText("The server does not answer.").waitFor();
  await tab.page.getByText("The connection was lost").waitFor();
  const text = await tab.text.inputValue();
  expect(text.length).toBeGreaterThan("1, 2, 3, 4, 5, 6, 7,".length + 10);
  server = await Server.start("--port", port);
  await tab.page.getByText("The server does not answer.").waitFor({ state: "detached" });
  await tab.set("Maximum length", 4);
  await tab.button("Try again").click();
  await tab.done();
  expect((await tab.text.inputValue()).startsWith(text)).toBe(true);
  tab.expecting("ERR_CONNECTION_REFUSED");
  tab.expecting("ERR_INCOMPLETE_CHUNKED_ENCODING");
  await tab.close();
  await server.kill();
});

it("what the server refuses is told in its own words, and the text stays", async () => {
  const server = await Server.start("--max-context", "64");
  const tab = await Tab.open(shared.browser, server.origin, PAGE);
  await tab.write("The sky is blue. ".repeat(40));
  await tab.page.getByText(/and the model holds 64/).waitFor();
  await tab.submit();
  const error = tab.page.getByRole("alert");
  await error.getByText(/maximum context length is 64 tokens/).waitFor();
  await error.getByText(/context_length_exceeded/).waitFor();
  await error.getByText(/req_/).waitFor();
  expect(await tab.text.inputValue()).toBe("The sky is blue. ".repeat(40));
  tab.expecting("400 (Bad Request)");
  await tab.close();
  await server.kill();
});

it("everyone can use it, in either theme and language", async () => {
  const server = await Server.start();
  const open = (options: object) => Tab.open(shared.browser, server.origin, PAGE, options);
  const faults = await faultsOf(open, async (tab, { say, check }) => {
    const { page } = tab;
    const close = () => page.keyboard.press("Escape");
    await check("start");
    await tab.set(say("param.max_tokens"), 12);
    await tab.set(say("param.best_of"), 2);
    await tab.set(say("param.temperature"), 0);
    await tab.submit();
    await tab.done();
    for (const button of await page.locator("aside button[aria-expanded]").all()) {
      await button.click();
    }
    await tab.clickWord(0);
    await page.locator(".card").waitFor();
    await check("answer");
    await tab.text.focus();
    await close();
    await page.keyboard.press("Control+Shift+C");
    await page.locator("pre").waitFor();
    await check("code");
    await close();
    await tab.button(say("play.history")).click();
    await page.getByRole("dialog").waitFor();
    await check("history");
    await close();
    await tab.button(say("app.key")).click();
    await check("key");
    await close();
    await page.goto(`${server.origin}/playground/chat`);
    await tab.set(say("param.max_tokens"), 8);
    await tab.choose(say("param.format"), say("format.json_schema"));
    await tab.choose(say("param.format"), say("format.text"));
    await tab.field(say("chat.message")).fill("- **a**\n\n```\nb\n```");
    await tab.button(say("chat.addAssistant")).click();
    await tab.field(say("chat.message")).fill("Hi");
    await tab.field(say("chat.message")).press("Enter");
    await tab.done();
    await check("chat");
    await page.goto(`${server.origin}/examples`);
    await page.getByRole("searchbox").waitFor();
    await check("examples");
    await page.goto(`${server.origin}/no/such/page`);
    await check("missing");
  });
  expect(faults).toEqual([]);
  await server.kill();
});

it("it fits a narrow window", async () => {
  const server = await Server.start();
  const tab = await Tab.open(shared.browser, server.origin, PAGE, { viewport: { width: 320, height: 640 } });
  await tab.page.getByText(/^16 of [\d,]+ tokens/).waitFor();
  const [width, most] = await tab.page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return [scrollWidth, clientWidth] as const;
  });
  expect(width).toBeLessThanOrEqual(most);
  await tab.close();
  await server.kill();
});
