/** The pages about the server: models, files, keys, usage, the log, settings. */

import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { inBrowser, picture, Tab } from "./browser.ts";
import { Server, shell } from "./lyceum.ts";

const SMOLLM = "smollm2-135m-instruct";
const PAGES = ["models", "files", "keys", "usage", "logs", "settings"];

const shared = inBrowser();
let server: Server;
const database = `sqlite://${join(mkdtempSync(join(tmpdir(), "lyceum-")), "rows.db")}?mode=rwc`;

/** With rows of its own: from the first key on, other tests would be kept out. */
function start(...flags: string[]): Promise<Server> {
  return Server.start("--offline", "--database-url", database, ...flags);
}

beforeAll(async () => {
  server = await start();
});

afterAll(async () => {
  await server?.kill();
});

async function post(path: string, body: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(server.origin + path, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
}

function complete(prompt: string): Promise<void> {
  return post("/v1/completions", { model: SMOLLM, prompt, max_tokens: 3, temperature: 0.5 });
}

it("models are loaded, unloaded and described, and what cannot be fetched says why", async () => {
  const tab = await Tab.open(shared.browser, server.origin, "/models");
  const { page } = tab;
  const row = page.getByRole("listitem").filter({ hasText: SMOLLM });
  await row.getByText("on disk").waitFor();
  await tab.button(`Load: ${SMOLLM}`).click();
  await row.getByText("in memory").waitFor();
  expect(Number(await page.locator("meter").getAttribute("value"))).toBeGreaterThan(1e7);
  await tab.button(`Unload: ${SMOLLM}`).click();
  await row.getByText("on disk").waitFor();

  await page.getByRole("link", { name: SMOLLM }).click();
  const card = page.getByRole("dialog", { name: `About ${SMOLLM}` });
  await card.getByText("Apache-2.0").waitFor();
  expect(new URL(page.url()).pathname).toBe(`/models/${SMOLLM}`);
  await page.keyboard.press("Escape");
  await card.waitFor({ state: "detached" });
  await page.waitForURL(/\/models$/);

  await tab.button(`Remove: ${SMOLLM}`).click();
  const asks = page.getByRole("dialog", { name: /^Remove/ });
  await asks.getByText("This frees 98").waitFor();
  await asks.getByRole("button", { name: "Cancel" }).click();
  await row.getByText("on disk").waitFor();

  const coder = page.getByRole("listitem").filter({ hasText: "qwen2.5-coder" });
  await tab.button("Fetch: qwen2.5-coder-0.5b-instruct").click();
  await coder.getByText("--offline forbids fetching it").waitFor();
  await tab.close();
});

it("a file is checked line by line before it is sent, shown, and deleted when asked twice", async () => {
  const tab = await Tab.open(shared.browser, server.origin, "/files");
  const { page } = tab;
  const line = (id: string) =>
    JSON.stringify({ custom_id: id, method: "POST", url: "/v1/completions", body: {} });
  const choose = async (name: string, text: string) => {
    const chooser = page.waitForEvent("filechooser");
    await tab.button("Choose a file").click();
    await (await chooser).setFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
  };
  await page.getByText("No files yet.").waitFor();
  await choose("bad.jsonl", `${line("a")}\n{\n${line("a")}\n`);
  const wrong = page.getByRole("alert");
  await wrong.getByText("Line 2: not JSON").waitFor();
  await wrong.getByText('Line 3: “custom_id” is "a" a second time').waitFor();
  expect(await page.getByRole("row").count()).toBe(0);
  const lines = Array.from({ length: 60 }, (_, i) => line(`天空 ${i}`));
  await choose("good.jsonl", lines.join("\n"));
  await page.getByText("good.jsonl is uploaded. 60 lines, all right").waitFor();
  await page.getByRole("rowheader", { name: "good.jsonl" }).waitFor();
  await tab.button("Preview: good.jsonl").click();
  const shown = page.getByRole("dialog");
  await shown.getByText("The first 50 lines").waitFor();
  expect(await shown.getByRole("listitem").count()).toBe(50);
  expect(await shown.getByRole("listitem").nth(1).textContent()).toBe(lines[1]);
  await page.keyboard.press("Escape");
  await tab.button("Delete: good.jsonl").click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("rowheader", { name: "good.jsonl" }).waitFor();
  await tab.button("Delete: good.jsonl").click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("No files yet.").waitFor();
  await tab.close();
});

it("what was asked is in the log, and goes back into the Playground if it was kept", async () => {
  const tab = await Tab.open(shared.browser, server.origin, "/logs");
  const { page } = tab;
  const rows = page.locator("tbody tr");
  const keep = page.getByRole("checkbox", { name: "Keep what is said" });
  await complete("The secret of");
  await rows.filter({ hasText: "/v1/completions" }).first().getByRole("button").click();
  await page.getByText("What was said was not kept.", { exact: true }).waitFor();
  expect(await tab.button("Open in Playground").isDisabled()).toBe(true);
  await page.keyboard.press("Escape");
  const set = page.waitForResponse((answer) => answer.url().endsWith("/api/logs/settings"));
  await keep.check();
  await set;
  await complete("The sky is");
  const messages = [{ role: "user", content: "Say hello." }];
  await post("/v1/chat/completions", { model: SMOLLM, messages, max_tokens: 3, seed: 7 });
  await rows.filter({ hasText: "/v1/chat/completions" }).first().getByRole("button").click();
  const request = await page.getByRole("region", { name: "Request" }).textContent();
  expect(JSON.parse(request ?? "").messages).toEqual(messages);
  await tab.button("Open in Playground").click();
  await page.waitForURL("**/playground/chat");
  expect(await tab.field("Message").inputValue()).toBe("Say hello.");
  await page.goBack();
  await page.getByRole("combobox", { name: "Endpoint" }).selectOption("completions");
  await rows.filter({ hasText: "/v1/chat" }).first().waitFor({ state: "detached" });
  expect(new URL(page.url()).search).toBe("?path=completions");
  await rows.first().getByRole("button").click();
  await tab.button("Open in Playground").click();
  await page.waitForURL("**/playground/complete");
  expect(await tab.text.inputValue()).toBe("The sky is");
  const temperature = page.getByRole("spinbutton", { name: "Temperature", exact: true });
  expect(await temperature.inputValue()).toBe("0.50");
  await page.goto(`${server.origin}/logs?status=error`);
  await page.getByText("No request is like that.").waitFor();
  await page.getByRole("radio", { name: "Any" }).focus();
  await page.keyboard.press("Space");
  await rows.first().waitFor();
  await tab.button("Forget all").click();
  await page.getByText("No requests yet.").waitFor();
  await keep.uncheck();
  await tab.close();
});

it("usage is shown by day, model and key, as charts, tables and a file", async () => {
  await complete("One");
  await post("/v1/embeddings", { model: "text-embedding-3-small", input: "Two" });
  const tab = await Tab.open(shared.browser, server.origin, "/usage");
  const { page } = tab;
  await page.getByRole("heading", { name: "Requests" }).waitFor();
  expect(await page.locator("svg[role=img]").count()).toBe(2);
  await page.getByText("Show as a table").first().click();
  expect(await page.getByRole("region", { name: "Requests" }).getByRole("row").count()).toBe(31);
  const models = page.getByRole("table", { name: "By model" });
  await models.getByRole("rowheader", { name: SMOLLM }).waitFor();
  await page.getByRole("combobox", { name: "Model" }).selectOption("text-embedding-3-small");
  await models.getByRole("rowheader", { name: SMOLLM }).waitFor({ state: "detached" });
  expect(new URL(page.url()).searchParams.get("model")).toBe("text-embedding-3-small");
  await page.reload();
  const saved = page.waitForEvent("download");
  await tab.button("CSV").click();
  const csv = readFileSync(await (await saved).path(), "utf8");
  expect(csv).toMatch(/^day,model,.*\n\d{4}-\d\d-\d\d,text-embedding-3-small,,without a key,1,/);
  await page.getByText("7 days").click();
  await page.getByText(/requests? in 7 days/).waitFor();
  await tab.close();
});

it("settings of the browser hold at once, and those of the server say where they come from", async () => {
  const tab = await Tab.open(shared.browser, server.origin, "/settings");
  const { page } = tab;
  const offline = page.getByRole("row").filter({ hasText: "--offline" });
  await offline.getByText("a flag").waitFor();
  await page.getByText("Only what was said").click();
  await page.getByRole("row").filter({ hasText: "--max-body" }).waitFor({ state: "detached" });
  await page.getByText("Dark", { exact: true }).last().click();
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
  await page.getByText("Ctrl Enter").click();
  await page.getByRole("link", { name: "Playground" }).click();
  await page.getByRole("link", { name: "Chat", exact: true }).click();
  await tab.field("Message").fill("Hello");
  await tab.field("Message").press("Enter");
  expect(await tab.field("Message").inputValue()).toBe("Hello\n");
  await tab.field("Message").press("Control+Enter");
  await tab.done();
  await page.goto(`${server.origin}/settings`);
  await page.getByText("中文").last().click();
  await page.getByRole("heading", { name: "设置" }).waitFor();
  await tab.close();
});

it("no page has a fault that axe finds, in either theme and language", async () => {
  for (const page of PAGES) {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const locale of ["en-US", "zh-CN"]) {
        const tab = await Tab.open(shared.browser, server.origin, `/${page}`, { colorScheme, locale });
        await tab.page.locator("main section h1").waitFor();
        await tab.page.locator(".skeleton").waitFor({ state: "detached" });
        expect(await tab.faults(), `${page} ${colorScheme} ${locale}`).toEqual([]);
        await picture(tab.page, `${page}-${locale}-${colorScheme}`);
        await tab.close();
      }
    }
  }
});

