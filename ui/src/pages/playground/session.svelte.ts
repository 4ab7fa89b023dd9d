/** Complete mode: a document, the knobs, and answers as they come. */

import { Failure, stream, type CompletionChunk, type Usage } from "../../lib/api.ts";
import { fromQuery, toQuery } from "../../lib/address.ts";
import { Document, type Snapshot } from "../../lib/document.svelte.ts";
import { later } from "../../lib/later.ts";
import { Pace, type Stats } from "../../lib/pace.ts";
import {
  anySeed,
  completionBody,
  DEFAULTS,
  restored,
  type CompletionBody,
} from "../../lib/request.ts";
import { router } from "../../lib/router.svelte.ts";
import type { CompleteStart } from "../../lib/start.ts";
import { keep, recall } from "../../lib/storage.ts";
import { Reader, textOf, type Candidate, type Cell } from "../../lib/tokens.ts";
import { history } from "./history.svelte.ts";

export type Ending = "stop" | "length" | "tool_calls" | "stopped" | "failed";

/** One of several answers to the same prompt. */
export interface Answer {
  text: string;
  cells: Cell[];
  mean: number;
  finished: boolean;
}

/** A document as it was, for undo; and the answers that could stand at its end. */
interface Step {
  document: Snapshot;
  versions: Snapshot[];
  version: number;
  answers: Answer[];
}

export const PATH = "/playground/complete";
const DRAFT = "complete.draft";
const PARAMS = "complete.params";

export class Session {
  document = new Document();
  params = $state(restored(DEFAULTS, recall(PARAMS, {})));
  running = $state(false);
  ending = $state<Ending | null>(null);
  failure = $state.raw<Failure | null>(null);
  stats = $state.raw<Stats | null>(null);
  /** The last request, as it was sent. */
  sent = $state.raw<CompletionBody | null>(null);
  /** All candidates, where the best of several was asked for. */
  answers = $state.raw<Answer[]>([]);
  /** What Again and branches made from the same prompt, and which of it is shown. */
  versions = $state.raw<Snapshot[]>([]);
  version = $state(0);
  #steps = $state.raw<Step[]>([]);
  /** The prompt of the last answer, and the document before it. */
  #prompt: Snapshot | null = null;
  #abort: AbortController | null = null;

  constructor() {
    this.document.restore(recall<Snapshot>(DRAFT, { text: "", cells: [] }));
  }

  get canUndo(): boolean {
    return this.#steps.length > 0 && !this.running;
  }

  get canRepeat(): boolean {
    return this.versions.length > 0 && !this.running;
  }

  /** What Submit would send. */
  get next(): CompletionBody {
    const { params, document } = this;
    return completionBody(params, document.text + params.injectStart, params.seed ?? anySeed());
  }

  /** Goes on from the whole document. */
  async submit(): Promise<void> {
    if (this.running || this.params.model === "") return;
    const { text, cells } = this.document.snapshot;
    this.#remember();
    this.versions = [];
    await this.#answer({ text: text + this.params.injectStart, cells });
  }

  /** Answers the last prompt once more. */
  async again(): Promise<void> {
    if (!this.canRepeat || !this.#prompt) return;
    this.#remember();
    this.versions = this.versions.with(this.version, this.document.snapshot);
    await this.#answer(this.#prompt);
  }

  /** Takes another candidate for a token, drops what followed, and goes on from there. */
  async branch(cell: Cell, token: number, candidate: Candidate): Promise<void> {
    const prompt = this.branched(cell, token, candidate);
    if (!prompt || this.running) return;
    this.#remember();
    if (this.versions.length === 0) this.version = 0;
    this.versions = this.versions.toSpliced(this.version, 1, this.document.snapshot);
    await this.#answer(prompt);
  }

  /** The document up to another candidate; `null` if that ends within a character. */
  branched(cell: Cell, token: number, candidate: Candidate): Snapshot | null {
    const kept = cell.tokens.slice(0, token);
    const text = textOf([...kept.map((t) => t.name), candidate.name]);
    const instead = cell.tokens[token];
    if (text === null || !instead) return null;
    const start = cell.start;
    const tokens = [...kept, { ...instead, ...candidate }];
    const before = this.document.cells.filter((other) => other.end <= start);
    return {
      text: this.document.text.slice(0, start) + text,
      cells: [...before, { start, end: start + text.length, tokens }],
    };
  }

  stop(): void {
    this.#abort?.abort();
  }

  undo(): void {
    if (!this.canUndo) return;
    this.#back();
    this.#quiet();
    this.save();
  }

  /** Shows another of the answers to the same prompt. */
  show(version: number): void {
    const snapshot = this.versions[version];
    if (!snapshot || this.running) return;
    this.versions = this.versions.with(this.version, this.document.snapshot);
    this.version = version;
    this.document.restore(this.versions[version] ?? snapshot);
    this.save();
  }

  /** Puts another candidate where the best one stands. */
  choose(answer: Answer): void {
    if (this.running || !this.#prompt) return;
    this.#remember();
    this.#place(this.#prompt, answer);
  }

  edit(text: string): void {
    this.document.edit(text);
    this.save();
  }

  /** A text from elsewhere: an example, or an earlier run. */
  open(snapshot: Snapshot): void {
    if (this.running) return;
    this.#remember();
    this.document.restore(snapshot);
    this.versions = [];
    this.answers = [];
    this.#quiet();
    this.save();
  }

  /** What was begun elsewhere: its text, its knobs, and the defaults of the others. */
  begin({ prompt, params }: CompleteStart): void {
    if (this.running) return;
    if (prompt !== null) {
      this.open({ text: prompt, cells: [] });
      this.sent = null;
    }
    const { model } = this.params;
    Object.assign(this.params, restored(DEFAULTS, { model, ...params }));
  }

  /** What would begin the same elsewhere, with the text or without. */
  start(withText: boolean): CompleteStart {
    const prompt = withText ? this.document.text : null;
    return { prompt, params: $state.snapshot(this.params) };
  }

  /** Takes the parameters that the page's address says. */
  readAddress(): void {
    const said = fromQuery(router.state, this.params, DEFAULTS);
    if (said) Object.assign(this.params, said);
  }

  /** Keeps the document for later visits. Writing a long one down takes longer than a keystroke may. */
  save = later(() => {
    if (!keep(DRAFT, this.document.snapshot)) keep(DRAFT, { text: this.document.text, cells: [] });
  });

  saveParams = later(() => {
    keep(PARAMS, this.params);
    router.say(PATH, toQuery(this.params, DEFAULTS));
  });

  #quiet(): void {
    this.ending = null;
    this.failure = null;
    this.stats = null;
  }

  #remember(): void {
    const { versions, version, answers } = this;
    const step = { document: this.document.snapshot, versions, version, answers };
    this.#steps = [...this.#steps.slice(-49), step];
  }

