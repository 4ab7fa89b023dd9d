/** Chat mode: a conversation that can be edited at every place, and answers as they come. */

import { Failure, stream } from "../../lib/api.ts";
import {
  chatBody,
  FORMATS,
  Offsets,
  type ChatBody,
  type ChatChunk,
  type ChatParams,
  type Message,
  type Role,
} from "../../lib/chat.ts";
import { later } from "../../lib/later.ts";
import { Pace, type Stats } from "../../lib/pace.ts";
import { anySeed, DEFAULTS, restored } from "../../lib/request.ts";
import type { ChatStart } from "../../lib/start.ts";
import { keep, recall } from "../../lib/storage.ts";
import { Reader, type Cell } from "../../lib/tokens.ts";
import type { Ending } from "./session.svelte.ts";

export interface Version {
  content: string;
  cells: Cell[];
}

/** A message, in all versions that were made of it. */
export interface Turn {
  id: number;
  role: Role;
  versions: Version[];
  version: number;
}

interface Kept {
  system: string;
  turns: Turn[];
  draft: string;
}

const NAME = "chat.conversation";
const PARAMS = "chat.params";
const SCHEMA = '{\n  "type": "object",\n  "properties": {}\n}';
const CHAT_DEFAULTS: ChatParams = { ...DEFAULTS, show: "off", format: "text", schema: SCHEMA };

export class Conversation {
  system = $state("");
  turns = $state.raw<Turn[]>([]);
  draft = $state("");
  params = $state(restored(CHAT_DEFAULTS, recall(PARAMS, {})));
  running = $state(false);
  /** The turn that is being written. */
  writing = $state<number | null>(null);
  ending = $state<Ending | null>(null);
  failure = $state.raw<Failure | null>(null);
  stats = $state.raw<Stats | null>(null);
  sent = $state.raw<ChatBody | null>(null);
  /** The conversation as it was before each change. */
  #steps = $state.raw<Kept[]>([]);
  #nextId = 1;
  #abort: AbortController | null = null;

  constructor() {
    const kept = recall<Kept>(NAME, { system: "", turns: [], draft: "" });
    this.#restore(kept);
    this.#nextId = Math.max(0, ...kept.turns.map((turn) => turn.id)) + 1;
    if (!FORMATS.includes(this.params.format)) this.params.format = "text";
  }

  /** All messages before a turn, or of the whole conversation. */
  messages(before = this.turns.length): Message[] {
    const turns = this.turns.slice(0, before);
    const said = turns.map((turn) => ({ role: turn.role, content: text(turn) }));
    const system = this.system.trim() === "" ? [] : [{ role: "system" as const, content: this.system }];
    return [...system, ...said];
  }

  /** What Send would send. Throws `SyntaxError` if the schema is no JSON. */
  get next(): ChatBody {
    const draft = this.draft === "" ? [] : [{ role: "user" as const, content: this.draft }];
    const params = $state.snapshot(this.params);
    return chatBody(params, [...this.messages(), ...draft], params.seed ?? anySeed());
  }

  get canUndo(): boolean {
    return this.#steps.length > 0 && !this.running;
  }

  undo(): void {
    const step = this.#steps.at(-1);
    if (!step || this.running) return;
    this.#steps = this.#steps.slice(0, -1);
    this.#restore(step);
    this.#quiet();
    this.save();
  }

  /** An example: its messages, its knobs, and the defaults of the others. */
  begin({ messages, params }: ChatStart): void {
    if (this.running) return;
    this.#remember();
    this.turns = [];
    this.system = "";
    this.#quiet();
    this.sent = null;
    this.#append(messages.slice(0, -1));
    this.draft = messages.at(-1)?.content ?? "";
    Object.assign(this.params, { ...CHAT_DEFAULTS, model: this.params.model, ...params });
    this.save();
  }

  /** Adds what was typed, and lets the model answer. */
  async send(): Promise<void> {
    if (this.running || this.params.model === "") return;
    if (this.draft.trim() !== "") this.add("user");
    else this.#remember();
    if (this.turns.at(-1)?.role !== "user") return;
    const turn = this.#turn("assistant", "");
    this.turns = [...this.turns, turn];
    await this.#answer(turn.id);
  }

