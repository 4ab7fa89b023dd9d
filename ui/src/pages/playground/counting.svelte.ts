/** How many tokens a text has, asked of the server while one types. */

import { countMessages, tokenize, type Tokenization } from "../../lib/api.ts";
import { inputOf, waitsForResult, type Message } from "../../lib/chat.ts";
import type { Tool } from "../../lib/schema.ts";

const PAUSE_MS = 350;

type Count = (signal: AbortSignal) => Promise<Pick<Tokenization, "count" | "context">>;

export class Counting {
  tokens = $state<number | null>(null);
  context = $state<number | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #abort: AbortController | undefined;

  /** Counts `text` once nothing more is typed. */
  later(model: string, text: string): void {
    this.#later(model, (signal) => tokenize(model, text, signal));
  }

  /** The same for a conversation, with what the model's template puts around it. */
  messagesLater(model: string, messages: Message[], tools: Tool[]): void {
    if (waitsForResult(messages)) {
      // The server counts no conversation in which a call has no result yet.
      this.stop();
      this.tokens = null;
      return;
    }
    const input = inputOf(messages);
    const described = tools.map(({ type, function: own }) => ({
      type,
      strict: false,
      ...own,
    }));
    this.#later(model, async (signal) => {
      const { context } = await tokenize(model, "", signal);
      return { count: await countMessages(model, input, described, signal), context };
    });
  }

  #later(model: string, count: Count): void {
    this.stop();
    if (model === "") return;
    this.#timer = setTimeout(() => void this.#run(count), PAUSE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
  }

  async #run(ask: Count): Promise<void> {
    this.#abort = new AbortController();
    try {
      const { count, context } = await ask(this.#abort.signal);
      this.tokens = count;
      this.context = context;
    } catch {
      // A count that cannot be had is not worth a word: submitting tells why.
      this.tokens = null;
    }
  }
}
