import { expect, it } from "vitest";
import { inside } from "./router.svelte.ts";

it("paths are read below the base path, and only there", () => {
  expect(inside("/playground/complete", "")).toBe("/playground/complete");
  expect(inside("/playground/complete/", "")).toBe("/playground/complete");
  expect(inside("/team/ai/playground", "/team/ai")).toBe("/playground");
  expect(inside("/team/ai", "/team/ai")).toBe("/");
  expect(inside("/team/air", "/team/ai")).toBeNull();
  expect(inside("/other", "/team/ai")).toBeNull();
});
