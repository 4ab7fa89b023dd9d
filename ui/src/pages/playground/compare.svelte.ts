/** Compare mode: the same question to two to four models or settings at once, and which was best. */

import { fromQuery, toQuery } from "../../lib/address.ts";
import {
  Failure,
  prefer,
  stream,
  type CompletionChunk,
  type Preference,
  type Usage,
} from "../../lib/api.ts";
import { chatBody, type ChatBody, type ChatChunk, type Message } from "../../lib/chat.ts";
import { later } from "../../lib/later.ts";
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
import { checked, type CompareStart } from "../../lib/start.ts";
import { keep, recall } from "../../lib/storage.ts";
import type { Ending } from "./session.svelte.ts";

export const PATH = "/playground/compare";
export const FEWEST = 2;
export const MOST = 4;
/** How answers are called where nobody is to know whose they are. */
export const LETTERS = ["A", "B", "C", "D"];
/** Probabilities are not compared, so they are not asked for. */
export const COMPARE_DEFAULTS: Params = { ...DEFAULTS, show: "off" };

export type Vote = number | "tie" | "none";
type As = CompareStart["as"];

const NAME = "compare";

interface Kept extends CompareStart {
  blind: boolean;
  sync: boolean;
}

/** One model, or one setting, and its answer. */
export class Column {
  id: number;
  params: Params = $state(COMPARE_DEFAULTS);
  text = $state.raw("");
  running = $state(false);
  ending = $state<Ending | null>(null);
  failure = $state.raw<Failure | null>(null);
  stats = $state.raw<Stats | null>(null);
  sent = $state.raw<CompletionBody | ChatBody | null>(null);

  constructor(id: number, params: Partial<Params>) {
    this.id = id;
    this.params = restored(COMPARE_DEFAULTS, { ...params, show: "off", bestOf: 1 });
  }

  body(as: As, asked: string, system: string): CompletionBody | ChatBody {
    const params = $state.snapshot(this.params);
    const seed = params.seed ?? anySeed();
    if (as === "complete") return completionBody(params, asked, seed);
    const own = { format: "text" as const, schema: "", tools: [], toolChoice: "auto" };
    return chatBody({ ...params, ...own }, messages(asked, system), seed);
  }

  async run(body: CompletionBody | ChatBody, signal: AbortSignal): Promise<void> {
    this.clear();
    this.running = true;
    this.sent = body;
    const pace = new Pace();
    let text = "";
    let count = 0;
    let frame = 0;
    let usage: Usage | null = null;
    const flush = () => {
      cancelAnimationFrame(frame);
      frame = 0;
      this.text = text;
      this.stats = pace.stats(count, usage);
    };
    const path = "messages" in body ? "/v1/chat/completions" : "/v1/completions";
    try {
      for await (const chunk of stream<CompletionChunk | ChatChunk>(path, body, signal)) {
        for (const choice of chunk.choices) {
          const piece = "text" in choice ? choice.text : (choice.delta.content ?? "");
          text += piece;
          if (piece !== "") {
            count++;
            pace.beat();
          }
          if (choice.finish_reason) this.ending = choice.finish_reason;
        }
        usage = chunk.usage ?? usage;
        frame ||= requestAnimationFrame(flush);
      }
    } catch (error) {
      this.ending = signal.aborted ? "stopped" : "failed";
      if (!signal.aborted) this.failure = error instanceof Failure ? error : new Failure(String(error));
    }
    flush();
    this.running = false;
  }

  clear(): void {
    this.text = "";
    this.ending = null;
    this.failure = null;
    this.stats = null;
  }

  get answered(): boolean {
    return !this.running && this.text !== "";
  }
}

function messages(asked: string, system: string): Message[] {
  const user = { role: "user" as const, content: asked };
  return system.trim() === "" ? [user] : [{ role: "system", content: system }, user];
}

export class Compare {
  as = $state<As>("chat");
  asked = $state("");
  system = $state("");
  columns = $state.raw<Column[]>([]);
  blind = $state(false);
  /** Whether a knob of one column is a knob of all. */
  sync = $state(true);
  /** The column whose knobs are shown. */
  selected = $state(0);
  vote = $state<Vote | null>(null);
  saving = $state(false);
  /** Why a vote was not kept. */
  refused = $state.raw<Failure | null>(null);
  /** Whether the answers that are there came blind. */
  #shuffled = $state(false);
  #abort: AbortController | null = null;
  #nextId = 1;

  constructor() {
    const kept = recall<Partial<Kept>>(NAME, {});
    const start = checked(kept) as CompareStart | null;
    this.#take(start ?? { asked: "", system: "", as: "chat", columns: [{}, { temperature: 0 }] });
    this.blind = kept.blind === true;
    this.sync = kept.sync !== false;
  }

  get running(): boolean {
    return this.columns.some((column) => column.running);
  }

  /** Whether nobody is to know which answer is whose. */
  get hidden(): boolean {
    return this.#shuffled && this.vote === null;
  }

  /** Votes are on answers that were seen side by side, and to their ends. */
  get canVote(): boolean {
    const answered = this.columns.filter((column) => column.answered);
    return !this.running && this.vote === null && answered.length >= FEWEST;
  }

