/** Chat mode as people use it, on a real model. */

import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { onServer, type Tab } from "./browser.ts";
import { expectAnswer } from "./shown.ts";

const server = onServer();

async function opened(tokens = 16): Promise<Tab> {
  const tab = await server.open("/playground/chat");
  await tab.set("Maximum length", tokens);
  await tab.set("Temperature", 0);
  return tab;
}

function turns(tab: Tab) {
  return tab.page.getByRole("listitem").filter({ has: tab.page.getByRole("heading") });
}

async function add(tab: Tab, role: "user" | "assistant", text: string): Promise<void> {
  await tab.field("Message").fill(text);
  await tab.button(`Add as ${role}`).click();
}

it("a question is answered, again in another version, and kept", async () => {
  const tab = await opened();
  await tab.field("System").fill("Answer in one short sentence.");
  await tab.field("Message").fill("Why is the sky blue?");
  await tab.page.getByText(/ of [\d,]+ tokens$/).waitFor();
  await tab.field("Message").press("Enter");
  await tab.done();
  expect(await turns(tab).count()).toBe(2);
  const answer = async () => (await turns(tab).nth(1).locator(".markdown").textContent())?.trim();
  const first = await answer();
  await tab.set("Temperature", 1.5);
  await turns(tab).nth(1).getByRole("button", { name: "Again" }).click();
  await turns(tab).nth(1).getByText("2 of 2").waitFor();
  await tab.done();
  await turns(tab).nth(1).getByRole("button", { name: "Previous answer" }).click();
  expect(await answer()).toBe(first);
  await tab.page.reload();
  expect(await answer()).toBe(first);
  expect(await tab.field("System").inputValue()).toBe("Answer in one short sentence.");
  await tab.close();
});

it("both sides can be written, changed, moved and taken out", async () => {
  const tab = await opened(4);
  await add(tab, "user", "two plus two");
  await add(tab, "assistant", "4");
  await add(tab, "user", "three plus three");
  await add(tab, "assistant", "6");
  await turns(tab).nth(3).getByRole("button", { name: "Edit" }).click();
  await tab.page.getByRole("textbox", { name: "Edit" }).fill("six");
  await tab.page.keyboard.press("Control+Enter");
  await turns(tab).nth(3).getByRole("button", { name: "Copy" }).focus();
  await tab.page.keyboard.press("Alt+ArrowUp");
  expect(await turns(tab).nth(2).textContent()).toContain("six");
  await turns(tab).nth(3).getByRole("button", { name: "Remove" }).click();
  expect(await turns(tab).count()).toBe(3);
  await tab.field("Message").fill("four plus four");
  await tab.field("Message").press("Enter");
  await tab.done();
  await expectAnswer(tab, await raw(tab, 4), ["curl"]);
  await tab.close();
});

/** What the model wrote, not what Markdown makes of it. */
async function raw(tab: Tab, turn: number): Promise<string> {
  await turns(tab).nth(turn).getByRole("button", { name: "Edit" }).click();
  const text = await tab.page.getByRole("textbox", { name: "Edit" }).inputValue();
  await tab.page.keyboard.press("Escape");
  return text;
}

it("the code that is shown gives the answer that is shown", async () => {
  const tab = await opened(24);
  await tab.set("Temperature", 1);
  await tab.field("System").fill("It's a \"test\".");
  await tab.field("Message").fill("What does 天空 mean?");
  await tab.field("Message").press("Enter");
  await tab.done();
  await expectAnswer(tab, await raw(tab, 1));
  await tab.close();
});

it("tokens are coloured and have their cards, but no branches", async () => {
  const tab = await opened(8);
  await tab.page.getByText("Full spectrum", { exact: true }).click();
  await tab.field("Message").fill("Say 天空");
  await tab.field("Message").press("Enter");
  await tab.done();
  await tab.clickWord(0);
  const card = tab.page.locator(".card");
  await card.getByText(/probability covered in top 5 logits/).first().waitFor();
  expect(await card.getByRole("button", { name: /continue here/ }).count()).toBe(0);
  await tab.close();
});

