/** Complete mode as people use it, on a real model. */

import { describe, expect, it } from "vitest";
import { onServer, type Tab } from "./browser.ts";
import { expectAnswer } from "./shown.ts";

const PAGE = "/playground/complete";

const server = onServer();

async function opened(prompt: string, tokens: number): Promise<Tab> {
  const tab = await server.open(PAGE);
  await tab.write(prompt);
  await tab.set("Maximum length", tokens);
  return tab;
}

async function answered(prompt: string, tokens: number): Promise<Tab> {
  const tab = await opened(prompt, tokens);
  await tab.submit();
  await tab.done();
  return tab;
}

it("the first minute goes as drawn", async () => {
  const tab = await server.open("/");
  await tab.page.waitForURL((url) => url.pathname === PAGE);
  await tab.page.getByText("Press Ctrl+Enter").waitFor();
  expect(await tab.text.inputValue()).toContain("Once upon a time");
  await tab.page.getByText(/^16 of [\d,]+ tokens/).waitFor();
  await tab.submit();
  await tab.tokens.nth(12).waitFor({ state: "attached" });
  expect(await tab.status.textContent()).toBe("Generating");
  await tab.page.keyboard.press("Escape");
  expect(await tab.done()).toContain("You stopped it.");
  await tab.set("Maximum length", 24);

  await tab.page.getByText("Click a word").waitFor();
  const word = await tab.clickWord(3);
  const card = tab.page.getByRole("dialog", { name: new RegExp(`^Token ${word + 1} of`) });
  await card.getByText(/^Total: −[\d.]+ logprob on 1 token/).waitFor();
  await card.getByText(/\([\d.]+% probability covered in top 5 logits\)/).waitFor();
  await card.getByText("taken").waitFor();
  const before = await tab.text.inputValue();
  const other = card.getByRole("button", { name: /continue here/ }).first();
  await other.click();
  await tab.done();
  await tab.page.getByText("2 of 2").waitFor();
  const turned = await tab.text.inputValue();
  expect(turned).not.toBe(before);
  expect(turned.slice(0, 60)).toBe(before.slice(0, 60));
  await tab.button("Previous answer").click();
  expect(await tab.text.inputValue()).toBe(before);
  await tab.button("Undo").click();
  await tab.button("Undo").click();
  expect(await tab.text.inputValue()).toMatch(/learn how to$/);
  await tab.close();
});

it("the code that is shown gives the answer that is shown", async () => {
  const tab = await opened(`It's a "test" of $HOME, \\n and 天空:`, 12);
  await tab.field("Stop sequences").fill("\\n\\n");
  await tab.field("Stop sequences").press("Enter");
  const prompt = await tab.text.inputValue();
  await tab.submit();
  await tab.done();
  const answer = (await tab.text.inputValue()).slice(prompt.length);
  await expectAnswer(tab, answer);
  await tab.close();
});

it("parts of a character are one cell", async () => {
  const tab = await opened("天空是蓝色的，因为", 24);
  await tab.set("Temperature", 0);
  await tab.submit();
  await tab.done();
  const text = await tab.text.inputValue();
  const shown = await tab.page.locator(".texts").innerText();
  expect(shown.replaceAll("\n", "")).toBe(text.replaceAll("\n", ""));
  const pieces = await tab.tokens.allTextContents();
  expect(pieces.length).toBeLessThan(24);
  let parts = 0;
  for (let i = 0; i < pieces.length && parts === 0; i++) {
    if (!(await tab.clickToken(i))) continue;
    const card = tab.page.locator(".card");
    await card.waitFor();
    parts = await card.getByText(/^part \d of \d$/).count();
    if (parts > 0) {
      await card.getByText(/All parts together: <?[\d.]+%/).waitFor();
      expect(await card.locator("code").allTextContents()).toContainEqual(
        expect.stringMatching(/^([0-9A-F]{2} ?)+(→ .)?$/),
      );
    }
  }
  expect(parts).toBeGreaterThan(1);
  await tab.close();
});

