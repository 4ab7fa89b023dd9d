/**
 * 4,000 coloured tokens: no task may take as long as people notice. It is measured by the processor's
 * time of the page's thread, so that a machine that is busy with other things fails no test.
 */

import { expect, it } from "vitest";
import type { Page } from "playwright-core";
import { onServer, type Tab } from "./browser.ts";

const TOKENS = 4000;
/** A frame that is missed is seen, three are felt. */
const LONGEST_MS = 50;
const PAGE = "/playground/complete?temperature=0&max_tokens=48";

const server = onServer();

/** A text of tokens with candidates, as an answer leaves it; a line of 25 words, or one of all. */
function draft(words: number): string {
  let text = "Once";
  const cells = [];
  let state = 7;
  for (let i = 0; i < TOKENS; i++) {
    state = (state * 48271) % 0x7fffffff;
    const name = i % words === words - 1 ? "\n" : [" the", " small", " robot", " went", " home"][i % 5]!;
    const start = text.length;
    text += name;
    const logprob = -(state % 4000) / 1000;
    const top = [name, " a", " b", " c", " d"].map((name, j) => ({ name, logprob: logprob - j }));
    cells.push({ start, end: text.length, tokens: [{ name, logprob, top }] });
  }
  return JSON.stringify({ text, cells });
}

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds of the thread's own time. */
  tdur?: number;
  args?: { name?: string };
}

/** The longest task of the page while something is done, in ms. */
async function longest(page: Page, action: () => Promise<unknown>): Promise<number> {
  const browser = page.context().browser();
  if (!browser) throw new Error("the page has no browser");
  await browser.startTracing(page, {
    categories: ["toplevel", "disabled-by-default-devtools.timeline", "__metadata"],
  });
  await action();
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const events = trace.traceEvents;
  const mains = events.filter((e) => e.name === "thread_name" && e.args?.name === "CrRendererMain");
  const tasks = events.filter(
    ({ name, ph, pid, tid, tdur }) =>
      ph === "X" &&
      /RunTask$/.test(name) &&
      tdur !== undefined &&
      mains.some((main) => main.pid === pid && main.tid === tid),
  );
  // Otherwise nothing was measured.
  expect(tasks.length).toBeGreaterThan(10);
  return Math.max(...tasks.map((task) => (task.tdur ?? 0) / 1000));
}

async function opened(words: number): Promise<Tab> {
  const tab = await server.open("/examples");
  await tab.page.getByRole("searchbox").waitFor();
  await tab.page.evaluate((kept) => localStorage.setItem("lyceum.complete.draft", kept), draft(words));
  await tab.page.goto(new URL(PAGE, tab.page.url()).href);
  await tab.tokens.nth(TOKENS - 1).waitFor({ state: "attached" });
  return tab;
}

/** Two frames later, what was asked for is on the screen. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
}

for (const [what, words] of [
  ["in lines", 25],
  ["in one paragraph", TOKENS + 1],
] as const) {
  it(`4,000 tokens ${what} take no long task`, { timeout: 180_000 }, async () => {
    const tab = await opened(words);
    const { page } = tab;
    const took: Record<string, number> = {};
    for (const name of ["Most likely", "Least likely", "Off", "Full spectrum"]) {
      took[name] = await longest(page, async () => {
        await tab.choose("Show probabilities", name);
        await settled(page);
      });
    }
    took.typing = await longest(page, async () => {
      await tab.text.focus();
      await page.keyboard.press("Control+End");
      await page.keyboard.type(" and then");
      await settled(page);
    });
    took.streaming = await longest(page, async () => {
      await tab.submit();
      await tab.done();
    });
    const rounded = Object.entries(took).map(([name, ms]) => `${name} ${ms.toFixed(1)} ms`);
    console.log(`${what}: ${rounded.join(", ")}`);
    for (const [name, ms] of Object.entries(took)) expect(ms, name).toBeLessThan(LONGEST_MS);
    await tab.close();
  });
}
