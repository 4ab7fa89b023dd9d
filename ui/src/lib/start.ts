/** What one page hands to another: a text or a conversation to begin with, and the knobs for it. */

import type { ChatParams, Message } from "./chat.ts";
import type { Params } from "./request.ts";
import { router } from "./router.svelte.ts";

export interface CompleteStart {
  prompt: string;
  params: Partial<Params>;
}

/** The last message is still to be sent. */
export interface ChatStart {
  messages: Message[];
  params: Partial<ChatParams>;
}

let waiting: CompleteStart | ChatStart | null = null;

/** Opens the mode that the start is for. */
export function open(start: CompleteStart | ChatStart): void {
  waiting = start;
  router.go("prompt" in start ? "/playground/complete" : "/playground/chat");
}

/** The start that waits for Complete mode; it is handed over once. */
export function completeStart(): CompleteStart | null {
  if (!waiting || !("prompt" in waiting)) return null;
  const start = waiting;
  waiting = null;
  return start;
}

/** The same for Chat mode. */
export function chatStart(): ChatStart | null {
  if (!waiting || "prompt" in waiting) return null;
  const start = waiting;
  waiting = null;
  return start;
}
