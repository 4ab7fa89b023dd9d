/** Compare, Embeddings and Code mode, and the command palette. */

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { onServer, type Tab } from "./browser.ts";

const server = onServer();

describe("compare", () => {
  const answers = (tab: Tab) => tab.page.getByRole("region", { name: /^Answer [A-D]$/ });

  async function run(tab: Tab): Promise<void> {
    await tab.field("What all of them are asked").fill("Why is the sky blue?");
    await tab.page.keyboard.press("Control+Enter");
    await tab.page.getByText("Which is best?").waitFor({ timeout: 60_000 });
  }

  it("settings answer side by side, with their speeds, and differ by words", async () => {
    const tab = await server.open("/playground/compare?max_tokens=16&m=a&m=b&temperature=0");
    // Names that are not here become those that are.
    await tab.page.waitForURL(/m=smollm2.*&m=smollm2/);
    await run(tab);
    const [one, other] = await answers(tab).allTextContents();
    expect(one).toBe(other);
    expect(await tab.page.getByText(/^[\d.,]+ tokens\/s$/).count()).toBe(2);
    expect(await tab.page.getByText(/^first token [\d,]+ ms$/).count()).toBe(2);
    await tab.page.getByText("Same parameters for all").click();
    await tab.choose("Whose parameters", "B");
    await tab.set("Temperature", 1.6);
    await run(tab);
    await tab.page.getByRole("combobox", { name: "Difference" }).selectOption("A↔B");
    await tab.page.locator("ins").first().waitFor();
    await tab.page.reload();
    expect(await tab.field("What all of them are asked").inputValue()).toBe("Why is the sky blue?");
    await tab.choose("Whose parameters", "B");
    expect(await tab.page.getByRole("spinbutton", { name: "Temperature" }).inputValue()).toBe("1.60");
    await tab.close();
  });

  it("columns come and go, and a link holds them all", async () => {
    const tab = await server.open("/playground/compare");
    await tab.button("Add a column").click();
    await tab.button("Add a column").click();
    expect(await tab.button("Add a column").isDisabled()).toBe(true);
    await tab.button("Remove B").click();
    expect(await answers(tab).count()).toBe(3);
    await tab.page.getByText("Same parameters for all").click();
    await tab.choose("Whose parameters", "C");
    await tab.set("Temperature", 0.7);
    await tab.button("Share").click();
    await tab.page.waitForFunction(() =>
      [...document.querySelectorAll("input")].some((input) => input.value.includes("#s=")),
    );
    const address = await tab.page.getByRole("textbox", { name: "Link" }).inputValue();
    await tab.close();
    const other = await server.open("/");
    await other.page.goto(address);
    // Said once the link was read.
    await other.page.waitForURL(/[?&]m=/);
    expect(await answers(other).count()).toBe(3);
    await other.choose("Whose parameters", "C");
    expect(await other.page.getByRole("spinbutton", { name: "Temperature" }).inputValue()).toBe("0.70");
    await other.close();
  });

  // Needs a server with /api/preferences.
  it("blind: nobody is told which is whose before the vote, which is kept", async () => {
    const tab = await server.open("/playground/compare?max_tokens=8");
    await tab.page.getByText("Blind: hide").click();
    await run(tab);
    expect(await tab.page.getByText("hidden until you vote").count()).toBe(2);
    expect(await tab.page.getByText(/tokens\/s$/).count()).toBe(0);
    await tab.page.getByRole("group", { name: "Best:" }).getByRole("button").first().focus();
    await tab.page.keyboard.press("b");
    await tab.page.getByText("Kept: B.").waitFor();
    expect(await tab.page.getByText(/tokens\/s$/).count()).toBe(2);
    const [download] = await Promise.all([
      tab.page.waitForEvent("download"),
      tab.button("Export votes").click(),
    ]);
    expect(download.suggestedFilename()).toBe("preferences.jsonl");
    await tab.close();
  });
});