  begin(start: CompareStart): void {
    if (this.running) return;
    const asked = start.asked ?? this.asked;
    this.#take({ ...start, asked });
    // What differs in the link stays so.
    const knobs = this.columns.map(({ params }) => ({ ...$state.snapshot(params), model: "" }));
    const [first, ...others] = knobs.map((each) => JSON.stringify(each));
    this.sync = others.every((other) => other === first);
    this.save();
  }

  start(withText: boolean): CompareStart {
    const { as, asked, system } = this;
    const columns = this.columns.map((column) => $state.snapshot(column.params));
    return { asked: withText ? asked : null, system: withText ? system : "", as, columns };
  }

  readAddress(): void {
    const names = router.state.getAll("m").slice(0, MOST);
    const first = this.columns[0]?.params ?? COMPARE_DEFAULTS;
    const said = fromQuery(router.state, first, COMPARE_DEFAULTS);
    if (names.length < FEWEST) return;
    const { as, asked, system } = this;
    const columns = names.map((model, i) => ({
      ...(said ?? this.columns[i]?.params ?? first),
      model,
    }));
    this.#take({ as, asked, system, columns });
  }

  add(): void {
    if (this.columns.length >= MOST || this.running) return;
    const last = this.columns.at(-1);
    const column = new Column(this.#nextId++, last ? $state.snapshot(last.params) : {});
    this.#set([...this.columns, column]);
    this.selected = this.columns.length - 1;
  }

  remove(column: Column): void {
    if (this.columns.length <= FEWEST || this.running) return;
    this.#set(this.columns.filter((other) => other !== column));
    this.selected = Math.min(this.selected, this.columns.length - 1);
  }

  /** What is turned at one column is turned at all, but for the model. */
  turned(): void {
    const from = this.columns[this.selected];
    if (this.sync && from) {
      const { model: _, ...knobs } = $state.snapshot(from.params);
      for (const column of this.columns) if (column !== from) Object.assign(column.params, knobs);
    }
    this.save();
  }

  async run(): Promise<void> {
    if (this.running || this.asked.trim() === "" || this.columns.some((c) => c.params.model === "")) {
      return;
    }
    this.#forget();
    this.#shuffled = this.blind;
    if (this.blind) this.columns = shuffled(this.columns);
    const abort = new AbortController();
    this.#abort = abort;
    const { as, asked, system } = this;
    await Promise.all(
      this.columns.map((column) => column.run(column.body(as, asked, system), abort.signal)),
    );
  }

  stop(): void {
    this.#abort?.abort();
  }

  /** A vote by a place, or on all; what is whose may be seen from here on. */
  async choose(vote: Vote): Promise<void> {
    if (!this.canVote || this.saving) return;
    this.saving = true;
    this.refused = null;
    try {
      await prefer(this.preference(vote));
      this.vote = vote;
      this.save();
    } catch (error) {
      this.refused = error instanceof Failure ? error : new Failure(String(error));
    }
    this.saving = false;
  }

  /** What is kept of a vote: the answers as they were shown, and only those that came. */
  preference(vote: Vote): Preference {
    const { asked, system } = this;
    const answered = this.columns.filter((column) => column.answered);
    const winner = typeof vote === "number" ? this.columns[vote] : undefined;
    const conversation = this.columns.some((column) => column.sent && "messages" in column.sent);
    return {
      prompt: conversation ? null : asked,
      messages: conversation ? messages(asked, system) : null,
      candidates: answered.map(({ params, text, sent }) => ({
        model: params.model,
        parameters: settings(sent),
        text,
      })),
      choice: winner ? answered.indexOf(winner) : (vote as "tie" | "none"),
      blind: this.#shuffled,
    };
  }

  save = later(() => {
    const { blind, sync } = this;
    keep(NAME, { ...this.start(true), blind, sync });
    const [first] = this.columns;
    // The address would tell which answer is whose.
    if (!first || this.hidden) return;
    const state = toQuery(first.params, COMPARE_DEFAULTS);
    state.delete("model");
    const all = new URLSearchParams(this.columns.map((c) => ["m", c.params.model]));
    // Settings that differ are told by the link that is shared.
    if (this.sync) for (const [name, value] of state) all.append(name, value);
    router.say(PATH, all);
  });

  #take({ as, asked, system, columns }: CompareStart): void {
    this.as = as;
    this.asked = asked ?? "";
    this.system = system;
    const some = columns.slice(0, MOST);
    while (some.length < FEWEST) some.push({ ...some[0] });
    this.#set(some.map((params) => new Column(this.#nextId++, params)));
    this.selected = 0;
  }

  #set(columns: Column[]): void {
    this.columns = columns;
    this.#forget();
  }

  #forget(): void {
    for (const column of this.columns) column.clear();
    this.vote = null;
    this.refused = null;
    this.#shuffled = false;
  }
}

/** A request's knobs, without what was asked and how it was sent. */
function settings(sent: CompletionBody | ChatBody | null): object {
  const knobs: Record<string, unknown> = { ...sent };
  for (const name of ["model", "prompt", "messages", "stream", "stream_options"]) delete knobs[name];
  return knobs;
}

function shuffled<T>(all: T[]): T[] {
  const mixed = [...all];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!];
  }
  return mixed;
}

/** Kept while other pages are looked at. */
export const compare = new Compare();
