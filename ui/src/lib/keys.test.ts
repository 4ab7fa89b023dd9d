import { expect, it } from "vitest";
import { sends, submits } from "./keys.ts";

const enter = {
  key: "Enter",
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  isComposing: false,
  keyCode: 13,
};

it("Enter sends, and with Shift it begins a line", () => {
  expect(sends(enter)).toBe(true);
  expect(sends({ ...enter, shiftKey: true })).toBe(false);
});

it("Ctrl+Enter and ⌘ Enter submit", () => {
  expect(submits({ ...enter, ctrlKey: true })).toBe(true);
  expect(submits({ ...enter, metaKey: true })).toBe(true);
  expect(submits(enter)).toBe(false);
});

it("nothing is sent while an input method composes", () => {
  for (const how of [{ isComposing: true }, { keyCode: 229 }]) {
    expect(sends({ ...enter, ...how })).toBe(false);
    expect(submits({ ...enter, ctrlKey: true, ...how })).toBe(false);
  }
});