it("an answer can be held to a schema", async () => {
  const tab = await opened(60);
  await tab.page.getByText("Schema", { exact: true }).click();
  await tab.page.getByRole("textbox", { name: "Schema" }).fill("{");
  expect(await tab.button(/^Send/).isDisabled()).toBe(true);
  const schema = {
    type: "object",
    properties: { colour: { enum: ["blue", "red"] } },
    required: ["colour"],
    additionalProperties: false,
  };
  await tab.page.getByRole("textbox", { name: "Schema" }).fill(JSON.stringify(schema));
  await tab.field("Message").fill("Which colour has the sky?");
  await tab.field("Message").press("Enter");
  await tab.done();
  expect(JSON.parse(await raw(tab, 1)).colour).toMatch(/^(blue|red)$/);
  await tab.close();
});

it("what is written is never more than text", async () => {
  const tab = await opened();
  await add(
    tab,
    "assistant",
    '# Title\n\n<img src="https://elsewhere.example/a.png" onerror="alert(1)">\n\n' +
      "![picture](https://elsewhere.example/b.png) [bad](javascript:alert(1)) " +
      "[good](https://example.org) **bold**\n\n```js\nlet a = 1 < 2;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |",
  );
  const said = turns(tab).first().locator(".markdown");
  await said.getByText("onerror").waitFor();
  expect(await said.locator("img").count()).toBe(0);
  expect(await said.locator("a").evaluateAll((all) => all.map((a) => a.getAttribute("href")))).toEqual(
    ["https://example.org"],
  );
  expect(await said.locator("strong").textContent()).toBe("bold");
  expect(await said.locator("pre").textContent()).toBe("let a = 1 < 2;");
  expect(await said.getByRole("cell").allTextContents()).toEqual(["1", "2"]);
  await tab.close();
});

it("examples go to a file and come back, and a wrong line is named", async () => {
  const tab = await opened();
  await tab.field("System").fill("Be brief.");
  await add(tab, "user", "Hi\n天");
  await add(tab, "assistant", "Hello");
  const [download] = await Promise.all([
    tab.page.waitForEvent("download"),
    tab.button("Export").click(),
  ]);
  const text = await readFile(await download.path(), "utf8");
  expect(JSON.parse(text).messages.map((m: { role: string }) => m.role)).toEqual([
    "system",
    "user",
    "assistant",
  ]);
  await tab.button("New").click();
  const load = async (text: string) => {
    const buffer = Buffer.from(text);
    const file = { name: "examples.jsonl", mimeType: "application/jsonl", buffer };
    await tab.page.locator("input[type=file]").setInputFiles(file);
  };
  await load(`${text}{"messages": [{"role": "bot", "content": "Hi"}]}\n`);
  await tab.page.getByText("examples.jsonl, line 2: the role is bot").waitFor();
  expect(await turns(tab).count()).toBe(0);
  await load(text);
  await turns(tab).nth(1).waitFor();
  expect(await turns(tab).count()).toBe(2);
  await tab.close();
});

it("an input method keeps its Enter", async () => {
  const tab = await opened();
  await tab.field("Message").fill("天空");
  await tab.field("Message").evaluate((area) => {
    for (const how of [{ isComposing: true }, { keyCode: 229 }]) {
      area.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, ...how }));
    }
  });
  expect(await turns(tab).count()).toBe(0);
  await tab.close();
});

