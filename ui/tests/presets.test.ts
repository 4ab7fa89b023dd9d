/** Settings that are kept, sent and found again: presets, links, addresses, logit bias. */

import { expect, it } from "vitest";
import { onServer, type Tab } from "./browser.ts";

const PAGE = "/playground/complete";
const server = onServer();

async function number(tab: Tab, name: string): Promise<string> {
  return tab.page.getByRole("spinbutton", { name, exact: true }).inputValue();
}

it("the address says the parameters, and no text", async () => {
  const tab = await server.open(`${PAGE}?temperature=0.25&stop=%0A&show=off&seed=3`);
  expect(await number(tab, "Temperature")).toBe("0.25");
  expect(await tab.field("Seed").inputValue()).toBe("3");
  await tab.button("Remove ⏎").waitFor();
  await tab.write("my secret text");
  await tab.field("Inject start text").fill("my other secret");
  await tab.set("Maximum length", 12);
  await tab.page.waitForURL(/max_tokens=12/);
  const url = tab.page.url();
  expect(url).toContain("temperature=0.25");
  expect(url).toContain("model=smollm2");
  expect(url).not.toMatch(/secret|top_p/);
  await tab.page.reload();
  expect(await number(tab, "Maximum length")).toBe("12");
  expect(await tab.text.inputValue()).toBe("my secret text");
  expect(await tab.field("Inject start text").inputValue()).toBe("my other secret");
  // Another mode has its own.
  await tab.page.getByRole("link", { name: "Chat", exact: true }).click();
  await tab.field("Message").waitFor();
  expect(await number(tab, "Temperature")).toBe("1.00");
  await tab.page.goBack();
  await tab.text.waitFor();
  expect(await number(tab, "Temperature")).toBe("0.25");
  await tab.close();
});

it("a preset is saved, found, overwritten, renamed, removed and put back, by keyboard", async () => {
  const tab = await server.open(PAGE);
  const press = async (...keys: string[]) => {
    for (const key of keys) await tab.page.keyboard.press(key);
  };
  await tab.write("Once upon a time");
  await tab.set("Temperature", 0.3);
  await tab.text.focus();
  const dialog = tab.page.getByRole("dialog", { name: "Presets" });
  const save = async (name: string) => {
    await press("Control+s");
    await dialog.waitFor();
    await tab.page.keyboard.type(name);
    await press("Enter");
    await dialog.waitFor({ state: "detached" });
  };
  await save("Tales");
  // The focus is where it was.
  expect(await tab.page.locator(":focus").evaluate((e) => e.tagName)).toBe("TEXTAREA");
  await tab.set("Temperature", 0.9);
  await tab.write("Another text");
  await press("Control+s");
  await dialog.getByRole("button", { name: "Open: Tales" }).press("Enter");
  expect(await number(tab, "Temperature")).toBe("0.30");
  expect(await tab.text.inputValue()).toBe("Once upon a time");
  await tab.button("Undo").click();
  expect(await tab.text.inputValue()).toBe("Another text");

  await tab.set("Temperature", 0.5);
  await press("Control+s");
  await dialog.getByRole("textbox").fill("Tales");
  await dialog.getByRole("button", { name: "Overwrite" }).press("Enter");
  await tab.page.getByRole("navigation", { name: "Pages" }).getByText("Presets").click();
  const row = tab.page.getByRole("listitem");
  await row.first().waitFor();
  expect(await row.count()).toBe(1);
  await tab.button("Rename: Tales").press("Enter");
  await tab.page.keyboard.type("Stories");
  await press("Enter");
  await tab.page.getByRole("heading", { name: "Stories" }).waitFor();
  await tab.button("Remove: Stories").press("Enter");
  await tab.page.getByText("There are none yet.").waitFor();
  await tab.button("Undo").press("Enter");
  await tab.page.reload();
  await tab.button("Open: Stories").press("Enter");
  await tab.text.waitFor();
  expect(await number(tab, "Temperature")).toBe("0.50");
  expect(await tab.text.inputValue()).toBe("Another text");
  await tab.close();
});

it("a link holds the text and the parameters, and asks no server for it", async () => {
  const tab = await server.open(PAGE);
  await tab.write("天空 is\n🌈");
  await tab.set("Temperature", 0.4);
  await tab.field("Inject restart text").fill("\nQ: ");
  await tab.button("Share").click();
  const field = tab.page.getByRole("textbox", { name: "Link" });
  await tab.page.waitForFunction(() =>
    [...document.querySelectorAll("input")].some((input) => input.value.includes("#s=")),
  );
  const address = await field.inputValue();
  await tab.close();

  const other = await server.open("/playground/chat");
  const asked: string[] = [];
  other.page.on("request", (request) => asked.push(request.url()));
  await other.page.goto(address);
  await other.text.waitFor();
  expect(await other.text.inputValue()).toBe("天空 is\n🌈");
  expect(await number(other, "Temperature")).toBe("0.40");
  expect(await other.field("Inject restart text").inputValue()).toBe("\nQ: ");
  expect(asked.join("\n")).not.toContain("#s=");
  expect(other.page.url()).not.toContain("#s=");
  // A reload shows what became of it.
  await other.write("changed");
  await other.page.reload();
  expect(await other.text.inputValue()).toBe("changed");
  await other.page.goto(address.slice(0, -9));
  await other.page.getByText("The link is damaged").waitFor();
  expect(await other.text.inputValue()).toBe("changed");
  await other.close();
});

it("a forbidden token does not come, and the code says so", async () => {
  const tab = await server.open(`${PAGE}?temperature=0&max_tokens=1`);
  await tab.write("The sky is");
  await tab.submit();
  await tab.done();
  const likeliest = (await tab.text.inputValue()).slice("The sky is".length);
  await tab.button("Undo").click();
  await tab.field("Logit bias").fill(likeliest);
  await tab.field("Logit bias").press("Enter");
  await tab.page.getByRole("spinbutton", { name: /^Bias of/ }).first().waitFor();
  await tab.submit();
  await tab.done();
  const instead = (await tab.text.inputValue()).slice("The sky is".length);
  expect(instead).not.toBe(likeliest);
  await tab.page.keyboard.press("Control+Shift+C");
  expect(await tab.page.locator("pre").textContent()).toContain('"logit_bias": {');
  await tab.page.keyboard.press("Escape");
  await tab.button(/^Remove ␣/).first().click();
  await tab.button("Undo").click();
  await tab.submit();
  await tab.done();
  expect((await tab.text.inputValue()).slice("The sky is".length)).toBe(likeliest);
  await tab.close();
});
