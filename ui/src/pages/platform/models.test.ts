import { expect, it } from "vitest";
import { Rate } from "./models.ts";

it("a rate is that of the last ten seconds, and begins anew with a new try", () => {
  const rate = new Rate();
  expect(rate.at(0, 0)).toBeNull();
  expect(rate.at(500, 50)).toBeNull();
  expect(rate.at(1000, 200)).toBe(200);
  expect(rate.at(10_500, 9_700)).toBe(1000);
  expect(rate.at(11_000, 5)).toBeNull();
});
