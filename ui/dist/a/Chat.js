const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["./Markdown.js","./shared.js","./index.js","./shared2.js","./index.css","./Markdown.css"])))=>i.map(i=>d[i]);
import { $ as child, B as from_html, D as clsx, E as set_class, F as await_block, G as delegated, H as props_id, J as tick, K as event, L as set_text, P as if_block, Q as $window, R as append, W as delegate, X as user_effect, Y as template_effect, _ as bind_value, at as state, b as set_attribute, ct as pop, d as onMount, dt as next, et as first_child, ft as reset, it as set, j as each, k as component, l as keep, lt as push, m as bind_this, n as counted, nt as sibling, ot as user_derived, q as get, rt as proxy, s as t, st as remove_textarea_child, tt as only_child, u as recall, ut as snapshot, z as comment } from "./shared.js";
import { a as chatBody, i as WrongLine, n as Offsets, o as fromJsonl, s as toJsonl, t as FORMATS } from "./shared3.js";
import { C as chosen, D as stream, L as key, M as sends, N as submits, P as __vitePreload, T as Failure, _ as later, a as Counting, b as ErrorBox, f as DEFAULTS, g as Pace, i as Frame, k as MOD, l as copy, m as restored, n as Parameters, o as CodeDialog, p as anySeed, r as Numbers, s as Segments, t as Tokens, u as Reader, v as layout, w as models, x as chatStart, y as Icon } from "./index.js";
// src/pages/playground/conversation.svelte.ts
var NAME = "chat.conversation";
var PARAMS = "chat.params";
var SCHEMA = "{\n  \"type\": \"object\",\n  \"properties\": {}\n}";
var CHAT_DEFAULTS = {
	...DEFAULTS,
	show: "off",
	format: "text",
	schema: SCHEMA
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
	#params = state(proxy(restored(CHAT_DEFAULTS, recall(PARAMS, {}))));
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
	#nextId = 1;
	#abort = null;
	constructor() {
		const kept = recall(NAME, {
			system: "",
			turns: [],
			draft: ""
		});
		this.#restore(kept);
		this.#nextId = Math.max(0, ...kept.turns.map((turn) => turn.id)) + 1;
		if (!FORMATS.includes(this.params.format)) this.params.format = "text";
	}
	messages(before = this.turns.length) {
		const said = this.turns.slice(0, before).map((turn) => ({
			role: turn.role,
			content: text(turn)
		}));
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
		this.#remember();
		this.turns = [];
		this.system = "";
		this.#quiet();
		this.sent = null;
		this.#append(messages.slice(0, -1));
		this.draft = messages.at(-1)?.content ?? "";
		Object.assign(this.params, {
			...CHAT_DEFAULTS,
			model: this.params.model,
			...params
		});
		this.save();
	}
	async send() {
		if (this.running || this.params.model === "") return;
		if (this.draft.trim() !== "") this.add("user");
		else this.#remember();
		if (this.turns.at(-1)?.role !== "user") return;
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
		this.#write(id, {
			content,
			cells: []
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
		this.#remember();
		this.turns = [];
		this.#quiet();
		this.save();
	}
	load(messages) {
		this.#remember();
		this.#append(messages);
		this.save();
	}
	#append(messages) {
		for (const { role, content } of messages) if (role === "system") this.system = content;
		else this.turns = [...this.turns, this.#turn(role, content)];
	}
	save = later(() => {
		const { system, turns, draft } = this;
		if (keep(NAME, {
			system,
			turns,
			draft
		})) return;
		const bare = turns.map((turn) => ({
			...turn,
			versions: turn.versions.map(({ content }) => ({
				content,
				cells: []
			}))
		}));
		keep(NAME, {
			system,
			turns: bare,
			draft
		});
	});
	saveParams = later(() => keep(PARAMS, this.params));
	#remember() {
		const { system, turns, draft } = this;
		set(this.#steps, [...get(this.#steps).slice(-49), {
			system,
			turns,
			draft
		}]);
	}
	#restore({ system, turns, draft }) {
		this.system = system;
		this.turns = turns;
		this.draft = draft;
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
function text(turn) {
	return turn.versions[turn.version]?.content ?? "";
}
var Run = class {
	ending = "stop";
	#conversation;
	#write;
	#reader = new Reader("");
	#offsets = new Offsets();
	#pace = new Pace();
	#usage = null;
	#frame = 0;
	constructor(conversation, write) {
		this.#conversation = conversation;
		this.#write = write;
	}
	get count() {
		return this.#reader.count;
	}
	take(chunk) {
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
	flush() {
		cancelAnimationFrame(this.#frame);
		this.#frame = 0;
		const { text, cells, count } = this.#reader;
		if (count > 0) this.#write({
			content: text,
			cells: [...cells]
		});
		this.#conversation.stats = this.#pace.stats(count, this.#usage ?? null);
	}
};
var conversation = new Conversation();
// src/pages/playground/TurnView.svelte
var root$1 = from_html(`<span class="versions svelte-1voai6e"><button class="plain svelte-1voai6e"><!></button> <span class="number"> </span> <button class="plain svelte-1voai6e"><!></button></span>`);
var root_1$1 = from_html(`<button class="plain svelte-1voai6e"> </button>`);
var root_2$1 = from_html(`<!> <button class="plain svelte-1voai6e"> </button> <button class="plain svelte-1voai6e"> </button> <button class="plain svelte-1voai6e"><!></button> <button class="plain svelte-1voai6e"><!></button> <button class="plain svelte-1voai6e"><!></button>`, 1);
var root_3$1 = from_html(`<textarea class="field svelte-1voai6e"></textarea> <div class="row svelte-1voai6e"><button class="primary svelte-1voai6e"> </button> <button class="svelte-1voai6e"> </button></div>`, 1);
var root_4$1 = from_html(`<p class="writing"> </p>`);
var root_5$1 = from_html(`<p class="muted"> </p>`);
var root_6$1 = from_html(`<li><div class="head svelte-1voai6e"><h2 class="svelte-1voai6e"> </h2> <!> <span class="space svelte-1voai6e"></span> <!></div> <!></li>`);
function TurnView($$anchor, $$props) {
	push($$props, true);
	const said = user_derived(() => text($$props.turn));
	const cells = user_derived(() => $$props.turn.versions[$$props.turn.version]?.cells ?? []);
	const writing = user_derived(() => conversation.writing === $$props.turn.id);
	const coloured = user_derived(() => conversation.params.show !== "off" && get(cells).length > 0);
	const lines = user_derived(() => get(coloured) ? layout(get(said), get(cells)) : []);
	let editing = state(false);
	let draft = state("");
	let area = state(void 0);
	let copied = state(false);
	async function edit() {
		set(draft, get(said), true);
		set(editing, true);
		await tick();
		get(area)?.focus();
	}
	function done() {
		if (get(draft) !== get(said)) conversation.edit($$props.turn.id, get(draft));
		set(editing, false);
	}
	function keyed(event) {
		const by = event.altKey ? {
			ArrowUp: -1,
			ArrowDown: 1
		}[event.key] : void 0;
		if (!by || conversation.running) return;
		event.preventDefault();
		conversation.move($$props.turn.id, by);
	}
	var li = root_6$1();
	var div = child(li);
	var h2 = child(div);
	var text_1 = only_child(h2, true);
	var node = sibling(h2, 2);
	var consequent = ($$anchor) => {
		var span = root$1();
		var button = child(span);
		var node_1 = child(button);
		Icon(node_1, { name: "left" });
		reset(button);
		var span_1 = sibling(button, 2);
		var text_2 = only_child(span_1, true);
		var button_1 = sibling(span_1, 2);
		var node_2 = child(button_1);
		Icon(node_2, { name: "right" });
		reset(button_1);
		reset(span);
		template_effect(($0, $1, $2) => {
			set_attribute(button, "aria-label", $0);
			button.disabled = $$props.turn.version === 0 || conversation.running;
			set_text(text_2, $1);
			set_attribute(button_1, "aria-label", $2);
			button_1.disabled = $$props.turn.version === $$props.turn.versions.length - 1 || conversation.running;
		}, [
			() => t("play.previous"),
			() => t("play.version", {
				n: $$props.turn.version + 1,
				of: $$props.turn.versions.length
			}),
			() => t("play.next")
		]);
		delegated("click", button, () => conversation.show($$props.turn.id, $$props.turn.version - 1));
		delegated("click", button_1, () => conversation.show($$props.turn.id, $$props.turn.version + 1));
		append($$anchor, span);
	};
	if_block(node, ($$render) => {
		if ($$props.turn.versions.length > 1) $$render(consequent);
	});
	var node_3 = sibling(node, 4);
	var consequent_2 = ($$anchor) => {
		var fragment = root_2$1();
		var node_4 = first_child(fragment);
		var consequent_1 = ($$anchor) => {
			var button_2 = root_1$1();
			var text_3 = only_child(button_2, true);
			template_effect(($0) => set_text(text_3, $0), [() => t("play.again")]);
			delegated("click", button_2, () => void conversation.again($$props.turn.id));
			append($$anchor, button_2);
		};
		if_block(node_4, ($$render) => {
			if ($$props.turn.role === "assistant") $$render(consequent_1);
		});
		var button_3 = sibling(node_4, 2);
		var text_4 = only_child(button_3, true);
		var button_4 = sibling(button_3, 2);
		var text_5 = only_child(button_4, true);
		var button_5 = sibling(button_4, 2);
		var node_5 = child(button_5);
		Icon(node_5, { name: "up" });
		reset(button_5);
		var button_6 = sibling(button_5, 2);
		var node_6 = child(button_6);
		Icon(node_6, { name: "down" });
		reset(button_6);
		var button_7 = sibling(button_6, 2);
		var node_7 = child(button_7);
		Icon(node_7, { name: "close" });
		reset(button_7);
		template_effect(($0, $1, $2, $3, $4, $5, $6, $7) => {
			set_text(text_4, $0);
			set_text(text_5, $1);
			set_attribute(button_5, "aria-label", $2);
			set_attribute(button_5, "title", `${$3 ?? ""} (Alt+↑)`);
			button_5.disabled = $$props.at === 0;
			set_attribute(button_6, "aria-label", $4);
			set_attribute(button_6, "title", `${$5 ?? ""} (Alt+↓)`);
			button_6.disabled = $$props.at === $$props.of - 1;
			set_attribute(button_7, "aria-label", $6);
			set_attribute(button_7, "title", $7);
		}, [
			() => t("chat.edit"),
			() => t(get(copied) ? "copied" : "copy"),
			() => t("chat.up"),
			() => t("chat.up"),
			() => t("chat.down"),
			() => t("chat.down"),
			() => t("chat.remove"),
			() => t("chat.remove")
		]);
		delegated("click", button_3, edit);
		delegated("click", button_4, async () => set(copied, await copy(get(said)), true));
		delegated("click", button_5, () => conversation.move($$props.turn.id, -1));
		delegated("click", button_6, () => conversation.move($$props.turn.id, 1));
		delegated("click", button_7, () => conversation.remove($$props.turn.id));
		append($$anchor, fragment);
	};
	if_block(node_3, ($$render) => {
		if (!conversation.running) $$render(consequent_2);
	});
	reset(div);
	var node_8 = sibling(div, 2);
	var consequent_3 = ($$anchor) => {
		var fragment_1 = root_3$1();
		var textarea = first_child(fragment_1);
		remove_textarea_child(textarea);
		bind_this(textarea, ($$value) => set(area, $$value), () => get(area));
		var div_1 = sibling(textarea, 2);
		var button_8 = child(div_1);
		var text_6 = only_child(button_8, true);
		var button_9 = sibling(button_8, 2);
		var text_7 = only_child(button_9, true);
		reset(div_1);
		template_effect(($0, $1, $2) => {
			set_attribute(textarea, "aria-label", $0);
			set_text(text_6, $1);
			set_text(text_7, $2);
		}, [
			() => t("chat.edit"),
			() => t("chat.done"),
			() => t("cancel")
		]);
		delegated("keydown", textarea, (event) => {
			if (event.key === "Escape") set(editing, false);
			else if (submits(event)) done();
			else return;
			event.preventDefault();
			event.stopPropagation();
		});
		bind_value(textarea, () => get(draft), ($$value) => set(draft, $$value));
		delegated("click", button_8, done);
		delegated("click", button_9, () => set(editing, false));
		append($$anchor, fragment_1);
	};
	var consequent_4 = ($$anchor) => {
		Tokens($$anchor, {
			get lines() {
				return get(lines);
			},
			get cells() {
				return get(cells);
			},
			get show() {
				return conversation.params.show;
			},
			get running() {
				return get(writing);
			}
		});
	};
	var consequent_5 = ($$anchor) => {
		var fragment_3 = comment();
		var node_9 = first_child(fragment_3);
		await_block(node_9, () => __vitePreload(() => import("./Markdown.js"), __vite__mapDeps([0,1,2,3,4,5]), import.meta.url), ($$anchor) => {
			var p = root_4$1();
			var text_8 = only_child(p, true);
			template_effect(() => set_text(text_8, get(said)));
			append($$anchor, p);
		}, ($$anchor, $$source) => {
			var $$value = user_derived(() => {
				var { default: Markdown } = get($$source);
				return { Markdown };
			});
			var Markdown = user_derived(() => get($$value).Markdown);
			var fragment_4 = comment();
			var node_10 = first_child(fragment_4);
			component(node_10, () => get(Markdown), ($$anchor, Markdown_1) => {
				Markdown_1($$anchor, { get source() {
					return get(said);
				} });
			});
			append($$anchor, fragment_4);
		});
		append($$anchor, fragment_3);
	};
	var consequent_6 = ($$anchor) => {
		var p_1 = root_5$1();
		var text_9 = only_child(p_1, true);
		template_effect(($0) => set_text(text_9, $0), [() => t("status.loading")]);
		append($$anchor, p_1);
	};
	var alternate = ($$anchor) => {
		var p_2 = root_4$1();
		var text_10 = only_child(p_2, true);
		template_effect(() => set_text(text_10, get(said)));
		append($$anchor, p_2);
	};
	if_block(node_8, ($$render) => {
		if (get(editing)) $$render(consequent_3);
		else if (get(coloured)) $$render(consequent_4, 1);
		else if ($$props.turn.role === "assistant" && get(said) !== "") $$render(consequent_5, 2);
		else if (get(said) === "" && get(writing)) $$render(consequent_6, 3);
		else $$render(alternate, -1);
	});
	reset(li);
	template_effect(($0) => {
		set_class(li, 1, clsx($$props.turn.role), "svelte-1voai6e");
		set_text(text_1, $0);
	}, [() => t(`role.${$$props.turn.role}`)]);
	delegated("keydown", li, keyed);
	append($$anchor, li);
	pop();
}
delegate(["keydown", "click"]);
// src/pages/playground/Chat.svelte
var root = from_html(`<button class="plain"><!> </button> <button class="plain"><!> </button> <button class="plain"> </button> <input hidden="" type="file" accept=".jsonl,.json"/> <button class="plain"> </button> <button class="plain"> </button>`, 1);
var root_1 = from_html(`<textarea class="field schema svelte-hmst82" rows="6"></textarea> <p class="wrong svelte-hmst82"> </p>`, 1);
var root_2 = from_html(`<div class="format svelte-hmst82"><span> </span> <!> <!></div>`);
var root_3 = from_html(`<p class="wrong svelte-hmst82" role="alert"> </p>`);
var root_4 = from_html(`<p class="empty muted svelte-hmst82"> </p>`);
var root_5 = from_html(`<ol class="svelte-hmst82"></ol>`);
var root_6 = from_html(`<div class="failure svelte-hmst82"><!></div>`);
var root_7 = from_html(`<button class="primary"> <kbd>Esc</kbd></button>`);
var root_8 = from_html(`<button class="primary"> <kbd>⏎</kbd></button>`);
var root_9 = from_html(`<div class="turns svelte-hmst82"><div class="system svelte-hmst82"><label class="svelte-hmst82"> </label> <textarea class="field svelte-hmst82" rows="1"></textarea></div> <!> <!> <!></div> <footer class="svelte-hmst82"><textarea class="field svelte-hmst82" rows="2"></textarea> <div class="row svelte-hmst82"><!> <button> </button> <button> </button> <span class="space svelte-hmst82"></span> <!></div> <p class="said svelte-hmst82" role="status"> </p></footer>`, 1);
var root_10 = from_html(`<!> <!>`, 1);
function Chat($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	const params = conversation.params;
	const EXAMPLE = "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}";
	const counting = new Counting();
	let draft;
	let file;
	let turns;
	let code = state(false);
	let wrong = state("");
	const full = user_derived(() => counting.tokens !== null && counting.context !== null && counting.tokens + params.maxTokens > counting.context);
	const schemaError = user_derived(() => {
		if (params.format !== "json_schema") return "";
		try {
			JSON.parse(params.schema);
			return "";
		} catch (error) {
			return error instanceof Error ? error.message : String(error);
		}
	});
	const ready = user_derived(() => params.model !== "" && get(schemaError) === "" && !conversation.running);
	const canSend = user_derived(() => get(ready) && (conversation.draft.trim() !== "" || conversation.turns.at(-1)?.role === "user"));
	onMount(() => {
		const start = chatStart();
		if (start) conversation.begin(start);
		draft.focus();
		return () => counting.stop();
	});
	user_effect(() => {
		if (models.all.length > 0) params.model = chosen(models.all, params.model);
	});
	user_effect(() => {
		const messages = conversation.messages();
		if (conversation.draft !== "") messages.push({
			role: "user",
			content: conversation.draft
		});
		if (conversation.running || messages.length === 0) counting.stop();
		else counting.messagesLater(params.model, messages);
	});
	user_effect(() => {
		conversation.system;
		conversation.draft;
		conversation.save();
	});
	user_effect(() => {
		conversation.turns;
		const rest = turns.scrollHeight - turns.scrollTop - turns.clientHeight;
		if (conversation.running && rest < 160) turns.scrollTop = turns.scrollHeight;
	});
	async function send() {
		if (!get(canSend)) return;
		const sent = conversation.send();
		turns.scrollTop = turns.scrollHeight;
		await sent;
	}
	function add(role) {
		if (conversation.draft.trim() !== "") conversation.add(role);
		draft.focus();
	}
	function keyed(event) {
		if (event.defaultPrevented || get(code) || key.wanted !== null) return;
		if (event.key === "Escape" && conversation.running) conversation.stop();
		else if (submits(event)) send();
		else if (event.key === "C" && event.shiftKey && (event.ctrlKey || event.metaKey)) set(code, get(ready), true);
		else return;
		event.preventDefault();
	}
	async function load() {
		const [chosen] = file.files ?? [];
		set(wrong, "");
		if (!chosen) return;
		try {
			conversation.load(fromJsonl(await chosen.text()));
		} catch (error) {
			if (!(error instanceof WrongLine)) throw error;
			const why = t(`jsonl.${error.why}`, {
				got: error.got,
				example: EXAMPLE
			});
			set(wrong, t("chat.wrongLine", {
				name: chosen.name,
				line: error.line,
				why
			}), true);
		}
		file.value = "";
	}
	function save() {
		const link = document.createElement("a");
		const blob = new Blob([toJsonl(conversation.messages())], { type: "application/jsonl" });
		link.href = URL.createObjectURL(blob);
		link.download = "examples.jsonl";
		link.click();
		URL.revokeObjectURL(link.href);
	}
	const said = user_derived(() => {
		if (conversation.running) return t("status.generating");
		if (conversation.ending === null || conversation.stats === null) return "";
		const tokens = counted("tokens.one", "tokens.many", conversation.stats.tokens);
		return t("status.done", {
			tokens,
			how: t(`status.${conversation.ending}`)
		});
	});
	var fragment = root_10();
	event("keydown", $window, keyed);
	var node = first_child(fragment);
	{
		const tools = ($$anchor) => {
			var fragment_1 = root();
			var button = first_child(fragment_1);
			var node_1 = child(button);
			Icon(node_1, { name: "code" });
			var text = sibling(node_1, 1, true);
			reset(button);
			var button_1 = sibling(button, 2);
			var node_2 = child(button_1);
			Icon(node_2, { name: "undo" });
			var text_1 = sibling(node_2, 1, true);
			reset(button_1);
			var button_2 = sibling(button_1, 2);
			var text_2 = only_child(button_2, true);
			var input = sibling(button_2, 2);
			bind_this(input, ($$value) => file = $$value, () => file);
			var button_3 = sibling(input, 2);
			var text_3 = only_child(button_3, true);
			var button_4 = sibling(button_3, 2);
			var text_4 = only_child(button_4, true);
			template_effect(($0, $1, $2, $3, $4) => {
				button.disabled = !get(ready);
				set_attribute(button, "title", `${MOD ?? ""}+Shift+C`);
				set_text(text, $0);
				button_1.disabled = !conversation.canUndo;
				set_text(text_1, $1);
				set_text(text_2, $2);
				button_3.disabled = conversation.turns.length === 0;
				set_text(text_3, $3);
				button_4.disabled = conversation.turns.length === 0 || conversation.running;
				set_text(text_4, $4);
			}, [
				() => t("play.code"),
				() => t("play.undo"),
				() => t("chat.import"),
				() => t("chat.export"),
				() => t("clear")
			]);
			delegated("click", button, () => set(code, true));
			delegated("click", button_1, () => conversation.undo());
			delegated("click", button_2, () => file.click());
			delegated("change", input, load);
			delegated("click", button_3, save);
			delegated("click", button_4, () => conversation.clear());
			append($$anchor, fragment_1);
		};
		const knobs = ($$anchor) => {
			{
				let $0 = user_derived(() => conversation.turns.at(-1)?.versions.at(-1)?.cells.at(-1)?.tokens.at(-1)?.top ?? []);
				Parameters($$anchor, {
					get params() {
						return params;
					},
					mode: "chat",
					get context() {
						return counting.context;
					},
					get last() {
						return get($0);
					},
					colourless: false,
					onchange: () => conversation.saveParams(),
					children: ($$anchor, $$slotProps) => {
						var div = root_2();
						var span = child(div);
						var text_5 = only_child(span, true);
						var node_3 = sibling(span, 2);
						{
							let $0 = user_derived(() => t("param.format"));
							Segments(node_3, {
								get label() {
									return get($0);
								},
								get options() {
									return FORMATS;
								},
								names: (option) => t(`format.${option}`),
								get value() {
									return params.format;
								},
								set value($$value) {
									params.format = $$value;
								}
							});
						}
						var node_4 = sibling(node_3, 2);
						var consequent = ($$anchor) => {
							var fragment_3 = root_1();
							var textarea = first_child(fragment_3);
							remove_textarea_child(textarea);
							var p = sibling(textarea, 2);
							var text_6 = only_child(p, true);
							template_effect(($0) => {
								set_attribute(textarea, "aria-label", $0);
								set_attribute(textarea, "aria-invalid", get(schemaError) !== "");
								set_attribute(textarea, "aria-describedby", `${id}-schema`);
								set_attribute(p, "id", `${id}-schema`);
								set_text(text_6, get(schemaError));
							}, [() => t("format.json_schema")]);
							bind_value(textarea, () => params.schema, ($$value) => params.schema = $$value);
							append($$anchor, fragment_3);
						};
						if_block(node_4, ($$render) => {
							if (params.format === "json_schema") $$render(consequent);
						});
						reset(div);
						template_effect(($0) => set_text(text_5, $0), [() => t("param.format")]);
						append($$anchor, div);
					},
					$$slots: { default: true }
				});
			}
		};
		let $0 = user_derived(() => t("mode.chat"));
		Frame(node, {
			get name() {
				return get($0);
			},
			tools,
			knobs,
			children: ($$anchor, $$slotProps) => {
				var fragment_4 = root_9();
				var div_1 = first_child(fragment_4);
				var div_2 = child(div_1);
				var label = child(div_2);
				var text_7 = only_child(label, true);
				var textarea_1 = sibling(label, 2);
				remove_textarea_child(textarea_1);
				reset(div_2);
				var node_5 = sibling(div_2, 2);
				var consequent_1 = ($$anchor) => {
					var p_1 = root_3();
					var text_8 = only_child(p_1, true);
					template_effect(() => set_text(text_8, get(wrong)));
					append($$anchor, p_1);
				};
				if_block(node_5, ($$render) => {
					if (get(wrong)) $$render(consequent_1);
				});
				var node_6 = sibling(node_5, 2);
				var consequent_2 = ($$anchor) => {
					var p_2 = root_4();
					var text_9 = only_child(p_2, true);
					template_effect(($0) => set_text(text_9, $0), [() => t("chat.empty")]);
					append($$anchor, p_2);
				};
				var alternate = ($$anchor) => {
					var ol = root_5();
					each(ol, 23, () => conversation.turns, (turn) => turn.id, ($$anchor, turn, i) => {
						TurnView($$anchor, {
							get turn() {
								return get(turn);
							},
							get at() {
								return get(i);
							},
							get of() {
								return conversation.turns.length;
							}
						});
					});
					reset(ol);
					append($$anchor, ol);
				};
				if_block(node_6, ($$render) => {
					if (conversation.turns.length === 0) $$render(consequent_2);
					else $$render(alternate, -1);
				});
				var node_7 = sibling(node_6, 2);
				var consequent_3 = ($$anchor) => {
					const failure = user_derived(() => conversation.failure);
					var div_3 = root_6();
					var node_8 = child(div_3);
					{
						let $0 = user_derived(() => get(failure).status === 0);
						let $1 = user_derived(() => get(failure).status === 401 ? t("error.key") : t("error.again"));
						ErrorBox(node_8, {
							get failure() {
								return get(failure);
							},
							get partial() {
								return get($0);
							},
							get action() {
								return get($1);
							},
							onaction: () => get(failure).status === 401 ? key.ask(get(failure).message) : void send()
						});
					}
					reset(div_3);
					append($$anchor, div_3);
				};
				if_block(node_7, ($$render) => {
					if (conversation.failure) $$render(consequent_3);
				});
				reset(div_1);
				bind_this(div_1, ($$value) => turns = $$value, () => turns);
				var footer = sibling(div_1, 2);
				var textarea_2 = child(footer);
				remove_textarea_child(textarea_2);
				bind_this(textarea_2, ($$value) => draft = $$value, () => draft);
				var div_4 = sibling(textarea_2, 2);
				var node_9 = child(div_4);
				var consequent_4 = ($$anchor) => {
					var button_5 = root_7();
					var text_10 = child(button_5);
					next();
					reset(button_5);
					template_effect(($0) => set_text(text_10, `${$0 ?? ""} `), [() => t("play.stop")]);
					delegated("click", button_5, () => conversation.stop());
					append($$anchor, button_5);
				};
				var alternate_1 = ($$anchor) => {
					var button_6 = root_8();
					var text_11 = child(button_6);
					next();
					reset(button_6);
					template_effect(($0) => {
						button_6.disabled = !get(canSend);
						set_text(text_11, `${$0 ?? ""} `);
					}, [() => t("chat.send")]);
					delegated("click", button_6, send);
					append($$anchor, button_6);
				};
				if_block(node_9, ($$render) => {
					if (conversation.running) $$render(consequent_4);
					else $$render(alternate_1, -1);
				});
				var button_7 = sibling(node_9, 2);
				var text_12 = only_child(button_7, true);
				var button_8 = sibling(button_7, 2);
				var text_13 = only_child(button_8, true);
				var node_10 = sibling(button_8, 4);
				{
					let $0 = user_derived(() => conversation.running ? null : counting.tokens);
					Numbers(node_10, {
						get stats() {
							return conversation.stats;
						},
						get tokens() {
							return get($0);
						},
						get context() {
							return counting.context;
						},
						get full() {
							return get(full);
						}
					});
				}
				reset(div_4);
				var p_3 = sibling(div_4, 2);
				var text_14 = only_child(p_3, true);
				reset(footer);
				template_effect(($0, $1, $2, $3, $4, $5, $6, $7) => {
					set_attribute(label, "for", `${id}-system`);
					set_text(text_7, $0);
					set_attribute(textarea_1, "id", `${id}-system`);
					set_attribute(textarea_1, "placeholder", $1);
					set_attribute(textarea_2, "aria-label", $2);
					set_attribute(textarea_2, "placeholder", $3);
					button_7.disabled = $4;
					set_text(text_12, $5);
					button_8.disabled = $6;
					set_text(text_13, $7);
					set_text(text_14, get(said));
				}, [
					() => t("role.system"),
					() => t("chat.systemPlaceholder"),
					() => t("chat.message"),
					() => t("chat.placeholder"),
					() => conversation.draft.trim() === "",
					() => t("chat.addUser"),
					() => conversation.draft.trim() === "",
					() => t("chat.addAssistant")
				]);
				bind_value(textarea_1, () => conversation.system, ($$value) => conversation.system = $$value);
				delegated("keydown", textarea_2, (event) => {
					if (!sends(event)) return;
					event.preventDefault();
					send();
				});
				bind_value(textarea_2, () => conversation.draft, ($$value) => conversation.draft = $$value);
				delegated("click", button_7, () => add("user"));
				delegated("click", button_8, () => add("assistant"));
				append($$anchor, fragment_4);
			},
			$$slots: {
				tools: true,
				knobs: true,
				default: true
			}
		});
	}
	var node_11 = sibling(node, 2);
	var consequent_5 = ($$anchor) => {
		{
			let $0 = user_derived(() => conversation.sent ?? conversation.next);
			let $1 = user_derived(() => conversation.sent !== null);
			CodeDialog($$anchor, {
				open: true,
				onclose: () => set(code, false),
				get request() {
					return get($0);
				},
				get sent() {
					return get($1);
				}
			});
		}
	};
	if_block(node_11, ($$render) => {
		if (get(code)) $$render(consequent_5);
	});
	append($$anchor, fragment);
	pop();
}
delegate([
	"click",
	"change",
	"keydown"
]);
export { Chat as default };
