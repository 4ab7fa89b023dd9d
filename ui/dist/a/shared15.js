import { Y as get, ct as state, d as recall, ot as proxy, pt as snapshot, st as set, u as keep } from "./shared.js";
import { d as stream, t as Failure } from "./shared4.js";
import { n as fromQuery, r as toQuery, t as Pace } from "./shared13.js";
import { n as commonPrefix, r as layout } from "./shared14.js";
import { t as later } from "./shared16.js";
import { f as anySeed, l as DEFAULTS, m as restored, p as completionBody, s as textOf, t as Reader } from "./shared6.js";
import { r as router } from "./shared3.js";
// src/lib/document.svelte.ts
var Document = class {
	#text = state("");
	get text() {
		return get(this.#text);
	}
	set text(value) {
		set(this.#text, value);
	}
	#cells = state([]);
	get cells() {
		return get(this.#cells);
	}
	set cells(value) {
		set(this.#cells, value);
	}
	#lines = state(layout("", []));
	get lines() {
		return get(this.#lines);
	}
	set lines(value) {
		set(this.#lines, value);
	}
	edit(text) {
		const same = commonPrefix(this.text, text);
		this.restore({
			text,
			cells: this.cells.filter((cell) => cell.end <= same)
		});
	}
	restore({ text, cells }) {
		const from = Math.min(commonPrefix(this.text, text), this.#changed(cells));
		this.lines = layout(text, cells, this.lines, from);
		this.text = text;
		this.cells = cells;
	}
	get snapshot() {
		return {
			text: this.text,
			cells: this.cells
		};
	}
	#changed(cells) {
		const most = Math.min(this.cells.length, cells.length) - 1;
		let same = 0;
		while (same < most && this.cells[same] === cells[same]) same++;
		return Math.min(this.cells[same]?.start ?? Infinity, cells[same]?.start ?? Infinity);
	}
};
// src/pages/playground/history.svelte.ts
var NAME = "complete.history";
var History = class {
	#entries = state(recall(NAME, []));
	get entries() {
		return get(this.#entries);
	}
	set entries(value) {
		set(this.#entries, value);
	}
	add(request, document) {
		const older = this.entries.slice(0, 39).map((entry, at) => {
			const { text } = entry.document;
			return at < 4 ? entry : {
				...entry,
				document: {
					text,
					cells: []
				}
			};
		});
		this.entries = [{
			at: Date.now(),
			request,
			document
		}, ...older];
		this.#save();
	}
	clear() {
		this.entries = [];
		this.#save();
	}
	#save = later(() => {
		while (!keep(NAME, this.entries) && this.entries.length > 0) this.entries = this.entries.slice(0, Math.floor(this.entries.length / 2));
	});
};
var history = new History();
// src/pages/playground/session.svelte.ts
var PATH = "/playground/complete";
var DRAFT = "complete.draft";
var PARAMS = "complete.params";
var Session = class {
	document = new Document();
	#params = state(proxy(restored(DEFAULTS, recall(PARAMS, {}))));
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
	#answers = state([]);
	get answers() {
		return get(this.#answers);
	}
	set answers(value) {
		set(this.#answers, value);
	}
	#versions = state([]);
	get versions() {
		return get(this.#versions);
	}
	set versions(value) {
		set(this.#versions, value);
	}
	#version = state(0);
	get version() {
		return get(this.#version);
	}
	set version(value) {
		set(this.#version, value, true);
	}
	#steps = state([]);
	#prompt = null;
	#abort = null;
	constructor() {
		this.document.restore(recall(DRAFT, {
			text: "",
			cells: []
		}));
	}
	get canUndo() {
		return get(this.#steps).length > 0 && !this.running;
	}
	get canRepeat() {
		return this.versions.length > 0 && !this.running;
	}
	get next() {
		const { params, document } = this;
		return completionBody(params, document.text + params.injectStart, params.seed ?? anySeed());
	}
	async submit() {
		if (this.running || this.params.model === "") return;
		const { text, cells } = this.document.snapshot;
		this.#remember();
		this.versions = [];
		await this.#answer({
			text: text + this.params.injectStart,
			cells
		});
	}
	async again() {
		if (!this.canRepeat || !this.#prompt) return;
		this.#remember();
		this.versions = this.versions.with(this.version, this.document.snapshot);
		await this.#answer(this.#prompt);
	}
	async branch(cell, token, candidate) {
		const prompt = this.branched(cell, token, candidate);
		if (!prompt || this.running) return;
		this.#remember();
		if (this.versions.length === 0) this.version = 0;
		this.versions = this.versions.toSpliced(this.version, 1, this.document.snapshot);
		await this.#answer(prompt);
	}
	branched(cell, token, candidate) {
		const kept = cell.tokens.slice(0, token);
		const text = textOf([...kept.map((t) => t.name), candidate.name]);
		const instead = cell.tokens[token];
		if (text === null || !instead) return null;
		const start = cell.start;
		const tokens = [...kept, {
			...instead,
			...candidate
		}];
		const before = this.document.cells.filter((other) => other.end <= start);
		return {
			text: this.document.text.slice(0, start) + text,
			cells: [...before, {
				start,
				end: start + text.length,
				tokens
			}]
		};
	}
	stop() {
		this.#abort?.abort();
	}
	undo() {
		if (!this.canUndo) return;
		this.#back();
		this.#quiet();
		this.save();
	}
	show(version) {
		const snapshot = this.versions[version];
		if (!snapshot || this.running) return;
		this.versions = this.versions.with(this.version, this.document.snapshot);
		this.version = version;
		this.document.restore(this.versions[version] ?? snapshot);
		this.save();
	}
	choose(answer) {
		if (this.running || !this.#prompt) return;
		this.#remember();
		this.#place(this.#prompt, answer);
	}
	edit(text) {
		this.document.edit(text);
		this.save();
	}
	open(snapshot) {
		if (this.running) return;
		this.#remember();
		this.document.restore(snapshot);
		this.versions = [];
		this.answers = [];
		this.#quiet();
		this.save();
	}
	begin({ prompt, params }) {
		if (this.running) return;
		if (prompt !== null) {
			this.open({
				text: prompt,
				cells: []
			});
			this.sent = null;
		}
		const { model } = this.params;
		Object.assign(this.params, restored(DEFAULTS, {
			model,
			...params
		}));
	}
	start(withText) {
		return {
			prompt: withText ? this.document.text : null,
			params: snapshot(this.params)
		};
	}
	readAddress() {
		const said = fromQuery(router.state, this.params, DEFAULTS);
		if (said) Object.assign(this.params, said);
	}
	save = later(() => {
		if (!keep(DRAFT, this.document.snapshot)) keep(DRAFT, {
			text: this.document.text,
			cells: []
		});
	});
	saveParams = later(() => {
		keep(PARAMS, this.params);
		router.say(PATH, toQuery(this.params, DEFAULTS));
	});
	#quiet() {
		this.ending = null;
		this.failure = null;
		this.stats = null;
	}
	#remember() {
		const { versions, version, answers } = this;
		const step = {
			document: this.document.snapshot,
			versions,
			version,
			answers
		};
		set(this.#steps, [...get(this.#steps).slice(-49), step]);
	}
	async #answer(prompt) {
		const params = snapshot(this.params);
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
			for await (const chunk of stream("/v1/completions", body, abort.signal)) run.take(chunk);
			this.ending = run.ending;
		} catch (error) {
			this.ending = abort.signal.aborted ? "stopped" : "failed";
			if (!abort.signal.aborted) this.failure = error instanceof Failure ? error : new Failure(String(error));
		}
		run.flush();
		this.running = false;
		if (run.count > 0) this.#finish(prompt, run);
		else this.#back();
		this.save();
	}
	#back() {
		const step = get(this.#steps).at(-1);
		if (!step) return;
		set(this.#steps, get(this.#steps).slice(0, -1));
		this.document.restore(step.document);
		this.versions = step.versions;
		this.version = step.version;
		this.answers = step.answers;
	}
	#finish(prompt, run) {
		const best = run.best;
		if (this.params.bestOf > 1) this.answers = run.answers;
		this.#place(prompt, best);
		if (this.sent) history.add(this.sent, this.document.snapshot);
	}
	#place(prompt, answer) {
		const text = prompt.text + answer.text + this.params.injectRestart;
		this.document.restore({
			text,
			cells: [...prompt.cells, ...answer.cells]
		});
		this.versions = [...this.versions, this.document.snapshot];
		this.version = this.versions.length - 1;
		this.save();
	}
};
var Run = class {
	ending = "stop";
	#session;
	#prompt;
	#readers;
	#finished = new Set();
	#pace = new Pace();
	#usage = null;
	#frame = 0;
	constructor(session, prompt, answers) {
		this.#session = session;
		this.#prompt = prompt;
		this.#readers = Array.from({ length: answers }, () => new Reader(prompt.text));
	}
	take(chunk) {
		for (const choice of chunk.choices) {
			this.#readers[choice.index]?.add(choice.text, choice.logprobs);
			if (choice.finish_reason) {
				this.#finished.add(choice.index);
				this.ending = choice.finish_reason;
			}
			if (choice.text !== "" || choice.logprobs?.tokens.length) this.#pace.beat();
		}
		if (chunk.usage) this.#usage = chunk.usage;
		this.#frame ||= requestAnimationFrame(() => this.flush());
	}
	flush() {
		cancelAnimationFrame(this.#frame);
		this.#frame = 0;
		const [reader] = this.#readers;
		if (this.#readers.length === 1 && reader) {
			const { text, cells } = this.#prompt;
			this.#session.document.restore({
				text: text + reader.text,
				cells: [...cells, ...reader.cells]
			});
		} else this.#session.answers = this.answers;
		this.#session.stats = this.#pace.stats(this.count, this.#usage);
	}
	get count() {
		return this.#readers.reduce((sum, reader) => sum + reader.count, 0);
	}
	get answers() {
		return this.#readers.map((reader, i) => ({
			text: reader.text,
			cells: reader.cells,
			mean: reader.mean,
			finished: this.#finished.has(i)
		}));
	}
	get best() {
		const answers = this.answers;
		const whole = answers.filter((answer) => answer.finished);
		return bestOf(whole.length > 0 ? whole : answers);
	}
};
function bestOf(answers) {
	return answers.reduce((best, answer) => answer.mean > best.mean ? answer : best);
}
var session = new Session();
export { session as n, history as r, bestOf as t };
