/** View code's programs, run as a reader would run them. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import type { Tab } from "./browser.ts";
import { output, shell } from "./lyceum.ts";

type Chunk = {
  choices: { text?: string; delta?: { content?: string }; message?: { content: string } }[];
};

/** That every program in View code prints `answer`; `lyceum` only where it has words for it. */
export async function expectAnswer(tab: Tab, answer: string, lyceum = true): Promise<void> {
  const dialog = tab.page.getByRole("dialog", { name: "View code" });
  await tab.page.keyboard.press("Control+Shift+C");
  const code = async (language: string) => {
    await dialog.getByText(language, { exact: true }).click();
    return (await dialog.locator("pre").textContent()) ?? "";
  };
  const text = (chunk: Chunk) =>
    chunk.choices.map((c) => c.text ?? c.delta?.content ?? c.message?.content ?? "").join("");
  const events = (await shell(await code("curl"))).split("\n\n");
  const chunks = events.filter((e) => e.startsWith("data: {")).map((e) => JSON.parse(e.slice(6)));
  expect(chunks.map(text).join("")).toBe(answer);

  const { LYCEUM_PYTHON, LYCEUM_PYTHON_027, LYCEUM_NODE, LYCEUM_NODE_SDK } = process.env;
  const programs = async () => {
    if (LYCEUM_PYTHON) {
      expect(await output(LYCEUM_PYTHON, ["-c", await code("Python")])).toBe(`${answer}\n`);
    }
    if (LYCEUM_PYTHON_027) {
      expect(await output(LYCEUM_PYTHON_027, ["-c", await code("Python 0.27")])).toBe(`${answer}\n`);
    }
    if (LYCEUM_NODE && LYCEUM_NODE_SDK) {
      const file = join(LYCEUM_NODE_SDK, "shown.mjs");
      await writeFile(file, await code("Node.js"));
      expect(await output(LYCEUM_NODE, [file])).toBe(`${answer}\n`);
    }
  };
  await programs();
  const command = await code("lyceum");
  if (lyceum) expect((await shell(command)).trimEnd()).toBe(answer.trimEnd());
  else expect(command).toContain("no whole conversation");

  await dialog.getByText("curl", { exact: true }).click();
  await dialog.getByText("Streamed").click();
  expect(text(JSON.parse(await shell(await code("curl"))))).toBe(answer);
  await programs();
  await tab.page.keyboard.press("Escape");
}