  /** Adds what was typed as anyone's words. */
  add(role: Role): void {
    this.#remember();
    this.turns = [...this.turns, this.#turn(role, this.draft)];
    this.draft = "";
    this.save();
  }

  /** Lets the model say a turn once more. */
  async again(id: number): Promise<void> {
    if (this.running) return;
    this.#remember();
    this.#change(id, (turn) => ({
      ...turn,
      versions: [...turn.versions, { content: "", cells: [] }],
      version: turn.versions.length,
    }));
    await this.#answer(id);
  }

  stop(): void {
    this.#abort?.abort();
  }

  edit(id: number, content: string): void {
    this.#remember();
    this.#write(id, { content, cells: [] });
    this.save();
  }

  show(id: number, version: number): void {
    this.#change(id, (turn) => ({ ...turn, version }));
    this.save();
  }

  remove(id: number): void {
    this.#remember();
    this.#take(id);
    this.save();
  }

  /** Moves a turn up (−1) or down (1). */
  move(id: number, by: number): void {
    const from = this.turns.findIndex((turn) => turn.id === id);
    const to = from + by;
    const turn = this.turns[from];
    if (!turn || to < 0 || to >= this.turns.length) return;
    this.#remember();
    this.turns = this.turns.toSpliced(from, 1).toSpliced(to, 0, turn);
    this.save();
  }

  clear(): void {
    this.#remember();
    this.turns = [];
    this.#quiet();
    this.save();
  }

  /** Puts examples before what follows. */
  load(messages: Message[]): void {
    this.#remember();
    this.#append(messages);
    this.save();
  }

  #append(messages: Message[]): void {
    for (const { role, content } of messages) {
      if (role === "system") this.system = content;
      else this.turns = [...this.turns, this.#turn(role, content)];
    }
  }

  save = later(() => {
    const { system, turns, draft } = this;
    if (keep(NAME, { system, turns, draft })) return;
    const bare = turns.map((turn) => ({
      ...turn,
      versions: turn.versions.map(({ content }) => ({ content, cells: [] })),
    }));
    keep(NAME, { system, turns: bare, draft });
  });

  saveParams = later(() => keep(PARAMS, this.params));

  #remember(): void {
    const { system, turns, draft } = this;
    this.#steps = [...this.#steps.slice(-49), { system, turns, draft }];
  }

  #restore({ system, turns, draft }: Kept): void {
    this.system = system;
    this.turns = turns;
    this.draft = draft;
  }

  #take(id: number): void {
    this.turns = this.turns.filter((turn) => turn.id !== id);
  }

  #turn(role: Role, content: string): Turn {
    return { id: this.#nextId++, role, versions: [{ content, cells: [] }], version: 0 };
  }

  #change(id: number, how: (turn: Turn) => Turn): void {
    this.turns = this.turns.map((turn) => (turn.id === id ? how(turn) : turn));
  }

  #write(id: number, version: Version): void {
    this.#change(id, (turn) => ({ ...turn, versions: turn.versions.with(turn.version, version) }));
  }

  #quiet(): void {
    this.ending = null;
    this.failure = null;
    this.stats = null;
  }

  async #answer(id: number): Promise<void> {
    this.#quiet();
    this.running = true;
    this.writing = id;
    const abort = new AbortController();
    this.#abort = abort;
    const at = this.turns.findIndex((turn) => turn.id === id);
    const run = new Run(this, (version) => this.#write(id, version));
    try {
      const params = $state.snapshot(this.params);
      const body = chatBody(params, this.messages(at), params.seed ?? anySeed());
      this.sent = body;
      for await (const chunk of stream<ChatChunk>("/v1/chat/completions", body, abort.signal)) {
        run.take(chunk);
      }
      this.ending = run.ending;
    } catch (error) {
      this.ending = abort.signal.aborted ? "stopped" : "failed";
      if (!abort.signal.aborted) {
        this.failure = error instanceof Failure ? error : new Failure(String(error), 400);
      }
    }
    run.flush();
    this.running = false;
    this.writing = null;
    if (run.count === 0) this.#forget(id);
    this.save();
  }

  /** Takes an answer away of which nothing came. */
  #forget(id: number): void {
    const turn = this.turns.find((turn) => turn.id === id);
    if (!turn || turn.versions.length === 1) return this.#take(id);
    this.#change(id, (turn) => ({
      ...turn,
      versions: turn.versions.slice(0, -1),
      version: turn.versions.length - 2,
    }));
  }
}

/** What a turn says, in the version that is shown. */
export function text(turn: Turn): string {
  return turn.versions[turn.version]?.content ?? "";
}

/** One answer under way, shown once per frame. */
class Run {
  ending: Ending = "stop";
  #conversation: Conversation;
  #write: (version: Version) => void;
  #reader = new Reader("");
  #offsets = new Offsets();
  #pace = new Pace();
  #usage: ChatChunk["usage"] = null;
  #frame = 0;

  constructor(conversation: Conversation, write: (version: Version) => void) {
    this.#conversation = conversation;
    this.#write = write;
  }

  get count(): number {
    return this.#reader.count;
  }

  take(chunk: ChatChunk): void {
    for (const { delta, logprobs, finish_reason } of chunk.choices) {
      const tokens = logprobs?.content;
      const content = delta.content ?? "";
      if (content !== "" || tokens?.length) {
        this.#reader.add(content, tokens ? this.#offsets.of(tokens) : null);
        this.#pace.beat();
      }
      if (finish_reason) this.ending = finish_reason;
    }
    if (chunk.usage) this.#usage = chunk.usage;
    this.#frame ||= requestAnimationFrame(() => this.flush());
  }

  flush(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const { text, cells, count } = this.#reader;
    if (count > 0) this.#write({ content: text, cells: [...cells] });
    this.#conversation.stats = this.#pace.stats(count, this.#usage ?? null);
  }
}

/** Kept while other pages are looked at. */
export const conversation = new Conversation();