it("a function is described, called, and its result sent", async () => {
  const tab = await opened(60);
  await tab.button("Add a function").click();
  const definition = tab.field("Function 1");
  await definition.fill('{"name": "get_weather", "parameters": {"type": "text"}}');
  await tab.page.getByText('"text" is not a type').waitFor();
  const schema = {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  };
  await definition.fill(JSON.stringify({ name: "get_weather", strict: true, parameters: schema }));
  await tab.page.getByText("It can be sent.").waitFor();
  await tab.page.getByLabel("Which may be called").selectOption("get_weather");
  await tab.field("Message").fill("What is the weather in Paris?");
  await tab.field("Message").press("Enter");
  const call = tab.page.getByRole("group", { name: "Call of get_weather" });
  await call.waitFor();
  expect(await tab.done()).toContain("It wants a function called.");
  expect(Object.keys(JSON.parse((await call.locator("pre").textContent()) ?? ""))).toEqual(["city"]);
  // It is the model's turn only when the call has its result.
  expect(await tab.button(/^Send ⏎/).isDisabled()).toBe(true);
  await call.getByRole("textbox").fill('{"weather": "rain"}');
  await tab.page.getByText("It wants a function called.").waitFor();
  await tab.page.reload();
  expect(await call.getByRole("textbox").inputValue()).toBe('{"weather": "rain"}');
  await tab.page.getByLabel("Which may be called").selectOption("none");
  await call.getByRole("button", { name: "Send result" }).click();
  await tab.done();
  expect(await turns(tab).count()).toBe(4);
  expect(await turns(tab).nth(2).textContent()).toContain("rain");
  await tab.page.keyboard.press("Control+Shift+C");
  const code = (await tab.page.getByRole("dialog").locator("pre").textContent()) ?? "";
  for (const name of ["tool_calls", "tool_call_id", "get_weather"]) expect(code).toContain(name);
  await tab.page.keyboard.press("Escape");
  await tab.close();
});

it("earlier conversations are found, gone on with, and saved to a file", async () => {
  const tab = await opened(4);
  for (const word of ["blue", "green"]) {
    await tab.field("Message").fill(`Say ${word}`);
    await tab.field("Message").press("Enter");
    await tab.done();
    await tab.button("New").click();
    await tab.page.getByText("Say something.").waitFor();
  }
  await tab.button("History").click();
  const dialog = tab.page.getByRole("dialog", { name: "Earlier conversations" });
  await dialog.getByRole("listitem").nth(1).waitFor();
  expect(await dialog.getByRole("listitem").count()).toBe(2);
  await dialog.getByRole("searchbox").fill("BLUE");
  expect(await dialog.getByRole("listitem").count()).toBe(1);
  const [download] = await Promise.all([
    tab.page.waitForEvent("download"),
    dialog.getByRole("button", { name: "Export these" }).click(),
  ]);
  const { messages } = JSON.parse(await readFile(await download.path(), "utf8"));
  expect(messages[0]).toEqual({ role: "user", content: "Say blue" });
  await dialog.getByRole("button", { name: "Open: Say blue" }).press("Enter");
  expect(await turns(tab).first().textContent()).toContain("Say blue");
  await tab.page.reload();
  expect(await turns(tab).first().textContent()).toContain("Say blue");
  await tab.field("Message").fill("Once more");
  await tab.field("Message").press("Enter");
  await tab.done();
  await tab.button("History").click();
  expect(await dialog.getByRole("listitem").count()).toBe(2);
  expect(await dialog.getByRole("listitem").first().textContent()).toContain("Say blue");
  await tab.page.keyboard.press("Escape");
  await tab.close();
});

// Needs a server with /api/inspect/prompt.
it("the exact prompt is shown, special tokens and all", async () => {
  const tab = await opened(4);
  await tab.field("System").fill("Be brief.");
  await tab.field("Message").fill("Hi 天空");
  await tab.button("Exact prompt").click();
  const text = tab.page.getByRole("region", { name: "Exact prompt" });
  await text.waitFor();
  const said = (await text.textContent()) ?? "";
  expect(said).toContain("Be brief.");
  expect(said).toContain("Hi 天空");
  expect(await text.locator(".special").first().textContent()).toBe("<|im_start|>");
  await tab.page.keyboard.press("Escape");
  await tab.close();
});