it("the best of several is marked, and the others can be read and used", async () => {
  const tab = await opened("The sky is", 8);
  await tab.set("Best of", 3);
  await tab.submit();
  await tab.done();
  const list = tab.page.getByRole("region", { name: "Candidates" }).getByRole("listitem");
  const means: number[] = [];
  for (const text of await list.allTextContents()) {
    means.push(Number(/−([\d.]+) logprob per token/.exec(text)?.[1]));
  }
  expect(means).toHaveLength(3);
  const best = means.indexOf(Math.min(...means));
  expect(await list.nth(best).textContent()).toContain("★ best");
  const first = await tab.text.inputValue();
  await list.nth((best + 1) % 3).getByRole("button").click();
  expect(await tab.text.inputValue()).not.toBe(first);
  await tab.button("Undo").click();
  expect(await tab.text.inputValue()).toBe(first);
  await tab.close();
});

it("texts are injected around an answer, and stop sequences end it", async () => {
  const tab = await opened("Q: Is the sky blue?", 20);
  await tab.field("Inject start text").fill("\nA:");
  await tab.field("Inject restart text").fill("\nQ: ");
  await tab.field("Stop sequences").fill("\\n");
  await tab.field("Stop sequences").press("Enter");
  await tab.set("Temperature", 0);
  await tab.submit();
  await tab.done();
  expect(await tab.text.inputValue()).toMatch(/^Q: Is the sky blue\?\nA:[^\n]*\nQ: $/);
  await tab.close();
});

it("probabilities can be hidden, and colours change without asking again", async () => {
  const tab = await answered("The sky is", 6);
  for (const [name, value] of [["Most likely", "most"], ["Least likely", "least"]] as const) {
    await tab.page.getByText(name, { exact: true }).click();
    await tab.page.locator(`.texts .part[data-show="${value}"]`).first().waitFor();
  }
  await tab.page.getByText("Off", { exact: true }).click();
  expect(await tab.tokens.count()).toBe(0);
  await tab.submit();
  await tab.done();
  await tab.page.getByText("Full spectrum", { exact: true }).click();
  expect(await tab.tokens.count()).toBeGreaterThan(0);
  await tab.close();
});

it("nothing typed is lost on reload, and earlier runs are kept", async () => {
  const tab = await answered("The sky is", 6);
  const text = await tab.text.inputValue();
  const tokens = await tab.tokens.count();
  await tab.set("Temperature", 0.3);
  await tab.page.reload();
  expect(await tab.text.inputValue()).toBe(text);
  expect(await tab.tokens.count()).toBe(tokens);
  expect(await tab.page.getByRole("spinbutton", { name: "Temperature" }).inputValue()).toBe("0.30");
  await tab.write("Another text");
  await tab.button("History").click();
  await tab.button("Open").first().click();
  expect(await tab.text.inputValue()).toBe(text);
  expect(await tab.page.getByRole("spinbutton", { name: "Temperature" }).inputValue()).toBe("1.00");
  await tab.close();
});

describe("without a mouse", () => {
  it("a token is found, opened, and another one taken", async () => {
    const tab = await answered("The sky is", 8);
    const press = async (...keys: string[]) => {
      for (const key of keys) await tab.page.keyboard.press(key);
    };
    await tab.text.focus();
    await press("Shift+Tab");
    expect(await tab.page.locator(":focus").getAttribute("role")).toBe("listbox");
    await press("End", "Home", "ArrowRight");
    const active = tab.page.locator('[data-cell=\"1\"]');
    expect(await active.getAttribute("aria-selected")).toBe("true");
    expect(await active.getAttribute("aria-label")).toMatch(/, <?[\d.]+%$/);
    await press("Enter", "Escape");
    expect(await tab.page.locator(":focus").getAttribute("role")).toBe("listbox");
    await press("Enter", "ArrowDown", "Enter");
    await tab.page.getByText("2 of 2").waitFor();
    await tab.done();
    await tab.close();
  });

  it("an input method keeps its keys", async () => {
    const tab = await opened("天空", 4);
    await tab.text.evaluate((area) => {
      for (const how of [{ isComposing: true }, { keyCode: 229 }]) {
        const keys = { key: "Enter", ctrlKey: true, bubbles: true, ...how };
        area.dispatchEvent(new KeyboardEvent("keydown", keys));
      }
    });
    expect(await tab.status.textContent()).toBe("");
    await tab.submit();
    await tab.done();
    await tab.close();
  });
});
