/** View code's programs, run as a reader would run them. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import type { Tab } from "./browser.ts";
import { output, shell } from "./lyceum.ts";

const { LYCEUM_PYTHON, LYCEUM_PYTHON_027, LYCEUM_NODE, LYCEUM_NODE_SDK } = process.env;

/** How each language's programs are run. Those whose clients are not here are left out. */
const RUN: Record<string, (code: string) => Promise<string>> = {
  curl: async (code) => `${said(await shell(code))}\n`,
  lyceum: async (code) => `${(await shell(code)).trimEnd()}\n`,
};
if (LYCEUM_PYTHON) RUN["Python"] = (code) => output(LYCEUM_PYTHON, ["-c", code]);
if (LYCEUM_PYTHON_027) RUN["Python 0.27"] = (code) => output(LYCEUM_PYTHON_027, ["-c", code]);
if (LYCEUM_NODE && LYCEUM_NODE_SDK) {
  RUN["Node.js"] = async (code) => {
    const file = join(LYCEUM_NODE_SDK, `shown-${code.length}-${code.includes("stream")}.mjs`);
    await writeFile(file, code);
    return output(LYCEUM_NODE, [file]);
  };
}

/** The texts in what curl prints: an answer, or the events of one. */
function said(printed: string): string {
  type Choice = { text?: string; delta?: { content?: string }; message?: { content: string } };
  const events = printed.split("\n\n").filter((event) => event.startsWith("data: {"));
  const chunks = events.length > 0 ? events.map((event) => event.slice(6)) : [printed];
  const choices = chunks.flatMap((chunk) => (JSON.parse(chunk) as { choices: Choice[] }).choices);
  return choices.map((c) => c.text ?? c.delta?.content ?? c.message?.content ?? "").join("");
}

/** That the programs in View code print `answer`, streamed or at once. */
export async function expectAnswer(tab: Tab, answer: string, languages = Object.keys(RUN)) {
  const dialog = tab.page.getByRole("dialog", { name: "View code" });
  await tab.page.keyboard.press("Control+Shift+C");
  const programs: [string, string][] = [];
  for (const streamed of [true, false]) {
    if (!streamed) {
      await dialog.getByText("curl", { exact: true }).click();
      await dialog.getByText("Streamed").click();
    }
    for (const language of languages) {
      // The command line is the same either way.
      if (!streamed && language === "lyceum") continue;
      await dialog.getByText(language, { exact: true }).click();
      programs.push([language, (await dialog.locator("pre").textContent()) ?? ""]);
    }
  }
  await tab.page.keyboard.press("Escape");
  const printed = await Promise.all(programs.map(([language, code]) => RUN[language]?.(code)));
  printed.forEach((text, i) => {
    const [language, code] = programs[i]!;
    // A terminal's last line end says nothing.
    expect(text?.trimEnd(), `${language}\n${code}`).toBe(answer.trimEnd());
  });
}
