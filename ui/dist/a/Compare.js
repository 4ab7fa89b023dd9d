import { $ as DEFAULTS, An as user_derived, At as recall, Bt as bind_checked, Cn as child, Dn as proxy, Dt as t, En as sibling, Fn as next, In as reset, J as prefer, Jt as init_select, Lt as onMount, Mn as pop, Nn as push, O as chatBody, On as set, Pn as snapshot, Pt as router, Q as Icon, Sn as $window, Tn as only_child, U as Failure, Ut as remove_input_defaults, Vt as bind_value, Wt as set_attribute, X as stream, Xt as set_class, Y as preferences, _ as ModeTools, _n as get, b as Failed, bn as user_effect, cn as append, ct as checked, d as Parameters, et as anySeed, f as ModelMenu, fn as props_id, ft as startOf, g as Numbers, gn as event, gt as inDialog, hn as delegated, in as if_block, jn as remove_textarea_child, kn as state, kt as keep, l as fromQuery, ln as comment, mn as delegate, nn as index, nt as restored, o as Pace, p as Segments, pn as text, pt as MOD, qt as bind_select_value, rn as key, s as later, sn as set_text, tn as each, tt as completionBody, u as toQuery, un as from_html, wn as first_child, x as ErrorBox, y as Frame, yn as template_effect, yt as submits, zt as bind_this } from "./shared.js";
import { n as words } from "./shared6.js";
import { t as download } from "./shared4.js";
// src/ui/Diff.svelte
var root$1 = from_html(`<del class="svelte-1r58393"> </del>`);
var root_1$1 = from_html(`<ins class="svelte-1r58393"> </ins>`);
var root_2$1 = from_html(`<p class="writing"></p>`);
function Diff($$anchor, $$props) {
	var p = root_2$1();
	each(p, 21, () => $$props.parts, index, ($$anchor, $$item) => {
		let kind = () => get($$item).kind;
		let text$1 = () => get($$item).text;
		var fragment = comment();
		var node = first_child(fragment);
		var consequent = ($$anchor) => {
			var del = root$1();
			var text_1 = only_child(del, true);
			template_effect(() => set_text(text_1, text$1()));
			append($$anchor, del);
		};
		var consequent_1 = ($$anchor) => {
			var ins = root_1$1();
			var text_2 = only_child(ins, true);
			template_effect(() => set_text(text_2, text$1()));
			append($$anchor, ins);
		};
		var alternate = ($$anchor) => {
			var text_3 = text();
			template_effect(() => set_text(text_3, text$1()));
			append($$anchor, text_3);
		};
		if_block(node, ($$render) => {
			if (kind() === "gone") $$render(consequent);
			else if (kind() === "new") $$render(consequent_1, 1);
			else $$render(alternate, -1);
		});
		append($$anchor, fragment);
	});
	reset(p);
	append($$anchor, p);
}
// src/pages/playground/compare.svelte.ts
var PATH = "/playground/compare";
var LETTERS = [
	"A",
	"B",
	"C",
	"D"
];
var COMPARE_DEFAULTS = {
	...DEFAULTS,
	show: "off"
};
var NAME = "compare";
var Column = class {
	id;
	#params = state(proxy(COMPARE_DEFAULTS));
	get params() {
		return get(this.#params);
	}
	set params(value) {
		set(this.#params, value, true);
	}
	#text = state("");
	get text() {
		return get(this.#text);
	}
	set text(value) {
		set(this.#text, value);
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
	constructor(id, params) {
		this.id = id;
		this.params = restored(COMPARE_DEFAULTS, {
			...params,
			show: "off",
			bestOf: 1
		});
	}
	body(as, asked, system) {
		const params = snapshot(this.params);
		const seed = params.seed ?? anySeed();
		if (as === "complete") return completionBody(params, asked, seed);
		const own = {
			format: "text",
			schema: "",
			tools: [],
			toolChoice: "auto"
		};
		return chatBody({
			...params,
			...own
		}, messages(asked, system), seed);
	}
	async run(body, signal) {
		this.clear();
		this.running = true;
		this.sent = body;
		const pace = new Pace();
		let text = "";
		let count = 0;
		let frame = 0;
		let usage = null;
		const flush = () => {
			cancelAnimationFrame(frame);
			frame = 0;
			this.text = text;
			this.stats = pace.stats(count, usage);
		};
		const path = "messages" in body ? "/v1/chat/completions" : "/v1/completions";
		try {
			for await (const chunk of stream(path, body, signal)) {
				for (const choice of chunk.choices) {
					const piece = "text" in choice ? choice.text : choice.delta.content ?? "";
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
	clear() {
		this.text = "";
		this.ending = null;
		this.failure = null;
		this.stats = null;
	}
	get answered() {
		return !this.running && this.text !== "";
	}
};
function messages(asked, system) {
	const user = {
		role: "user",
		content: asked
	};
	return system.trim() === "" ? [user] : [{
		role: "system",
		content: system
	}, user];
}
var Compare$1 = class {
	#as = state("chat");
	get as() {
		return get(this.#as);
	}
	set as(value) {
		set(this.#as, value, true);
	}
	#asked = state("");
	get asked() {
		return get(this.#asked);
	}
	set asked(value) {
		set(this.#asked, value, true);
	}
	#system = state("");
	get system() {
		return get(this.#system);
	}
	set system(value) {
		set(this.#system, value, true);
	}
	#columns = state([]);
	get columns() {
		return get(this.#columns);
	}
	set columns(value) {
		set(this.#columns, value);
	}
	#blind = state(false);
	get blind() {
		return get(this.#blind);
	}
	set blind(value) {
		set(this.#blind, value, true);
	}
	#sync = state(true);
	get sync() {
		return get(this.#sync);
	}
	set sync(value) {
		set(this.#sync, value, true);
	}
	#selected = state(0);
	get selected() {
		return get(this.#selected);
	}
	set selected(value) {
		set(this.#selected, value, true);
	}
	#vote = state(null);
	get vote() {
		return get(this.#vote);
	}
	set vote(value) {
		set(this.#vote, value, true);
	}
	#saving = state(false);
	get saving() {
		return get(this.#saving);
	}
	set saving(value) {
		set(this.#saving, value, true);
	}
	#refused = state(null);
	get refused() {
		return get(this.#refused);
	}
	set refused(value) {
		set(this.#refused, value);
	}
	#shuffled = state(false);
	#abort = null;
	#nextId = 1;
	constructor() {
		const kept = recall(NAME, {});
		const start = checked(kept);
		this.#take(start ?? {
			asked: "",
			system: "",
			as: "chat",
			columns: [{}, { temperature: 0 }]
		});
		this.blind = kept.blind === true;
		this.sync = kept.sync !== false;
	}
	get running() {
		return this.columns.some((column) => column.running);
	}
	get hidden() {
		return get(this.#shuffled) && this.vote === null;
	}
	get canVote() {
		const answered = this.columns.filter((column) => column.answered);
		return !this.running && this.vote === null && answered.length >= 2;
	}
	begin(start) {
		if (this.running) return;
		const asked = start.asked ?? this.asked;
		this.#take({
			...start,
			asked
		});
		const [first, ...others] = this.columns.map(({ params }) => ({
			...snapshot(params),
			model: ""
		})).map((each) => JSON.stringify(each));
		this.sync = others.every((other) => other === first);
		this.save();
	}
	start(withText) {
		const { as, asked, system } = this;
		const columns = this.columns.map((column) => snapshot(column.params));
		return {
			asked: withText ? asked : null,
			system: withText ? system : "",
			as,
			columns
		};
	}
	readAddress() {
		const names = router.state.getAll("m").slice(0, 4);
		const first = this.columns[0]?.params ?? COMPARE_DEFAULTS;
		const said = fromQuery(router.state, first, COMPARE_DEFAULTS);
		if (names.length < 2) return;
		const { as, asked, system } = this;
		const columns = names.map((model, i) => ({
			...said ?? this.columns[i]?.params ?? first,
			model
		}));
		this.#take({
			as,
			asked,
			system,
			columns
		});
	}
	add() {
		if (this.columns.length >= 4 || this.running) return;
		const last = this.columns.at(-1);
		const column = new Column(this.#nextId++, last ? snapshot(last.params) : {});
		this.#set([...this.columns, column]);
		this.selected = this.columns.length - 1;
	}
	remove(column) {
		if (this.columns.length <= 2 || this.running) return;
		this.#set(this.columns.filter((other) => other !== column));
		this.selected = Math.min(this.selected, this.columns.length - 1);
	}
	turned() {
		const from = this.columns[this.selected];
		if (this.sync && from) {
			const { model: _, ...knobs } = snapshot(from.params);
			for (const column of this.columns) if (column !== from) Object.assign(column.params, knobs);
		}
		this.save();
	}
	async run() {
		if (this.running || this.asked.trim() === "" || this.columns.some((c) => c.params.model === "")) return;
		this.#forget();
		set(this.#shuffled, this.blind, true);
		if (this.blind) this.columns = shuffled(this.columns);
		const abort = new AbortController();
		this.#abort = abort;
		const { as, asked, system } = this;
		await Promise.all(this.columns.map((column) => column.run(column.body(as, asked, system), abort.signal)));
	}
	stop() {
		this.#abort?.abort();
	}
	async choose(vote) {
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
	preference(vote) {
		const { asked, system } = this;
		const answered = this.columns.filter((column) => column.answered);
		const winner = typeof vote === "number" ? this.columns[vote] : void 0;
		const conversation = this.columns.some((column) => column.sent && "messages" in column.sent);
		return {
			prompt: conversation ? null : asked,
			messages: conversation ? messages(asked, system) : null,
			candidates: answered.map(({ params, text, sent }) => ({
				model: params.model,
				parameters: settings(sent),
				text
			})),
			choice: winner ? answered.indexOf(winner) : vote,
			blind: get(this.#shuffled)
		};
	}
	save = later(() => {
		const { blind, sync } = this;
		keep(NAME, {
			...this.start(true),
			blind,
			sync
		});
		const [first] = this.columns;
		if (!first || this.hidden) return;
		const state = toQuery(first.params, COMPARE_DEFAULTS);
		state.delete("model");
		const all = new URLSearchParams(this.columns.map((c) => ["m", c.params.model]));
		if (this.sync) for (const [name, value] of state) all.append(name, value);
		router.say(PATH, all);
	});
	#take({ as, asked, system, columns }) {
		this.as = as;
		this.asked = asked ?? "";
		this.system = system;
		const some = columns.slice(0, 4);
		while (some.length < 2) some.push({ ...some[0] });
		this.#set(some.map((params) => new Column(this.#nextId++, params)));
		this.selected = 0;
	}
	#set(columns) {
		this.columns = columns;
		this.#forget();
	}
	#forget() {
		for (const column of this.columns) column.clear();
		this.vote = null;
		this.refused = null;
		set(this.#shuffled, false);
	}
};
function settings(sent) {
	const knobs = { ...sent };
	for (const name of [
		"model",
		"prompt",
		"messages",
		"stream",
		"stream_options"
	]) delete knobs[name];
	return knobs;
}
function shuffled(all) {
	const mixed = [...all];
	for (let i = mixed.length - 1; i > 0; i--) {
		const j = Math.floor(Math.random() * (i + 1));
		[mixed[i], mixed[j]] = [mixed[j], mixed[i]];
	}
	return mixed;
}
var compare = new Compare$1();
// src/pages/playground/Compare.svelte
var root = from_html(`<!> <button class="plain"> </button>`, 1);
var root_1 = from_html(`<h2 class="svelte-vdhswr"> </h2> <p class="muted"> </p>`, 1);
var root_2 = from_html(`<!> <!>`, 1);
var root_3 = from_html(`<textarea class="field svelte-vdhswr" rows="1"></textarea>`);
var root_4 = from_html(`<button class="primary"> <kbd>Esc</kbd></button>`);
var root_5 = from_html(`<button class="primary"> <kbd> </kbd></button>`);
var root_6 = from_html(`<span class="muted"> </span>`);
var root_7 = from_html(`<button class="plain"><!></button>`);
var root_8 = from_html(`<p class="muted"> </p>`);
var root_9 = from_html(`<footer class="svelte-vdhswr"><!> <!></footer>`);
var root_10 = from_html(`<section class="svelte-vdhswr"><header class="svelte-vdhswr"><h2 class="svelte-vdhswr"> </h2> <!></header> <div class="answer svelte-vdhswr" tabindex="0" role="region"><p class="writing"> </p> <!> <!></div> <!></section>`);
var root_11 = from_html(`<button> </button>`);
var root_12 = from_html(`<option> </option>`);
var root_13 = from_html(`<div class="diff svelte-vdhswr" tabindex="0" role="region"><!></div>`);
var root_14 = from_html(`<div class="ask svelte-vdhswr"><div class="row svelte-vdhswr"><!> <label class="check"><input type="checkbox"/> </label> <label class="check"><input type="checkbox"/> </label></div> <!> <textarea class="field svelte-vdhswr" rows="2"></textarea> <div class="row svelte-vdhswr"><!> <button> </button></div></div> <!> <div class="columns svelte-vdhswr"></div> <div class="votes svelte-vdhswr"><div class="row" role="group"><span> </span> <!> <span class="space"></span> <label> </label> <select class="svelte-vdhswr"><option> </option><!></select></div> <!> <!> <p class="said svelte-vdhswr" role="status"> </p></div>`, 1);
function Compare($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	const KINDS = ["chat", "complete"];
	let asked;
	let pair = state("");
	let exportFailure = state(null);
	const shown = user_derived(() => compare.columns);
	const selected = user_derived(() => compare.columns[compare.selected]);
	const ready = user_derived(() => compare.asked.trim() !== "" && compare.columns.every((column) => column.params.model !== ""));
	const pairs = user_derived(() => get(shown).flatMap((_, i) => get(shown).slice(i + 1).map((_, j) => `${letter(i)}↔${letter(i + 1 + j)}`)));
	const parts = user_derived(() => {
		const [one, other] = get(pair).split("↔").map((name) => get(shown)[LETTERS.indexOf(name)]);
		return one?.answered && other?.answered ? words(one.text, other.text) : [];
	});
	onMount(() => {
		const start = startOf("compare");
		compare.readAddress();
		if (start) compare.begin(start);
		asked.focus();
	});
	user_effect(() => {
		compare.as, compare.asked, compare.system, compare.blind, compare.sync;
		compare.save();
	});
	function letter(at) {
		return LETTERS[at] ?? "";
	}
	function keyed(event) {
		if (event.defaultPrevented || inDialog()) return;
		if (event.key === "Escape" && compare.running) compare.stop();
		else if (submits(event)) compare.run();
		else return;
		event.preventDefault();
	}
	function voted(event) {
		const at = LETTERS.indexOf(event.key.toUpperCase());
		if (at < 0 || at >= get(shown).length || event.ctrlKey || event.metaKey || event.altKey) return;
		event.preventDefault();
		compare.choose(at);
	}
	async function save() {
		set(exportFailure, null);
		try {
			download("preferences.jsonl", await preferences());
		} catch (error) {
			set(exportFailure, error instanceof Failure ? error : new Failure(String(error)));
		}
	}
	function title(column, at) {
		return compare.hidden ? letter(at) : `${letter(at)} · ${column.params.model}`;
	}
	const said = user_derived(() => {
		if (compare.running) return t("status.generating");
		if (compare.vote === null) return compare.canVote ? t("compare.voteNow") : "";
		const vote = compare.vote;
		const what = typeof vote === "number" ? letter(vote) : t(`compare.${vote}`);
		return t("compare.voted", { vote: what });
	});
	const votes = user_derived(() => [
		...get(shown).map((_, at) => at),
		"tie",
		"none"
	]);
	event("keydown", $window, keyed);
	{
		const tools = ($$anchor) => {
			var fragment_1 = root();
			var node = first_child(fragment_1);
			{
				let $0 = user_derived(() => get(ready) && get(selected) && !compare.hidden ? () => ({
					request: get(selected).sent ?? get(selected).body(compare.as, compare.asked, compare.system),
					sent: get(selected).sent !== null
				}) : void 0);
				ModeTools(node, {
					mode: "compare",
					start: (withText) => compare.start(withText),
					onopen: (start) => "asked" in start && compare.begin(start),
					get code() {
						return get($0);
					}
				});
			}
			var button = sibling(node, 2);
			var text = only_child(button, true);
			template_effect(($0) => set_text(text, $0), [() => t("compare.export")]);
			delegated("click", button, save);
			append($$anchor, fragment_1);
		};
		const knobs = ($$anchor) => {
			var fragment_2 = comment();
			var node_1 = first_child(fragment_2);
			var consequent = ($$anchor) => {
				var fragment_3 = root_1();
				var h2 = first_child(fragment_3);
				var text_1 = only_child(h2, true);
				var p = sibling(h2, 2);
				var text_2 = only_child(p, true);
				template_effect(($0, $1) => {
					set_text(text_1, $0);
					set_text(text_2, $1);
				}, [() => t("play.params"), () => t("compare.hiddenKnobs")]);
				append($$anchor, fragment_3);
			};
			var consequent_1 = ($$anchor) => {
				var fragment_4 = root_2();
				var node_2 = first_child(fragment_4);
				var bind_get = () => letter(compare.selected);
				var bind_set = (name) => compare.selected = LETTERS.indexOf(name);
				{
					let $0 = user_derived(() => t("compare.column"));
					let $1 = user_derived(() => compare.columns.map((_, at) => letter(at)));
					Segments(node_2, {
						get label() {
							return get($0);
						},
						get options() {
							return get($1);
						},
						names: (name) => name,
						get value() {
							return bind_get();
						},
						set value($$value) {
							bind_set($$value);
						}
					});
				}
				var node_3 = sibling(node_2, 2);
				key(node_3, () => get(selected).id, ($$anchor) => {
					Parameters($$anchor, {
						get params() {
							return get(selected).params;
						},
						mode: "compare",
						get defaults() {
							return COMPARE_DEFAULTS;
						},
						context: null,
						last: [],
						colourless: false,
						onchange: () => compare.turned()
					});
				});
				append($$anchor, fragment_4);
			};
			if_block(node_1, ($$render) => {
				if (compare.hidden) $$render(consequent);
				else if (get(selected)) $$render(consequent_1, 1);
			});
			append($$anchor, fragment_2);
		};
		let $0 = user_derived(() => t("mode.compare"));
		Frame($$anchor, {
			get name() {
				return get($0);
			},
			tools,
			knobs,
			children: ($$anchor, $$slotProps) => {
				var fragment_6 = root_14();
				var div = first_child(fragment_6);
				var div_1 = child(div);
				var node_4 = child(div_1);
				{
					let $0 = user_derived(() => t("compare.as"));
					Segments(node_4, {
						get label() {
							return get($0);
						},
						get options() {
							return KINDS;
						},
						names: (kind) => t(`mode.${kind}`),
						get value() {
							return compare.as;
						},
						set value($$value) {
							compare.as = $$value;
						}
					});
				}
				var label = sibling(node_4, 2);
				var input = child(label);
				remove_input_defaults(input);
				var text_3 = sibling(input, 1, true);
				reset(label);
				var label_1 = sibling(label, 2);
				var input_1 = child(label_1);
				remove_input_defaults(input_1);
				var text_4 = sibling(input_1, 1, true);
				reset(label_1);
				reset(div_1);
				var node_5 = sibling(div_1, 2);
				var consequent_2 = ($$anchor) => {
					var textarea = root_3();
					remove_textarea_child(textarea);
					template_effect(($0, $1) => {
						set_attribute(textarea, "aria-label", $0);
						set_attribute(textarea, "placeholder", $1);
					}, [() => t("role.system"), () => t("chat.systemPlaceholder")]);
					bind_value(textarea, () => compare.system, ($$value) => compare.system = $$value);
					append($$anchor, textarea);
				};
				if_block(node_5, ($$render) => {
					if (compare.as === "chat") $$render(consequent_2);
				});
				var textarea_1 = sibling(node_5, 2);
				remove_textarea_child(textarea_1);
				bind_this(textarea_1, ($$value) => asked = $$value, () => asked);
				var div_2 = sibling(textarea_1, 2);
				var node_6 = child(div_2);
				var consequent_3 = ($$anchor) => {
					var button_1 = root_4();
					var text_5 = child(button_1);
					next();
					reset(button_1);
					template_effect(($0) => set_text(text_5, `${$0 ?? ""} `), [() => t("play.stop")]);
					delegated("click", button_1, () => compare.stop());
					append($$anchor, button_1);
				};
				var alternate = ($$anchor) => {
					var button_2 = root_5();
					var text_6 = child(button_2);
					var kbd = sibling(text_6);
					var text_7 = only_child(kbd);
					reset(button_2);
					template_effect(($0) => {
						button_2.disabled = !get(ready);
						set_text(text_6, `${$0 ?? ""} `);
						set_text(text_7, `${MOD ?? ""} ⏎`);
					}, [() => t("compare.run")]);
					delegated("click", button_2, () => void compare.run());
					append($$anchor, button_2);
				};
				if_block(node_6, ($$render) => {
					if (compare.running) $$render(consequent_3);
					else $$render(alternate, -1);
				});
				var button_3 = sibling(node_6, 2);
				var text_8 = only_child(button_3, true);
				reset(div_2);
				reset(div);
				var node_7 = sibling(div, 2);
				var consequent_4 = ($$anchor) => {
					Failed($$anchor, {
						get failure() {
							return get(exportFailure);
						},
						again: () => void save()
					});
				};
				if_block(node_7, ($$render) => {
					if (get(exportFailure)) $$render(consequent_4);
				});
				var div_3 = sibling(node_7, 2);
				each(div_3, 23, () => get(shown), (column) => column.id, ($$anchor, column, at) => {
					var section = root_10();
					var header = child(section);
					var h2_1 = child(header);
					var text_9 = only_child(h2_1, true);
					var node_8 = sibling(h2_1, 2);
					var consequent_5 = ($$anchor) => {
						var span = root_6();
						var text_10 = only_child(span, true);
						template_effect(($0) => set_text(text_10, $0), [() => t("compare.hidden")]);
						append($$anchor, span);
					};
					var alternate_1 = ($$anchor) => {
						var fragment_8 = root_2();
						var node_9 = first_child(fragment_8);
						{
							let $0 = user_derived(() => t("compare.model", { letter: letter(get(at)) }));
							ModelMenu(node_9, {
								bare: true,
								get label() {
									return get($0);
								},
								get value() {
									return get(column).params.model;
								},
								set value($$value) {
									get(column).params.model = $$value;
								}
							});
						}
						var node_10 = sibling(node_9, 2);
						var consequent_6 = ($$anchor) => {
							var button_4 = root_7();
							var node_11 = child(button_4);
							Icon(node_11, { name: "close" });
							reset(button_4);
							template_effect(($0) => {
								button_4.disabled = compare.running;
								set_attribute(button_4, "aria-label", $0);
							}, [() => t("param.stop.remove", { text: letter(get(at)) })]);
							delegated("click", button_4, () => compare.remove(get(column)));
							append($$anchor, button_4);
						};
						if_block(node_10, ($$render) => {
							if (compare.columns.length > 2) $$render(consequent_6);
						});
						append($$anchor, fragment_8);
					};
					if_block(node_8, ($$render) => {
						if (compare.hidden) $$render(consequent_5);
						else $$render(alternate_1, -1);
					});
					reset(header);
					var div_4 = sibling(header, 2);
					var p_1 = child(div_4);
					var text_11 = only_child(p_1, true);
					var node_12 = sibling(p_1, 2);
					var consequent_7 = ($$anchor) => {
						var p_2 = root_8();
						var text_12 = only_child(p_2, true);
						template_effect(($0) => set_text(text_12, $0), [() => t("status.loading")]);
						append($$anchor, p_2);
					};
					if_block(node_12, ($$render) => {
						if (get(column).running && get(column).stats === null) $$render(consequent_7);
					});
					var node_13 = sibling(node_12, 2);
					var consequent_8 = ($$anchor) => {
						Failed($$anchor, {
							get failure() {
								return get(column).failure;
							},
							again: () => void compare.run()
						});
					};
					if_block(node_13, ($$render) => {
						if (get(column).failure) $$render(consequent_8);
					});
					reset(div_4);
					var node_14 = sibling(div_4, 2);
					var consequent_10 = ($$anchor) => {
						var footer = root_9();
						var node_15 = child(footer);
						Numbers(node_15, {
							get stats() {
								return get(column).stats;
							},
							tokens: null,
							context: null,
							full: false
						});
						var node_16 = sibling(node_15, 2);
						var consequent_9 = ($$anchor) => {
							var span_1 = root_6();
							var text_13 = only_child(span_1, true);
							template_effect(($0) => set_text(text_13, $0), [() => t(`status.${get(column).ending}`)]);
							append($$anchor, span_1);
						};
						if_block(node_16, ($$render) => {
							if (get(column).ending) $$render(consequent_9);
						});
						reset(footer);
						append($$anchor, footer);
					};
					if_block(node_14, ($$render) => {
						if (!compare.hidden) $$render(consequent_10);
					});
					reset(section);
					template_effect(($0, $1, $2) => {
						set_attribute(section, "aria-label", $0);
						set_text(text_9, $1);
						set_attribute(div_4, "aria-label", $2);
						set_text(text_11, get(column).text);
					}, [
						() => title(get(column), get(at)),
						() => letter(get(at)),
						() => t("compare.answer", { letter: letter(get(at)) })
					]);
					append($$anchor, section);
				});
				reset(div_3);
				var div_5 = sibling(div_3, 2);
				var div_6 = child(div_5);
				var span_2 = child(div_6);
				var text_14 = only_child(span_2, true);
				var node_17 = sibling(span_2, 2);
				each(node_17, 16, () => get(votes), (vote) => vote, ($$anchor, vote) => {
					var button_5 = root_11();
					let classes;
					var text_15 = only_child(button_5, true);
					template_effect(($0) => {
						button_5.disabled = !compare.canVote || compare.saving;
						classes = set_class(button_5, 1, "", null, classes, { primary: compare.vote === vote });
						set_text(text_15, $0);
					}, [() => typeof vote === "number" ? letter(vote) : t(`compare.${vote}`)]);
					delegated("click", button_5, () => void compare.choose(vote));
					append($$anchor, button_5);
				});
				var label_2 = sibling(node_17, 4);
				var text_16 = only_child(label_2, true);
				var select = sibling(label_2, 2);
				var option = child(select);
				var text_17 = only_child(option, true);
				option.value = option.__value = "";
				var node_18 = sibling(option);
				each(node_18, 16, () => get(pairs), (name) => name, ($$anchor, name) => {
					var option_1 = root_12();
					var text_18 = only_child(option_1, true);
					var option_1_value = {};
					template_effect(() => {
						set_text(text_18, name);
						if (option_1_value !== (option_1_value = name)) option_1.__value = option_1_value;
					});
					append($$anchor, option_1);
				});
				reset(select);
				init_select(select);
				reset(div_6);
				var node_19 = sibling(div_6, 2);
				var consequent_11 = ($$anchor) => {
					{
						let $0 = user_derived(() => t("close"));
						ErrorBox($$anchor, {
							get failure() {
								return compare.refused;
							},
							get action() {
								return get($0);
							},
							onaction: () => compare.refused = null
						});
					}
				};
				if_block(node_19, ($$render) => {
					if (compare.refused) $$render(consequent_11);
				});
				var node_20 = sibling(node_19, 2);
				var consequent_12 = ($$anchor) => {
					var div_7 = root_13();
					Diff(child(div_7), { get parts() {
						return get(parts);
					} });
					reset(div_7);
					template_effect(($0) => set_attribute(div_7, "aria-label", `${$0 ?? ""} ${get(pair) ?? ""}`), [() => t("compare.diff")]);
					append($$anchor, div_7);
				};
				if_block(node_20, ($$render) => {
					if (get(parts).length > 0) $$render(consequent_12);
				});
				var p_3 = sibling(node_20, 2);
				var text_19 = only_child(p_3, true);
				reset(div_5);
				template_effect(($0, $1, $2, $3, $4, $5, $6, $7, $8) => {
					set_text(text_3, $0);
					set_text(text_4, $1);
					set_attribute(textarea_1, "aria-label", $2);
					set_attribute(textarea_1, "placeholder", $3);
					button_3.disabled = compare.columns.length >= 4 || compare.running;
					set_text(text_8, $4);
					set_attribute(div_6, "aria-label", $5);
					set_text(text_14, $6);
					set_attribute(label_2, "for", `${id}-diff`);
					set_text(text_16, $7);
					set_attribute(select, "id", `${id}-diff`);
					set_text(text_17, $8);
					set_text(text_19, get(said));
				}, [
					() => t("compare.sync"),
					() => t("compare.blind"),
					() => t("compare.asked"),
					() => t("compare.asked"),
					() => t("compare.add"),
					() => t("compare.best"),
					() => t("compare.best"),
					() => t("compare.diff"),
					() => t("compare.noDiff")
				]);
				bind_checked(input, () => compare.sync, ($$value) => compare.sync = $$value);
				bind_checked(input_1, () => compare.blind, ($$value) => compare.blind = $$value);
				bind_value(textarea_1, () => compare.asked, ($$value) => compare.asked = $$value);
				delegated("click", button_3, () => compare.add());
				delegated("keydown", div_5, voted);
				bind_select_value(select, () => get(pair), ($$value) => set(pair, $$value));
				append($$anchor, fragment_6);
			},
			$$slots: {
				tools: true,
				knobs: true,
				default: true
			}
		});
	}
	pop();
}
delegate(["click", "keydown"]);
export { Compare as default };
