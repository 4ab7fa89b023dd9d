/** Which keys mean what. */

import { recall } from "./storage.ts";

interface Key {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
  isComposing: boolean;
  keyCode: number;
}

/**
 * Whether an input method takes the key: Enter then confirms characters. Safari says so by the key
 * code 229 only.
 */
export function composing(event: Key): boolean {
  return event.isComposing || event.keyCode === 229;
}

/** Ctrl+Enter, or ⌘ Enter. */
export function submits(event: Key): boolean {
  return event.key === "Enter" && (event.ctrlKey || event.metaKey) && !composing(event);
}

/** Enter alone, where a line is all one writes. */
export function enters(event: Key): boolean {
  return event.key === "Enter" && !event.shiftKey && !event.altKey && !composing(event);
}

export const SEND_KEYS = ["enter", "mod"] as const;
/** What sends a message: Enter, or Ctrl+Enter while Enter begins a new line. */
export type SendKey = (typeof SEND_KEYS)[number];

export function sendKey(): SendKey {
  return recall<SendKey>("sendKey", "enter") === "mod" ? "mod" : "enter";
}

/** The key by which the reader sends messages. */
export function sends(event: Key): boolean {
  return sendKey() === "mod" ? submits(event) : enters(event);
}

export const isMac =
  typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform ?? "");

/** How people write the key that goes with others. */
export const MOD = isMac ? "⌘" : "Ctrl";

/** Whether a window is open over the page, whose keys are its own. */
export function inDialog(): boolean {
  return document.querySelector("dialog[open]") !== null;
}
