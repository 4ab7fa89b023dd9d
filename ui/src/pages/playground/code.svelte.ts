/** Code mode: what stands between a text and what follows it. */

import { fromQuery, toQuery } from "../../lib/address.ts";
import { Failure, stream, type CompletionChunk, type Usage } from "../../lib/api.ts";
import { later } from "../../lib/later.ts";
import { models } from "../../lib/models.svelte.ts";
import { Pace, type Stats } from "../../lib/pace.ts";
import {
  anySeed,
  completionBody,
  DEFAULTS,
  restored,
  type CompletionBody,
  type Params,
} from "../../lib/request.ts";
import { router } from "../../lib/router.svelte.ts";
import type { CodeStart } from "../../lib/start.ts";
import { LANGUAGES, type Language } from "../../lib/stops.ts";
import { keep, recall } from "../../lib/storage.ts";
import type { Ending } from "./session.svelte.ts";

export const PATH = "/playground/code";
/** Code wants less chance than prose. */
export const CODE_DEFAULTS: Params = { ...DEFAULTS, temperature: 0.2, maxTokens: 64, show: "off" };

const DRAFT = "code.draft";
const PARAMS = "code.params";
const PREFIX = `def mean(numbers):
    """The mean of a list of numbers; 0 if it is empty."""
`;
const SUFFIX = `
    return total / len(numbers)
`;

interface Draft {
  prefix: string;
  suffix: string;
  language: Language;
}

interface Step {
  prefix: string;
  suffix: string;
  answer: string | null;
}

class Code {
  prefix = $state("");
  suffix = $state("");
  language = $state<Language>("python");
  params = $state(restored(CODE_DEFAULTS, recall(PARAMS, {})));
  /** What the model would insert; none before it was asked. */
  answer = $state.raw<string | null>(null);
  running = $state(false);
  ending = $state<Ending | null>(null);
  failure = $state.raw<Failure | null>(null);
  stats = $state.raw<Stats | null>(null);
  sent = $state.raw<CompletionBody | null>(null);
  /** What the server said of models that it refused to insert with. */
  #refused = $state.raw<Record<string, string>>({});
  #steps = $state.raw<Step[]>([]);
  #abort: AbortController | null = null;

  constructor() {
    const kept = recall<Partial<Draft>>(DRAFT, {});
    this.prefix = kept.prefix ?? PREFIX;
    this.suffix = kept.suffix ?? SUFFIX;
    this.language = LANGUAGES.find((language) => language === kept.language) ?? "python";
  }

  /**
   * Whether the model can insert. Its card says so; where there are no cards, what the server said
   * when it was asked. A text without an end is gone on with by any model.
   */
  get cannot(): "card" | { said: string } | null {
    const { model } = this.params;
    if (this.suffix === "") return null;
    const card = models.card(model);
    if (card && !card.can.includes("insert")) return "card";
    const said = this.#refused[model];
    return said === undefined ? null : { said };
  }

  get next(): CompletionBody {
    const params = { ...$state.snapshot(this.params), bestOf: 1, show: "off" as const };
    const body = completionBody(params, this.prefix, params.seed ?? anySeed());
    return this.suffix === "" ? body : { ...body, suffix: this.suffix };
  }

  get canUndo(): boolean {
    return this.#steps.length > 0 && !this.running;
  }

  begin({ prefix, suffix, params }: CodeStart): void {
    if (this.running) return;
    if (prefix !== null) {
      this.#remember();
      [this.prefix, this.suffix, this.answer] = [prefix, suffix, null];
    }
    const { model } = this.params;
    Object.assign(this.params, restored(CODE_DEFAULTS, { model, ...params }));
  }

  start(withText: boolean): CodeStart {
    const { prefix, suffix } = this;
    const params = $state.snapshot(this.params);
    return { prefix: withText ? prefix : null, suffix: withText ? suffix : "", params };
  }

  readAddress(): void {
    const said = fromQuery(router.state, this.params, CODE_DEFAULTS);
    if (said) Object.assign(this.params, said);
  }

  async run(): Promise<void> {
    if (this.running || this.params.model === "" || this.cannot !== null) return;
    const body = this.next;
    const abort = new AbortController();
    this.#abort = abort;
    this.#remember();
    this.running = true;
    this.sent = body;
    [this.answer, this.ending, this.failure, this.stats] = [null, null, null, null];
    const pace = new Pace();
    let usage: Usage | null = null;
    let [text, count, frame] = ["", 0, 0];
    const flush = () => {
      cancelAnimationFrame(frame);
      frame = 0;
      this.answer = text;
      this.stats = pace.stats(count, usage);
    };
    try {
      for await (const chunk of stream<CompletionChunk>("/v1/completions", body, abort.signal)) {
        for (const choice of chunk.choices) {
          text += choice.text;
          if (choice.text !== "") {
            count++;
            pace.beat();
          }
          if (choice.finish_reason) this.ending = choice.finish_reason;
        }
        usage = chunk.usage ?? usage;
        frame ||= requestAnimationFrame(flush);
      }
      flush();
    } catch (error) {
      if (text !== "") flush();
      else this.#steps = this.#steps.slice(0, -1);
      this.ending = abort.signal.aborted ? "stopped" : "failed";
      if (!abort.signal.aborted) this.#fail(body.model, error);
    }
    this.running = false;
  }

  stop(): void {
    this.#abort?.abort();
  }

  /** Puts the answer where it belongs. */
  take(): void {
    if (this.running || this.answer === null) return;
    this.#remember();
    this.prefix += this.answer;
    this.answer = null;
  }

  undo(): void {
    const step = this.#steps.at(-1);
    if (!step || this.running) return;
    this.#steps = this.#steps.slice(0, -1);
    ({ prefix: this.prefix, suffix: this.suffix, answer: this.answer } = step);
    [this.ending, this.failure, this.stats] = [null, null, null];
  }

  save = later(() => {
    const { prefix, suffix, language } = this;
    keep(DRAFT, { prefix, suffix, language } satisfies Draft);
  });

  saveParams = later(() => {
    keep(PARAMS, this.params);
    router.say(PATH, toQuery(this.params, CODE_DEFAULTS));
  });

  #fail(model: string, error: unknown): void {
    this.failure = error instanceof Failure ? error : new Failure(String(error));
    const { param, message } = this.failure;
    if (param === "suffix") {
      this.#refused = { ...this.#refused, [model]: message };
      this.failure = null;
    }
  }

  #remember(): void {
    const { prefix, suffix, answer } = this;
    this.#steps = [...this.#steps.slice(-49), { prefix, suffix, answer }];
  }
}

/** Kept while other pages are looked at. */
export const code = new Code();