it("the first key locks the page, and opens it again; one that is revoked can be saved", async () => {
  const tab = await Tab.open(shared.browser, server.origin, "/keys");
  const { page } = tab;
  const dialog = page.getByRole("dialog");
  // By keyboard alone.
  await page.getByText("There are no keys").waitFor();
  await tab.button("Create key").focus();
  await page.keyboard.press("Enter");
  await dialog.getByText("From the first key on").waitFor();
  expect(await tab.faults()).toEqual([]);
  await dialog.getByLabel("Name").focus();
  await page.keyboard.type("me");
  await page.keyboard.press("Enter");
  const value = await dialog.getByRole("textbox", { name: "Your new key" }).inputValue();
  expect(value).toMatch(/^sk-admin-/);
  await dialog.getByRole("button", { name: "Use it in this browser" }).focus();
  await page.keyboard.press("Enter");
  const own = page.getByRole("row").filter({ hasText: "admin" });
  await own.getByText("live").waitFor();
  expect(await page.locator("body").textContent()).not.toContain(value);

  await tab.button("Create key").click();
  await dialog.getByLabel("Name").fill("guest");
  await dialog.getByLabel("Scope").selectOption("inference");
  await dialog.getByLabel("Requests per minute").fill("5");
  await dialog.getByRole("button", { name: "Create key" }).click();
  const guest = await dialog.getByRole("textbox", { name: "Your new key" }).inputValue();
  await dialog.getByRole("button", { name: "Done" }).click();
  await page.getByText("5 requests/min").waitFor();
  await tab.button("Change limits: guest").click();
  await dialog.getByLabel("Budget in tokens").fill("1000");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByText("0 of 1.0 K tokens").waitFor();

  await tab.button("Create key").click();
  await dialog.getByLabel("Name").fill("guest");
  await dialog.getByRole("button", { name: "Create key" }).click();
  await dialog.getByText("There is a key named 'guest' already.").waitFor();
  await page.keyboard.press("Escape");

  // A key without the scope is told so.
  const other = await Tab.open(shared.browser, server.origin, "/keys");
  const asked = other.page.getByRole("dialog", { name: "API key" });
  await asked.getByLabel("Key", { exact: true }).fill(guest);
  await asked.getByRole("button", { name: "Use this key" }).click();
  await other.page.getByRole("heading", { name: "Not allowed" }).waitFor();
  expect(await other.faults()).toEqual([]);
  other.expecting("401 (Unauthorized)");
  other.expecting("403 (Forbidden)");
  await other.close();

  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "DELETE") sent.push(request.url());
  });
  await tab.button("Revoke: guest").click();
  await page.getByText(/guest is revoked in \d+ s/).waitFor();
  await tab.button("Undo: guest").click();
  await page.getByText(/is revoked in/).waitFor({ state: "detached" });
  expect(sent).toEqual([]);
  await tab.button("Revoke: guest").click();
  await page.getByRole("checkbox", { name: "Show 1 key that has ended" }).waitFor();
  expect(sent.length).toBe(1);
  const listed = await shell(`lyceum keys --database-url '${database}' ls`);
  expect(listed).toMatch(/guest .* revoked/);
  tab.expecting("400 (Bad Request)");
  await tab.close();
});
