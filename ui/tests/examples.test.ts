/** The gallery, whose examples all run. */

import { expect, it } from "vitest";
import { onServer } from "./browser.ts";

const server = onServer();

it("an example comes with its knobs, answers, and takes nothing away", async () => {
  const tab = await server.open("/playground/complete");
  await tab.write("My own text");
  const gallery = async (title: string) => {
    await tab.page.getByRole("link", { name: "Examples" }).click();
    await tab.page.getByRole("searchbox", { name: "Search" }).fill(title);
    await tab.button(`Open: ${title}`).click();
  };

  await gallery("Questions and answers");
  await tab.submit();
  await tab.done();
  expect(await tab.text.inputValue()).toMatch(/What do cows eat\?\nA:[^\n]+\n\nQ: $/);
  expect(await tab.page.getByRole("spinbutton", { name: "Temperature" }).inputValue()).toBe("0.00");
  await tab.button("Undo").click();
  await tab.button("Undo").click();
  expect(await tab.text.inputValue()).toBe("My own text");

  await gallery("An answer of a given form");
  expect(await tab.field("Message").inputValue()).toContain("Mia");
  await tab.field("Message").press("Enter");
  await tab.done();
  const answer = await tab.page.locator(".markdown").textContent();
  expect(Object.keys(JSON.parse(answer ?? ""))).toEqual(["name", "age", "hobbies"]);
  await tab.close();
});
