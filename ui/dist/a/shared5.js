import { $ as DEFAULTS, A as grown, At as recall, D as callOf, Dn as proxy, E as apiCall, O as chatBody, On as set, P as Reader, Pn as snapshot, Pt as router, U as Failure, X as stream, _n as get, et as anySeed, j as restoredChat, kn as state, kt as keep, l as fromQuery, o as Pace, s as later, u as toQuery, w as Offsets } from "./shared.js";
// src/pages/playground/conversations.svelte.ts
var NAME$1 = "chat.history";
var MOST = 60;
function bare(kept) {
	const turns = kept.turns.map((turn) => ({
		...turn,
		versions: turn.versions.map((version) => ({
			...version,
			cells: []
		}))
	}));
	return {
		...kept,
		turns
	};
}
function title({ turns, system }) {
	const first = turns.find((turn) => turn.role === "user") ?? turns[0];
	return (first?.versions[first.version]?.content ?? system).trim().slice(0, 200);
}
function has({ system, turns }, sought) {
	const wanted = sought.trim().toLowerCase();
	return [system, ...turns.flatMap((turn) => turn.versions.map((v) => v.content))].some((text) => text.toLowerCase().includes(wanted));
}
var Conversations = class {
	#all = state(recall(NAME$1, []));
	get all() {
		return get(this.#all);
	}
	set all(value) {
		set(this.#all, value);
	}
	keep(kept, at = Date.now()) {
		const rest = this.all.filter((other) => other.id !== kept.id);
		this.all = [{
			...bare(kept),
			at
		}, ...rest].slice(0, MOST);
		this.#save();
	}
	remove(id) {
		this.all = this.all.filter((other) => other.id !== id);
		this.#save();
	}
	clear() {
		this.all = [];
		this.#save();
	}
	#save = later(() => {
		while (!keep(NAME$1, this.all) && this.all.length > 0) this.all = this.all.slice(0, Math.floor(this.all.length / 2));
	});
};
var conversations = new Conversations();
// src/pages/playground/conversation.svelte.ts
var EMPTY = {
	id: 0,
	system: "",
	turns: [],
	draft: "",
	results: {}
};
var PATH = "/playground/chat";
var NAME = "chat.conversation";
var PARAMS = "chat.params";
var SCHEMA = "{\n  \"type\": \"object\",\n  \"properties\": {}\n}";
var CHAT_DEFAULTS = {
	...DEFAULTS,
	show: "off",
	format: "text",
	schema: SCHEMA,
	tools: [],
	toolChoice: "auto"
};
var Conversation = class {
	#system = state("");
	get system() {
		return get(this.#system);
	}
	set system(value) {
		set(this.#system, value, true);
	}
	#turns = state([]);
	get turns() {
		return get(this.#turns);
	}
	set turns(value) {
		set(this.#turns, value);
	}
	#draft = state("");
	get draft() {
		return get(this.#draft);
	}
	set draft(value) {
		set(this.#draft, value, true);
	}
	#results = state(proxy({}));
	get results() {
		return get(this.#results);
	}
	set results(value) {
		set(this.#results, value, true);
	}
	#params = state(proxy(restoredChat(CHAT_DEFAULTS, recall(PARAMS, {}))));
	get params() {
		return get(this.#params);
	}
	set params(value) {
		set(this.#params, value, true);
	}
	#running = state(false);
	get running() {
		return get(this.#running);
	}
	set running(value) {
		set(this.#running, value, true);
	}
	#writing = state(null);
	get writing() {
		return get(this.#writing);
	}
	set writing(value) {
		set(this.#writing, value, true);
	}
	#ending = state(null);
	get ending() {
		return get(this.#ending);
	}
	set ending(value) {
		set(this.#ending, value, true);
	}
	#failure = state(null);
	get failure() {
		return get(this.#failure);
	}
	set failure(value) {
		set(this.#failure, value);
	}
	#stats = state(null);
	get stats() {
		return get(this.#stats);
	}
	set stats(value) {
		set(this.#stats, value);
	}
	#sent = state(null);
	get sent() {
		return get(this.#sent);
	}
	set sent(value) {
		set(this.#sent, value);
	}
	#steps = state([]);
	#id = 0;
	#nextId = 1;
	#abort = null;
	constructor() {
		this.#restore({
			...EMPTY,
			...recall(NAME, {})
		});
	}
	messages(before = this.turns.length) {
		const said = this.turns.slice(0, before).map(message);
		return [...this.system.trim() === "" ? [] : [{
			role: "system",
			content: this.system
		}], ...said];
	}
	get next() {
		const draft = this.draft === "" ? [] : [{
			role: "user",
			content: this.draft
		}];
		const params = snapshot(this.params);
		return chatBody(params, [...this.messages(), ...draft], params.seed ?? anySeed());
	}
	get canUndo() {
		return get(this.#steps).length > 0 && !this.running;
	}
	undo() {
		const step = get(this.#steps).at(-1);
		if (!step || this.running) return;
		set(this.#steps, get(this.#steps).slice(0, -1));
		this.#restore(step);
		this.#quiet();
		this.save();
	}
	begin({ messages, params }) {
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
		Object.assign(this.params, restoredChat(CHAT_DEFAULTS, {
			model,
			...params
		}));
		this.save();
	}
	start(withText) {
		const draft = {
			role: "user",
			content: this.draft
		};
		return {
			messages: withText ? [...this.messages(), draft] : null,
			params: snapshot(this.params)
		};
	}
	readAddress() {
		const said = fromQuery(router.state, this.params, CHAT_DEFAULTS);
		if (said) Object.assign(this.params, restoredChat(CHAT_DEFAULTS, said));
	}
	get canAnswer() {
		const { role } = this.turns.at(-1) ?? {};
		return role === "user" || role === "tool" && this.openCalls.length === 0;
	}
	get openCalls() {
		const at = this.turns.findLastIndex((turn) => turn.role === "assistant");
		const calls = (this.turns[at] && shown(this.turns[at])?.calls) ?? [];
		const done = this.turns.slice(at + 1).map((turn) => turn.answers);
		return calls.filter((call) => !done.includes(call.id));
	}
	async answerCall(call, result) {
		if (this.running) return;
		this.#remember();
		this.turns = [...this.turns, {
			...this.#turn("tool", result),
			answers: call.id
		}];
		const { [call.id]: _, ...rest } = this.results;
		this.results = rest;
		this.save();
		if (this.openCalls.length === 0) await this.send();
	}
	async send() {
		if (this.running || this.params.model === "") return;
		if (this.draft.trim() !== "") this.add("user");
		else this.#remember();
		if (!this.canAnswer) return;
		const turn = this.#turn("assistant", "");
		this.turns = [...this.turns, turn];
		await this.#answer(turn.id);
	}
	add(role) {
		this.#remember();
		this.turns = [...this.turns, this.#turn(role, this.draft)];
		this.draft = "";
		this.save();
	}
	async again(id) {
		if (this.running) return;
		this.#remember();
		this.#change(id, (turn) => ({
			...turn,
			versions: [...turn.versions, {
				content: "",
				cells: []
			}],
			version: turn.versions.length
		}));
		await this.#answer(id);
	}
	stop() {
		this.#abort?.abort();
	}
	edit(id, content) {
		this.#remember();
		this.#change(id, (turn) => {
			const { calls } = shown(turn) ?? {};
			const version = calls ? {
				content,
				cells: [],
				calls
			} : {
				content,
				cells: []
			};
			return {
				...turn,
				versions: turn.versions.with(turn.version, version)
			};
		});
		this.save();
	}
	show(id, version) {
		this.#change(id, (turn) => ({
			...turn,
			version
		}));
		this.save();
	}
	remove(id) {
		this.#remember();
		this.#take(id);
		this.save();
	}
	move(id, by) {
		const from = this.turns.findIndex((turn) => turn.id === id);
		const to = from + by;
		const turn = this.turns[from];
		if (!turn || to < 0 || to >= this.turns.length) return;
		this.#remember();
		this.turns = this.turns.toSpliced(from, 1).toSpliced(to, 0, turn);
		this.save();
	}
	clear() {
		this.#archive();
		this.#remember();
		this.turns = [];
		this.#id = 0;
		this.#quiet();
		this.save();
	}
	open(kept) {
		if (this.running) return;
		this.#archive();
		this.#remember();
		this.#restore({
			...EMPTY,
			...kept
		});
		this.#quiet();
		this.sent = null;
		this.save();
	}
	#archive() {
		if (this.turns.length === 0) return;
		this.#id ||= Date.now();
		conversations.keep(this.#kept);
	}
	get #kept() {
		const { system, turns, draft } = this;
		return {
			id: this.#id,
			system,
			turns,
			draft,
			results: snapshot(this.results)
		};
	}
	load(messages) {
		this.#remember();
		this.#append(messages);
		this.save();
	}
	#append(messages) {
		for (const { role, content, tool_calls: calls, tool_call_id: answers } of messages) {
			if (role === "system") {
				this.system = content;
				continue;
			}
			const turn = this.#turn(role, content);
			if (calls) turn.versions = [{
				content,
				cells: [],
				calls: calls.map(callOf)
			}];
			if (answers !== void 0) turn.answers = answers;
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
	#remember() {
		set(this.#steps, [...get(this.#steps).slice(-49), this.#kept]);
	}
	#restore({ id, system, turns, draft, results }) {
		this.#id = id;
		this.system = system;
		this.turns = turns;
		this.draft = draft;
		this.results = results;
		this.#nextId = Math.max(this.#nextId, ...turns.map((turn) => turn.id + 1));
	}
	#take(id) {
		this.turns = this.turns.filter((turn) => turn.id !== id);
	}
	#turn(role, content) {
		return {
			id: this.#nextId++,
			role,
			versions: [{
				content,
				cells: []
			}],
			version: 0
		};
	}
	#change(id, how) {
		this.turns = this.turns.map((turn) => turn.id === id ? how(turn) : turn);
	}
	#write(id, version) {
		this.#change(id, (turn) => ({
			...turn,
			versions: turn.versions.with(turn.version, version)
		}));
	}
	#quiet() {
		this.ending = null;
		this.failure = null;
		this.stats = null;
	}
	async #answer(id) {
		this.#quiet();
		this.running = true;
		this.writing = id;
		const abort = new AbortController();
		this.#abort = abort;
		const at = this.turns.findIndex((turn) => turn.id === id);
		const run = new Run(this, (version) => this.#write(id, version));
		try {
			const params = snapshot(this.params);
			const body = chatBody(params, this.messages(at), params.seed ?? anySeed());
			this.sent = body;
			for await (const chunk of stream("/v1/chat/completions", body, abort.signal)) run.take(chunk);
			this.ending = run.ending;
		} catch (error) {
			this.ending = abort.signal.aborted ? "stopped" : "failed";
			if (!abort.signal.aborted) this.failure = error instanceof Failure ? error : new Failure(String(error), 400);
		}
		run.flush();
		this.running = false;
		this.writing = null;
		if (run.count === 0) this.#forget(id);
		else this.#archive();
		this.save();
	}
	#forget(id) {
		const turn = this.turns.find((turn) => turn.id === id);
		if (!turn || turn.versions.length === 1) return this.#take(id);
		this.#change(id, (turn) => ({
			...turn,
			versions: turn.versions.slice(0, -1),
			version: turn.versions.length - 2
		}));
	}
};
function shown(turn) {
	return turn.versions[turn.version];
}
function text(turn) {
	return shown(turn)?.content ?? "";
}
function message(turn) {
	const said = {
		role: turn.role,
		content: text(turn)
	};
	const calls = shown(turn)?.calls;
	if (calls && calls.length > 0) said.tool_calls = calls.map(apiCall);
	if (turn.answers !== void 0) said.tool_call_id = turn.answers;
	return said;
}
var Run = class {
	ending = "stop";
	#conversation;
	#write;
	#reader = new Reader("");
	#offsets = new Offsets();
	#pace = new Pace();
	#usage = null;
	#calls = [];
	#pieces = 0;
	#frame = 0;
	constructor(conversation, write) {
		this.#conversation = conversation;
		this.#write = write;
	}
	get count() {
		return this.#reader.count + this.#pieces;
	}
	take(chunk) {
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
	flush() {
		cancelAnimationFrame(this.#frame);
		this.#frame = 0;
		const { text, cells } = this.#reader;
		const said = {
			content: text,
			cells: [...cells]
		};
		if (this.#calls.length > 0) said.calls = this.#calls;
		if (this.count > 0) this.#write(said);
		this.#conversation.stats = this.#pace.stats(this.count, this.#usage ?? null);
	}
};
var conversation = new Conversation();
export { conversations as a, text as i, conversation as n, has as o, message as r, title as s, CHAT_DEFAULTS as t };
