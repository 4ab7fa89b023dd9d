import { $ as DEFAULTS, An as user_derived, At as recall, Cn as child, Dn as proxy, Dt as t, En as sibling, Fn as next, In as reset, Jt as init_select, Lt as onMount, Mn as pop, Nn as push, On as set, Pn as snapshot, Pt as router, Q as Icon, Sn as $window, St as counted, Tn as only_child, U as Failure, Vt as bind_value, Wt as set_attribute, X as stream, Xt as set_class, Zt as clsx, _ as ModeTools, _n as get, b as Failed, bn as user_effect, cn as append, d as Parameters, et as anySeed, fn as props_id, ft as startOf, g as Numbers, gn as event, gt as inDialog, hn as delegated, in as if_block, jn as remove_textarea_child, kn as state, kt as keep, l as fromQuery, ln as comment, mn as delegate, nn as index, nt as restored, o as Pace, p as Segments, pt as MOD, qt as bind_select_value, s as later, sn as set_text, tn as each, tt as completionBody, u as toQuery, un as from_html, v as models, wn as first_child, y as Frame, yn as template_effect, yt as submits, zt as bind_this } from "./shared.js";
import { t as lines } from "./shared6.js";
// src/lib/stops.ts
var LANGUAGES = [
	"python",
	"javascript",
	"rust",
	"go",
	"c",
	"java",
	"text"
];
var NAMES = {
	python: "Python",
	javascript: "JavaScript",
	rust: "Rust",
	go: "Go",
	c: "C",
	java: "Java"
};
var ENDS = [
	"none",
	"line",
	"block",
	"definition"
];
var DEFINITIONS = {
	python: [
		"\ndef ",
		"\nclass ",
		"\n@",
		"\nif __name__"
	],
	javascript: [
		"\nfunction ",
		"\nclass ",
		"\nconst ",
		"\nexport "
	],
	rust: [
		"\nfn ",
		"\npub ",
		"\nimpl ",
		"\nstruct "
	],
	go: [
		"\nfunc ",
		"\ntype ",
		"\nvar ",
		"\nconst "
	],
	c: [
		"\nint ",
		"\nvoid ",
		"\nstatic ",
		"\nstruct "
	],
	java: [
		"\n    public ",
		"\n    private ",
		"\n    protected ",
		"\n    @"
	],
	text: [
		"\n# ",
		"\n## ",
		"\n---",
		"\n==="
	]
};
function stopsOf(language, end) {
	switch (end) {
		case "none": return [];
		case "line": return ["\n"];
		case "block": return ["\n\n"];
		case "definition": return DEFINITIONS[language];
	}
}
function endOf(language, stops) {
	return ENDS.find((end) => JSON.stringify(stopsOf(language, end)) === JSON.stringify(stops));
}
// src/pages/playground/code.svelte.ts
var PATH = "/playground/code";
var CODE_DEFAULTS = {
	...DEFAULTS,
	temperature: .2,
	maxTokens: 64,
	show: "off"
};
var DRAFT = "code.draft";
var PARAMS = "code.params";
var PREFIX = `def mean(numbers):
    """The mean of a list of numbers; 0 if it is empty."""
`;
var SUFFIX = `
    return total / len(numbers)
`;
var Code$1 = class {
	#prefix = state("");
	get prefix() {
		return get(this.#prefix);
	}
	set prefix(value) {
		set(this.#prefix, value, true);
	}
	#suffix = state("");
	get suffix() {
		return get(this.#suffix);
	}
	set suffix(value) {
		set(this.#suffix, value, true);
	}
	#language = state("python");
	get language() {
		return get(this.#language);
	}
	set language(value) {
		set(this.#language, value, true);
	}
	#params = state(proxy(restored(CODE_DEFAULTS, recall(PARAMS, {}))));
	get params() {
		return get(this.#params);
	}
	set params(value) {
		set(this.#params, value, true);
	}
	#answer = state(null);
	get answer() {
		return get(this.#answer);
	}
	set answer(value) {
		set(this.#answer, value);
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
	#refused = state({});
	#steps = state([]);
	#abort = null;
	constructor() {
		const kept = recall(DRAFT, {});
		this.prefix = kept.prefix ?? PREFIX;
		this.suffix = kept.suffix ?? SUFFIX;
		this.language = LANGUAGES.find((language) => language === kept.language) ?? "python";
	}
	get cannot() {
		const { model } = this.params;
		if (this.suffix === "") return null;
		const card = models.card(model);
		if (card && !card.can.includes("insert")) return "card";
		const said = get(this.#refused)[model];
		return said === void 0 ? null : { said };
	}
	get next() {
		const params = {
			...snapshot(this.params),
			bestOf: 1,
			show: "off"
		};
		const body = completionBody(params, this.prefix, params.seed ?? anySeed());
		return this.suffix === "" ? body : {
			...body,
			suffix: this.suffix
		};
	}
	get canUndo() {
		return get(this.#steps).length > 0 && !this.running;
	}
	begin({ prefix, suffix, params }) {
		if (this.running) return;
		if (prefix !== null) {
			this.#remember();
			[this.prefix, this.suffix, this.answer] = [
				prefix,
				suffix,
				null
			];
		}
		const { model } = this.params;
		Object.assign(this.params, restored(CODE_DEFAULTS, {
			model,
			...params
		}));
	}
	start(withText) {
		const { prefix, suffix } = this;
		const params = snapshot(this.params);
		return {
			prefix: withText ? prefix : null,
			suffix: withText ? suffix : "",
			params
		};
	}
	readAddress() {
		const said = fromQuery(router.state, this.params, CODE_DEFAULTS);
		if (said) Object.assign(this.params, said);
	}
	async run() {
		if (this.running || this.params.model === "" || this.cannot !== null) return;
		const body = this.next;
		const abort = new AbortController();
		this.#abort = abort;
		this.#remember();
		this.running = true;
		this.sent = body;
		[this.answer, this.ending, this.failure, this.stats] = [
			null,
			null,
			null,
			null
		];
		const pace = new Pace();
		let usage = null;
		let [text, count, frame] = [
			"",
			0,
			0
		];
		const flush = () => {
			cancelAnimationFrame(frame);
			frame = 0;
			this.answer = text;
			this.stats = pace.stats(count, usage);
		};
		try {
			for await (const chunk of stream("/v1/completions", body, abort.signal)) {
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
			else set(this.#steps, get(this.#steps).slice(0, -1));
			this.ending = abort.signal.aborted ? "stopped" : "failed";
			if (!abort.signal.aborted) this.#fail(body.model, error);
		}
		this.running = false;
	}
	stop() {
		this.#abort?.abort();
	}
	take() {
		if (this.running || this.answer === null) return;
		this.#remember();
		this.prefix += this.answer;
		this.answer = null;
	}
	undo() {
		const step = get(this.#steps).at(-1);
		if (!step || this.running) return;
		set(this.#steps, get(this.#steps).slice(0, -1));
		({prefix: this.prefix, suffix: this.suffix, answer: this.answer} = step);
		[this.ending, this.failure, this.stats] = [
			null,
			null,
			null
		];
	}
	save = later(() => {
		const { prefix, suffix, language } = this;
		keep(DRAFT, {
			prefix,
			suffix,
			language
		});
	});
	saveParams = later(() => {
		keep(PARAMS, this.params);
		router.say(PATH, toQuery(this.params, CODE_DEFAULTS));
	});
	#fail(model, error) {
		this.failure = error instanceof Failure ? error : new Failure(String(error));
		const { param, message } = this.failure;
		if (param === "suffix") {
			set(this.#refused, {
				...get(this.#refused),
				[model]: message
			});
			this.failure = null;
		}
	}
	#remember() {
		const { prefix, suffix, answer } = this;
		set(this.#steps, [...get(this.#steps).slice(-49), {
			prefix,
			suffix,
			answer
		}]);
	}
};
var code = new Code$1();
// src/pages/playground/Code.svelte
var root = from_html(`<option> </option>`);
var root_1 = from_html(`<span> </span>`);
var root_2 = from_html(`<div class="result svelte-1st1uzr" tabindex="0" role="region"><pre class="svelte-1st1uzr"></pre></div>`);
var root_3 = from_html(`<button class="primary"> <kbd>Esc</kbd></button>`);
var root_4 = from_html(`<button class="primary"> <kbd> </kbd></button>`);
var root_5 = from_html(`<p class="wrong"> </p>`);
var root_6 = from_html(`<div class="texts svelte-1st1uzr"><label class="svelte-1st1uzr"> </label> <textarea class="mono svelte-1st1uzr" spellcheck="false" autocapitalize="off"></textarea> <div class="row here svelte-1st1uzr"><span aria-hidden="true" class="svelte-1st1uzr">▸</span> <!> <label class="svelte-1st1uzr"> </label> <select class="svelte-1st1uzr"></select></div> <label class="svelte-1st1uzr"> </label> <textarea class="mono svelte-1st1uzr" spellcheck="false" autocapitalize="off"></textarea></div> <!> <!> <footer class="svelte-1st1uzr"><div class="row"><!> <button> </button> <button><!> </button> <span class="space"></span> <!></div> <!> <p class="said svelte-1st1uzr" role="status"> </p></footer>`, 1);
function Code($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	const AROUND = 3;
	let prefix;
	const parts = user_derived(() => code.answer === null ? [] : lines(code.prefix + code.suffix, code.prefix + code.answer + code.suffix));
	const reason = user_derived(() => {
		const { cannot } = code;
		if (cannot === null) return "";
		if (cannot !== "card") return `${cannot.said} ${t("insert.empty")}`;
		const able = (models.cards ?? []).filter((card) => card.can.includes("insert"));
		if (able.length === 0) return `${t("insert.cannot")} ${t("insert.empty")}`;
		return `${t("insert.cannot")} ${t("insert.able", { names: able.map((c) => c.id).join(", ") })}`;
	});
	const ready = user_derived(() => code.params.model !== "" && code.cannot === null);
	const end = user_derived(() => endOf(code.language, code.params.stop));
	onMount(() => {
		const start = startOf("code");
		code.readAddress();
		if (start) code.begin(start);
		prefix.focus();
	});
	user_effect(() => {
		code.prefix, code.suffix, code.language;
		code.save();
	});
	function keyed(event) {
		if (event.defaultPrevented || inDialog()) return;
		if (event.key === "Escape" && code.running) code.stop();
		else if (submits(event)) code.run();
		else return;
		event.preventDefault();
	}
	function stopAt(end) {
		code.params.stop = stopsOf(code.language, end);
	}
	function near({ kind, text }, at) {
		const all = text.replace(/\n$/, "").split("\n");
		if (kind !== "same") return all;
		const [first, last] = [at === 0, at === get(parts).length - 1];
		if (first) return all.slice(-3);
		if (last) return all.slice(0, AROUND);
		return all.length > 6 ? [
			...all.slice(0, AROUND),
			"⋯",
			...all.slice(-3)
		] : all;
	}
	const SIGNS = {
		same: " ",
		gone: "−",
		new: "+"
	};
	const said = user_derived(() => {
		if (code.running) return t("status.generating");
		if (code.ending === null || code.stats === null) return "";
		const tokens = counted("tokens.one", "tokens.many", code.stats.tokens);
		return t("status.done", {
			tokens,
			how: t(`status.${code.ending}`)
		});
	});
	event("keydown", $window, keyed);
	{
		const tools = ($$anchor) => {
			{
				let $0 = user_derived(() => get(ready) ? () => ({
					request: code.sent ?? code.next,
					sent: code.sent !== null
				}) : void 0);
				ModeTools($$anchor, {
					mode: "code",
					start: (withText) => code.start(withText),
					onopen: (start) => "prefix" in start && code.begin(start),
					onmodel: (name) => code.params.model = name,
					get code() {
						return get($0);
					}
				});
			}
		};
		const knobs = ($$anchor) => {
			Parameters($$anchor, {
				get params() {
					return code.params;
				},
				mode: "code",
				get defaults() {
					return CODE_DEFAULTS;
				},
				context: null,
				last: [],
				colourless: false,
				onchange: () => code.saveParams()
			});
		};
		let $0 = user_derived(() => t("mode.code"));
		Frame($$anchor, {
			get name() {
				return get($0);
			},
			tools,
			knobs,
			children: ($$anchor, $$slotProps) => {
				var fragment_3 = root_6();
				var div = first_child(fragment_3);
				var label = child(div);
				var text_1 = only_child(label, true);
				var textarea = sibling(label, 2);
				remove_textarea_child(textarea);
				bind_this(textarea, ($$value) => prefix = $$value, () => prefix);
				var div_1 = sibling(textarea, 2);
				var node = sibling(child(div_1), 2);
				var bind_get = () => get(end);
				var bind_set = stopAt;
				{
					let $0 = user_derived(() => t("insert.end"));
					Segments(node, {
						get label() {
							return get($0);
						},
						get options() {
							return ENDS;
						},
						names: (option) => t(`insert.end.${option}`),
						get value() {
							return bind_get();
						},
						set value($$value) {
							bind_set($$value);
						}
					});
				}
				var label_1 = sibling(node, 2);
				var text_2 = only_child(label_1, true);
				var select = sibling(label_1, 2);
				each(select, 20, () => LANGUAGES, (language) => language, ($$anchor, language) => {
					var option_1 = root();
					var text_3 = only_child(option_1, true);
					var option_1_value = {};
					template_effect(($0) => {
						set_text(text_3, $0);
						if (option_1_value !== (option_1_value = language)) option_1.value = (option_1.__value = option_1_value) ?? "";
					}, [() => language === "text" ? t("insert.text") : NAMES[language]]);
					append($$anchor, option_1);
				});
				reset(select);
				init_select(select);
				reset(div_1);
				var label_2 = sibling(div_1, 2);
				var text_4 = only_child(label_2, true);
				var textarea_1 = sibling(label_2, 2);
				remove_textarea_child(textarea_1);
				reset(div);
				var node_1 = sibling(div, 2);
				var consequent = ($$anchor) => {
					var div_2 = root_2();
					var pre = child(div_2);
					each(pre, 21, () => get(parts), index, ($$anchor, part, i) => {
						var fragment_4 = comment();
						var node_2 = first_child(fragment_4);
						each(node_2, 17, () => near(get(part), i), index, ($$anchor, line) => {
							var span = root_1();
							var text_5 = only_child(span);
							template_effect(() => {
								set_class(span, 1, clsx(get(part).kind), "svelte-1st1uzr");
								set_text(text_5, `${SIGNS[get(part).kind] ?? ""} ${get(line) ?? ""}
`);
							});
							append($$anchor, span);
						});
						append($$anchor, fragment_4);
					});
					reset(pre);
					reset(div_2);
					template_effect(($0) => set_attribute(div_2, "aria-label", $0), [() => t("insert.result")]);
					append($$anchor, div_2);
				};
				if_block(node_1, ($$render) => {
					if (code.answer !== null) $$render(consequent);
				});
				var node_3 = sibling(node_1, 2);
				var consequent_1 = ($$anchor) => {
					Failed($$anchor, {
						get failure() {
							return code.failure;
						},
						again: () => void code.run()
					});
				};
				if_block(node_3, ($$render) => {
					if (code.failure) $$render(consequent_1);
				});
				var footer = sibling(node_3, 2);
				var div_3 = child(footer);
				var node_4 = child(div_3);
				var consequent_2 = ($$anchor) => {
					var button = root_3();
					var text_6 = child(button);
					next();
					reset(button);
					template_effect(($0) => set_text(text_6, `${$0 ?? ""} `), [() => t("play.stop")]);
					delegated("click", button, () => code.stop());
					append($$anchor, button);
				};
				var alternate = ($$anchor) => {
					var button_1 = root_4();
					var text_7 = child(button_1);
					var kbd = sibling(text_7);
					var text_8 = only_child(kbd);
					reset(button_1);
					template_effect(($0) => {
						button_1.disabled = !get(ready);
						set_attribute(button_1, "aria-describedby", get(reason) ? `${id}-reason` : void 0);
						set_text(text_7, `${$0 ?? ""} `);
						set_text(text_8, `${MOD ?? ""} ⏎`);
					}, [() => t("insert.run")]);
					delegated("click", button_1, () => void code.run());
					append($$anchor, button_1);
				};
				if_block(node_4, ($$render) => {
					if (code.running) $$render(consequent_2);
					else $$render(alternate, -1);
				});
				var button_2 = sibling(node_4, 2);
				var text_9 = only_child(button_2, true);
				var button_3 = sibling(button_2, 2);
				var node_5 = child(button_3);
				Icon(node_5, { name: "undo" });
				var text_10 = sibling(node_5, 1, true);
				reset(button_3);
				var node_6 = sibling(button_3, 4);
				Numbers(node_6, {
					get stats() {
						return code.stats;
					},
					tokens: null,
					context: null,
					full: false
				});
				reset(div_3);
				var node_7 = sibling(div_3, 2);
				var consequent_3 = ($$anchor) => {
					var p = root_5();
					var text_11 = only_child(p, true);
					template_effect(() => {
						set_attribute(p, "id", `${id}-reason`);
						set_text(text_11, get(reason));
					});
					append($$anchor, p);
				};
				if_block(node_7, ($$render) => {
					if (get(reason)) $$render(consequent_3);
				});
				var p_1 = sibling(node_7, 2);
				var text_12 = only_child(p_1, true);
				reset(footer);
				template_effect(($0, $1, $2, $3, $4) => {
					set_attribute(label, "for", `${id}-prefix`);
					set_text(text_1, $0);
					set_attribute(textarea, "id", `${id}-prefix`);
					textarea.readOnly = code.running;
					set_attribute(label_1, "for", `${id}-language`);
					set_text(text_2, $1);
					set_attribute(select, "id", `${id}-language`);
					set_attribute(label_2, "for", `${id}-suffix`);
					set_text(text_4, $2);
					set_attribute(textarea_1, "id", `${id}-suffix`);
					textarea_1.readOnly = code.running;
					button_2.disabled = code.answer === null || code.running;
					set_text(text_9, $3);
					button_3.disabled = !code.canUndo;
					set_text(text_10, $4);
					set_text(text_12, get(said));
				}, [
					() => t("insert.prefix"),
					() => t("code.language"),
					() => t("insert.suffix"),
					() => t("insert.take"),
					() => t("play.undo")
				]);
				bind_value(textarea, () => code.prefix, ($$value) => code.prefix = $$value);
				bind_select_value(select, () => code.language, (language) => {
					const before = get(end);
					code.language = language;
					if (before) stopAt(before);
				});
				bind_value(textarea_1, () => code.suffix, ($$value) => code.suffix = $$value);
				delegated("click", button_2, () => code.take());
				delegated("click", button_3, () => code.undo());
				append($$anchor, fragment_3);
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
delegate(["click"]);
export { Code as default };