  async #answer(prompt: Snapshot): Promise<void> {
    const params = $state.snapshot(this.params);
    const body = completionBody(params, prompt.text, params.seed ?? anySeed());
    this.#quiet();
    this.running = true;
    this.sent = body;
    this.#prompt = prompt;
    this.answers = [];
    this.document.restore(prompt);
    const abort = new AbortController();
    this.#abort = abort;
    const run = new Run(this, prompt, params.bestOf);
    try {
      for await (const chunk of stream<CompletionChunk>("/v1/completions", body, abort.signal)) {
        run.take(chunk);
      }
      this.ending = run.ending;
    } catch (error) {
      this.ending = abort.signal.aborted ? "stopped" : "failed";
      if (!abort.signal.aborted) {
        this.failure = error instanceof Failure ? error : new Failure(String(error));
      }
    }
    run.flush();
    this.running = false;
    if (run.count > 0) this.#finish(prompt, run);
    // Nothing came: the document is what it was, and what went wrong is still told.
    else this.#back();
    this.save();
  }

  #back(): void {
    const step = this.#steps.at(-1);
    if (!step) return;
    this.#steps = this.#steps.slice(0, -1);
    this.document.restore(step.document);
    this.versions = step.versions;
    this.version = step.version;
    this.answers = step.answers;
  }

  #finish(prompt: Snapshot, run: Run): void {
    const best = run.best;
    if (this.params.bestOf > 1) this.answers = run.answers;
    this.#place(prompt, best);
    if (this.sent) history.add(this.sent, this.document.snapshot);
  }

  #place(prompt: Snapshot, answer: Answer): void {
    const text = prompt.text + answer.text + this.params.injectRestart;
    this.document.restore({ text, cells: [...prompt.cells, ...answer.cells] });
    this.versions = [...this.versions, this.document.snapshot];
    this.version = this.versions.length - 1;
    this.save();
  }
}

/** One request under way. What comes is shown once per frame, however fast it comes. */
class Run {
  ending: Ending = "stop";
  #session: Session;
  #prompt: Snapshot;
  #readers: Reader[];
  #finished = new Set<number>();
  #pace = new Pace();
  #usage: Usage | null = null;
  #frame = 0;

  constructor(session: Session, prompt: Snapshot, answers: number) {
    this.#session = session;
    this.#prompt = prompt;
    this.#readers = Array.from({ length: answers }, () => new Reader(prompt.text));
  }

  take(chunk: CompletionChunk): void {
    for (const choice of chunk.choices) {
      const reader = this.#readers[choice.index];
      reader?.add(choice.text, choice.logprobs);
      if (choice.finish_reason) {
        this.#finished.add(choice.index);
        this.ending = choice.finish_reason;
      }
      if (choice.text !== "" || choice.logprobs?.tokens.length) {
        this.#pace.beat();
      }
    }
    if (chunk.usage) this.#usage = chunk.usage;
    this.#frame ||= requestAnimationFrame(() => this.flush());
  }

  flush(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const [reader] = this.#readers;
    if (this.#readers.length === 1 && reader) {
      const { text, cells } = this.#prompt;
      this.#session.document.restore({
        text: text + reader.text,
        cells: [...cells, ...reader.cells],
      });
    } else {
      this.#session.answers = this.answers;
    }
    this.#session.stats = this.#pace.stats(this.count, this.#usage);
  }

  get count(): number {
    return this.#readers.reduce((sum, reader) => sum + reader.count, 0);
  }

  get answers(): Answer[] {
    return this.#readers.map((reader, i) => ({
      text: reader.text,
      cells: reader.cells,
      mean: reader.mean,
      finished: this.#finished.has(i),
    }));
  }

  /** The best candidate that is whole, or else the best that there is. */
  get best(): Answer {
    const answers = this.answers;
    const whole = answers.filter((answer) => answer.finished);
    return bestOf(whole.length > 0 ? whole : answers);
  }
}

/** OpenAI's rule: the highest log-probability per token. */
export function bestOf(answers: Answer[]): Answer {
  return answers.reduce((best, answer) => (answer.mean > best.mean ? answer : best));
}

/** Kept while other pages are looked at. */
export const session = new Session();