describe("embeddings", () => {
  it("texts are compared, mapped, and the nearest named", async () => {
    const tab = await server.open("/playground/embeddings");
    await tab.field("Texts, one a line").fill("a cat\na kitten\nthe stock market\nshares and bonds");
    await tab.page.keyboard.press("Control+Enter");
    await tab.page.getByText(/^Done: 4 texts, 384 dimensions/).waitFor();
    const cell = async (row: number, column: number) =>
      Number(
        (await tab.page.locator("tbody tr").nth(row).locator("td").nth(column).textContent())?.replace(
          "−",
          "-",
        ),
      );
    expect(await cell(0, 0)).toBe(1);
    expect(await cell(0, 1)).toBeGreaterThan(await cell(0, 2));
    expect(await tab.page.locator("circle").count()).toBe(4);
    await tab.page.getByRole("combobox", { name: "To" }).selectOption("2");
    const near = tab.page.locator("ol li .text");
    expect(await near.first().textContent()).toBe("shares and bonds");
    await tab.page.locator("circle").nth(1).click();
    expect(await near.first().textContent()).toBe("a cat");
    await tab.page.getByRole("spinbutton", { name: "Dimensions" }).fill("64");
    await tab.page.getByRole("spinbutton", { name: "Dimensions" }).press("Enter");
    await tab.button(/^Embed/).click();
    await tab.page.getByText(/^Done: 4 texts, 64 dimensions/).waitFor();
    await tab.page.waitForURL(/dimensions=64/);
    await tab.page.keyboard.press("Control+Shift+C");
    expect(await tab.page.locator("pre").textContent()).toContain("/v1/embeddings");
    await tab.page.keyboard.press("Escape");
    await tab.close();
  });

  it("a king without a man, with a woman, is near a queen", async () => {
    const tab = await server.open("/playground/embeddings");
    await tab.button("Calculate").click();
    const found = tab.page.getByRole("list", { name: "Arithmetic with meanings" });
    await found.getByRole("listitem").first().waitFor();
    expect(await found.getByRole("listitem").first().textContent()).toContain("queen");
    await tab.close();
  });
});

it("code is not inserted by a model that cannot, and the reason is told", async () => {
  const tab = await server.open("/playground/code?max_tokens=8");
  const [before, behind] = [tab.field("Before"), tab.field("Behind")];
  await before.waitFor();
  // Where there is no card, the model is asked first.
  if (await tab.button(/^Insert/).isEnabled()) await tab.page.keyboard.press("Control+Enter");
  await tab.page.getByText(/cannot (insert between two texts|fill in between)/).waitFor();
  expect(await tab.button(/^Insert/).isDisabled()).toBe(true);
  // Without anything behind, it goes on.
  await behind.fill("");
  await tab.choose("Where it ends", "line");
  await before.fill("def one():\n    return");
  await tab.page.keyboard.press("Control+Enter");
  await tab.done();
  await tab.page.getByRole("region", { name: "The change" }).waitFor();
  await tab.button("Keep it").click();
  expect((await before.inputValue()).startsWith("def one():\n    return")).toBe(true);
  expect((await before.inputValue()).length).toBeGreaterThan("def one():\n    return".length);
  await tab.button("Undo").click();
  await tab.button("Undo").click();
  expect(await before.inputValue()).toBe("def one():\n    return");
  await tab.page.reload();
  expect(await before.inputValue()).toBe("def one():\n    return");
  tab.expecting("400 (Bad Request)");
  await tab.close();
});

describe("with a model that can insert", () => {
  const coder = onServer("-m", join(import.meta.dirname, "../../fixtures/models/tiny-chat"));

  it("what it writes is shown as a change, kept, and taken back", async () => {
    const tab = await coder.open("/playground/code?temperature=0&max_tokens=4");
    const [before, behind] = [tab.field("Before"), tab.field("Behind")];
    await before.fill("one\ntwo\n");
    await behind.fill("\nfour\n");
    await tab.page.keyboard.press("Control+Enter");
    await tab.done();
    const change = tab.page.getByRole("region", { name: "The change" });
    expect(await change.textContent()).toContain("  two\n");
    expect(await change.textContent()).toContain("+ ");
    await tab.page.keyboard.press("Control+Shift+C");
    const code = tab.page.getByRole("dialog").locator("pre");
    expect(await code.textContent()).toContain('"suffix": "\\nfour\\n"');
    await tab.page.keyboard.press("Escape");
    await tab.button("Keep it").click();
    expect(await behind.inputValue()).toBe("\nfour\n");
    expect(await before.inputValue()).not.toBe("one\ntwo\n");
    await tab.button("Undo").click();
    await tab.button("Undo").click();
    expect(await before.inputValue()).toBe("one\ntwo\n");
    await tab.close();
  });
});

it("everything is found by its name", async () => {
  const tab = await server.open("/playground/complete");
  await tab.text.waitFor();
  const go = async (...written: string[]) => {
    await tab.page.keyboard.press("Control+k");
    const field = tab.page.getByRole("combobox", { name: "Go to, or do" });
    await field.waitFor();
    for (const text of written) await tab.page.keyboard.type(text);
    await tab.page.keyboard.press("Enter");
  };
  await go("embedd");
  await tab.field("Texts, one a line").waitFor();
  await go("share");
  await tab.page.getByRole("dialog", { name: "Share by link" }).waitFor();
  await tab.page.keyboard.press("Escape");
  await go("中文");
  await tab.page.getByText("词义的算术").waitFor();
  await tab.close();
});
