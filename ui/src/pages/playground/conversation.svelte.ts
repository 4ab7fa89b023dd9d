/** Chat mode: a conversation that can be edited at every place, and answers as they come. */

import { Failure, stream } from "../../lib/api.ts";
import { fromQuery, toQuery } from "../../lib/address.ts";
import {
  apiCall,
  callOf,
  chatBody,
  grown,
  Offsets,
  restoredChat,
  type Call,
  type ChatBody,
  type ChatChunk,
  type ChatParams,
  type Message,
  type Role,
} from "../../lib/chat.ts";
import { later } from "../../lib/later.ts";
import { Pace, type Stats } from "../../lib/pace.ts";
import { anySeed, DEFAULTS } from "../../lib/request.ts";
import { router } from "../../lib/router.svelte.ts";
import type { ChatStart } from "../../lib/start.ts";
import { keep, recall } from "../../lib/storage.ts";
import { Reader, type Cell } from "../../lib/tokens.ts";
import { bare, conversations } from "./conversations.svelte.ts";
import type { Ending } from "./session.svelte.ts";

export interface Version {
  content: string;
  cells: Cell[];
  /** Functions that the model wants called. */
  calls?: Call[];
}

/** A message, in all versions that were made of it. */
export interface Turn {
  id: number;
  role: Role;
  versions: Version[];
  version: number;
  /** The call that a tool's words answer. */
  answers?: string;
}

/** A conversation as it is kept. */
export interface Kept {
  /** When it began, by which it is known. */
  id: number;
  system: string;
  turns: Turn[];
  draft: string;
  /** Results of calls that are being written, by the calls' ids. */
  results: Record<string, string>;
}

const EMPTY: Kept = { id: 0, system: "", turns: [], draft: "", results: {} };

export const PATH = "/playground/chat";
const NAME = "chat.conversation";
const PARAMS = "chat.params";
const SCHEMA = '{\n  "type": "object",\n  "properties": {}\n}';
export const CHAT_DEFAULTS: ChatParams = {
  ...DEFAULTS,
  show: "off",
  format: "text",
  schema: SCHEMA,
  tools: [],
  toolChoice: "auto",
};

export class Conversation {
  system = $state("");
  turns = $state.raw<Turn[]>([]);
  draft = $state("");
  results = $state<Record<string, string>>({});
  params = $state(restoredChat(CHAT_DEFAULTS, recall(PARAMS, {})));
  running = $state(false);
  /** The turn that is being written. */
  writing = $state<number | null>(null);
  ending = $state<Ending | null>(null);
  failure = $state.raw<Failure | null>(null);
  stats = $state.raw<Stats | null>(null);
  sent = $state.raw<ChatBody | null>(null);
  /** The conversation as it was before each change. */
  #steps = $state.raw<Kept[]>([]);
  #id = 0;
  #nextId = 1;
  #abort: AbortController | null = null;

  constructor() {
    this.#restore({ ...EMPTY, ...recall<Partial<Kept>>(NAME, {}) });
  }

