/** A browser that notices whatever should not be: messages, violations, requests to elsewhere. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { en, type Key } from "../src/i18n/en.ts";
import { zh } from "../src/i18n/zh.ts";
import { Server } from "./lyceum.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

function launch(): Promise<Browser> {
  const executablePath = process.env.CHROME ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

/** A browser for the tests of a file. */
export function inBrowser(): { readonly browser: Browser } {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());
  return {
    get browser() {
      return browser;
    },
  };
}

/** And a server, whose pages it opens. */
export function onServer(...flags: string[]) {
  const shared = inBrowser();
  let server: Server;
  beforeAll(async () => {
    server = await Server.start(...flags);
  });
  afterAll(() => server?.kill());
  return {
    get origin() {
      return server.origin;
    },
    open(path: string, options: BrowserContextOptions = {}): Promise<Tab> {
      return Tab.open(shared.browser, server.origin, path, options);
    },
  };
}

/** A folder for pictures of all that is looked at, if one is wanted. */
const PICTURES = process.env.LYCEUM_PICTURES;

export async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES) await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

/** What a visit in one language has: its texts, and a look at the page in both themes. */
export interface Visit {
  say: (key: Key) => string;
  check: (what: string) => Promise<void>;
}

/** What axe finds on a visit, in both languages and both themes. */
export async function faultsOf(
  open: (options: BrowserContextOptions) => Promise<Tab>,
  visit: (tab: Tab, visit: Visit) => Promise<void>,
): Promise<string[]> {
  const faults: string[] = [];
  for (const [locale, texts] of [["en-US", en], ["zh-CN", zh]] as const) {
    const tab = await open({ locale });
    const { page } = tab;
    await visit(tab, {
      say: (key) => texts[key],
      check: async (what) => {
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme });
          const found = await tab.faults();
          faults.push(...found.map((fault) => `${what}, ${locale}, ${colorScheme}: ${fault}`));
          await picture(page, `${what}-${locale}-${colorScheme}`);
        }
      },
    });
    await tab.close();
  }
  return faults;
}

export class Tab {
  page: Page;
  #wrong: string[] = [];

  private constructor(page: Page, origin: string) {
    this.page = page;
    page.setDefaultTimeout(20_000);
    page.on("console", (message) => this.#wrong.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => this.#wrong.push(`error: ${error.stack}`));
    page.on("request", (request) => {
      if (new URL(request.url()).origin !== origin) this.#wrong.push(`sent to ${request.url()}`);
    });
  }

  static async open(
    browser: Browser,
    origin: string,
    path: string,
    options: BrowserContextOptions = {},
  ): Promise<Tab> {
    const context = await browser.newContext({ locale: "en-US", ...options });
    // What policies forbid is written to the console, too.
    const tab = new Tab(await context.newPage(), origin);
    await tab.page.goto(origin + path);
    return tab;
  }

  /** Messages with this in them are what the test is about. */
  expecting(text: string): void {
    this.#wrong = this.#wrong.filter((message) => !message.includes(text));
  }

  async close(): Promise<void> {
    expect(this.#wrong).toEqual([]);
    await this.page.context().close();
  }

  get text() {
    return this.page.getByRole("textbox", { name: /Your text|您的文字/ });
  }

  get tokens() {
    return this.page.getByRole("listbox", { name: /^Tokens of/ }).getByRole("option");
  }

  get status() {
    return this.page.getByRole("status");
  }

  button(name: string | RegExp) {
    return this.page.getByRole("button", { name });
  }

  field(name: string) {
    return this.page.getByRole("textbox", { name, exact: true });
  }

  /** A choice of one of a few, all in sight. */
  async choose(group: string, name: string): Promise<void> {
    const options = this.page.getByRole("radiogroup", { name: group });
    await options.getByText(name, { exact: true }).click();
  }

  /** Sets a number beside its slider. */
  async set(name: string, value: number): Promise<void> {
    const field = this.page.getByRole("spinbutton", { name, exact: true });
    await field.fill(String(value));
    await field.press("Enter");
  }

  async write(text: string): Promise<void> {
    await this.text.fill(text);
  }

  async submit(): Promise<void> {
    await this.text.press("Control+Enter");
  }

  /** Waits for the end of an answer; what is said of it. */
  async done(): Promise<string> {
    const ended = /^(Done|完成)/;
    await this.page.waitForFunction(
      (source) => new RegExp(source).test(document.querySelector("[role=status]")?.textContent ?? ""),
      ended.source,
      { timeout: 60_000 },
    );
    return (await this.status.textContent()) ?? "";
  }

  /** Clicks the middle of a token, as a reader does; false if there is nothing to click. */
  async clickToken(index: number): Promise<boolean> {
    const token = this.page.locator(`[data-cell="${index}"]`).first();
    const { x, y, width, height } = await token.evaluate((element) => {
      const rect = [...element.getClientRects()].at(-1) ?? new DOMRect();
      return { x: rect.x, y: rect.y, width: rect.width, height: rect.height };
    });
    // A line end has no width but that of its sign.
    if (width < 2) return false;
    await this.page.mouse.click(x + width / 2, y + height / 2);
    return true;
  }

  /** Clicks the first token from a place on that can be clicked; where that was. */
  async clickWord(from: number): Promise<number> {
    for (let index = from; ; index++) {
      if (await this.clickToken(index)) return index;
    }
  }

  /** What axe finds against WCAG 2.2 AA and its own best practice. */
  async faults(): Promise<string[]> {
    // The page's policy forbids scripts that others put into it, and so it should.
    await this.page.evaluate(`if (!window.axe) { ${AXE} }`);
    return this.page.evaluate(async () => {
      type Found = { id: string; nodes: { target: string[]; failureSummary: string }[] };
      const axe = (window as unknown as { axe: { run: () => Promise<{ violations: Found[] }> } }).axe;
      const { violations } = await axe.run();
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")} ${failureSummary}`),
      );
    });
  }
}
