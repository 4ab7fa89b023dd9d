import { expect, it } from "vitest";
import { commands, found, type Command } from "./commands.ts";

const command = (name: string, kind = "Page"): Command => ({ name, kind, run: () => undefined });
const all = [command("View code"), command("Code"), command("Decode"), command("smol", "Model")];
const names = (written: string) => found(all, written).map(({ name }) => name);

it("what begins with what is written comes first", () => {
  expect(names("")).toEqual(["View code", "Code", "Decode", "smol"]);
  expect(names(" code ")).toEqual(["Code", "View code", "Decode"]);
  expect(names("model s")).toEqual(["smol"]);
  expect(names("nothing")).toEqual([]);
});

it("what a page offers goes with the page", () => {
  const back = commands.offer(() => [command("Share")]);
  expect(commands.all.map(({ name }) => name)).toEqual(["Share"]);
  back();
  expect(commands.all).toEqual([]);
});