  /** All messages before a turn, or of the whole conversation. */
  messages(before = this.turns.length): Message[] {
    const turns = this.turns.slice(0, before);
    const said = turns.map(message);
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

  /** What was begun elsewhere: its messages, its knobs, and the defaults of the others. */
  begin({ messages, params }: ChatStart): void {
    if (this.running) return;
    if (messages !== null) {
      this.#remember();
      this.turns = [];
      this.system = "";
      this.#quiet();
      this.sent = null;
      this.#id = 0;
      this.#append(messages.slice(0, -1));
      this.draft = messages.at(-1)?.content ?? "";
    }
    const { model } = this.params;
    Object.assign(this.params, restoredChat(CHAT_DEFAULTS, { model, ...params }));
    this.save();
  }

  /** What would begin the same elsewhere, with the messages or without. */
  start(withText: boolean): ChatStart {
    const draft = { role: "user" as const, content: this.draft };
    const messages = withText ? [...this.messages(), draft] : null;
    return { messages, params: $state.snapshot(this.params) };
  }

  /** Takes the parameters that the page's address says. */
  readAddress(): void {
    const said = fromQuery<ChatParams>(router.state, this.params, CHAT_DEFAULTS);
    if (said) Object.assign(this.params, restoredChat(CHAT_DEFAULTS, said));
  }

  /** Whether it is the model's turn: somebody spoke, or every call has its result. */
  get canAnswer(): boolean {
    const { role } = this.turns.at(-1) ?? {};
    return role === "user" || (role === "tool" && this.openCalls.length === 0);
  }

  /** Calls of the last answer that have no result yet. */
  get openCalls(): Call[] {
    const at = this.turns.findLastIndex((turn) => turn.role === "assistant");
    const calls = (this.turns[at] && shown(this.turns[at])?.calls) ?? [];
    const done = this.turns.slice(at + 1).map((turn) => turn.answers);
    return calls.filter((call) => !done.includes(call.id));
  }

  /** Gives a call its result; with the last one, the model goes on. */
  async answerCall(call: Call, result: string): Promise<void> {
    if (this.running) return;
    this.#remember();
    this.turns = [...this.turns, { ...this.#turn("tool", result), answers: call.id }];
    const { [call.id]: _, ...rest } = this.results;
    this.results = rest;
    this.save();
    if (this.openCalls.length === 0) await this.send();
  }

  /** Adds what was typed, and lets the model answer. */
  async send(): Promise<void> {
    if (this.running || this.params.model === "") return;
    if (this.draft.trim() !== "") this.add("user");
    else this.#remember();
    if (!this.canAnswer) return;
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
    this.#change(id, (turn) => {
      const { calls } = shown(turn) ?? {};
      const version = calls ? { content, cells: [], calls } : { content, cells: [] };
      return { ...turn, versions: turn.versions.with(turn.version, version) };
    });
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

  /** Begins another one. This one stays among the earlier ones. */
  clear(): void {
    this.#archive();
    this.#remember();
    this.turns = [];
    this.#id = 0;
    this.#quiet();
    this.save();
  }

  /** Goes on with an earlier one. */
  open(kept: Kept): void {
    if (this.running) return;
    this.#archive();
    this.#remember();
    this.#restore({ ...EMPTY, ...kept });
    this.#quiet();
    this.sent = null;
    this.save();
  }

  #archive(): void {
    if (this.turns.length === 0) return;
    this.#id ||= Date.now();
    conversations.keep(this.#kept);
  }

  get #kept(): Kept {
    const { system, turns, draft } = this;
    return { id: this.#id, system, turns, draft, results: $state.snapshot(this.results) };
  }

  /** Puts examples before what follows. */
  load(messages: Message[]): void {
    this.#remember();
    this.#append(messages);
    this.save();
  }

  #append(messages: Message[]): void {
    for (const { role, content, tool_calls: calls, tool_call_id: answers } of messages) {
      if (role === "system") {
        this.system = content;
        continue;
      }
      const turn = this.#turn(role, content);
      if (calls) turn.versions = [{ content, cells: [], calls: calls.map(callOf) }];
      if (answers !== undefined) turn.answers = answers;
      this.turns = [...this.turns, turn];
    }
  }

  save = later(() => {
    if (!keep(NAME, this.#kept)) keep(NAME, bare(this.#kept));
  });

  saveParams = later(() => {
    keep(PARAMS, this.params);
    router.say(PATH, toQuery(this.params, CHAT_DEFAULTS));
  });

  #remember(): void {
    this.#steps = [...this.#steps.slice(-49), this.#kept];
  }

  #restore({ id, system, turns, draft, results }: Kept): void {
    this.#id = id;
    this.system = system;
    this.turns = turns;
    this.draft = draft;
    this.results = results;
    this.#nextId = Math.max(this.#nextId, ...turns.map((turn) => turn.id + 1));
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
    else this.#archive();
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

function shown(turn: Turn): Version | undefined {
  return turn.versions[turn.version];
}

/** What a turn says, in the version that is shown. */
export function text(turn: Turn): string {
  return shown(turn)?.content ?? "";
}

/** A turn as it is sent. */
export function message(turn: Turn): Message {
  const said: Message = { role: turn.role, content: text(turn) };
  const calls = shown(turn)?.calls;
  if (calls && calls.length > 0) said.tool_calls = calls.map(apiCall);
  if (turn.answers !== undefined) said.tool_call_id = turn.answers;
  return said;
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
  #calls: Call[] = [];
  /** Pieces of calls, which are not told token by token. */
  #pieces = 0;
  #frame = 0;

  constructor(conversation: Conversation, write: (version: Version) => void) {
    this.#conversation = conversation;
    this.#write = write;
  }

  get count(): number {
    return this.#reader.count + this.#pieces;
  }

  take(chunk: ChatChunk): void {
    for (const { delta, logprobs, finish_reason } of chunk.choices) {
      const tokens = logprobs?.content;
      const content = delta.content ?? "";
      if (content !== "" || tokens?.length) {
        this.#reader.add(content, tokens ? this.#offsets.of(tokens) : null);
        this.#pace.beat();
      }
      if (delta.tool_calls) {
        this.#calls = grown(this.#calls, delta.tool_calls);
        this.#pieces++;
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
    const { text, cells } = this.#reader;
    const said: Version = { content: text, cells: [...cells] };
    if (this.#calls.length > 0) said.calls = this.#calls;
    if (this.count > 0) this.#write(said);
    this.#conversation.stats = this.#pace.stats(this.count, this.#usage ?? null);
  }
}

/** Kept while other pages are looked at. */
export const conversation = new Conversation();
