import { An as user_derived, At as recall, Cn as child, Dn as proxy, Dt as t, En as sibling, Et as percent, Fn as next, G as embed, In as reset, Jt as init_select, Kt as set_value, Lt as onMount, Mn as pop, Nn as push, On as set, Pt as router, Rt as prop, Sn as $window, St as counted, Tn as only_child, Tt as number, U as Failure, Ut as remove_input_defaults, Vt as bind_value, Wt as set_attribute, Xt as set_class, Yt as set_style, Zt as clsx, _ as ModeTools, _n as get, b as Failed, bn as user_effect, cn as append, dn as from_svg, f as ModelMenu, fn as props_id, ft as startOf, gn as event, gt as inDialog, h as About, hn as delegated, in as if_block, jn as remove_textarea_child, kn as state, kt as keep, m as Bar, mn as delegate, nn as index, pt as MOD, qt as bind_select_value, s as later, sn as set_text, tn as each, un as from_html, v as models, wn as first_child, y as Frame, yn as template_effect, yt as submits, zt as bind_this } from "./shared.js";
import { t as copy } from "./shared2.js";
import { t as download } from "./shared4.js";
// src/lib/vectors.ts
function dot(a, b) {
	let sum = 0;
	for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
	return sum;
}
function cosine(a, b) {
	const lengths = Math.sqrt(dot(a, a) * dot(b, b));
	return lengths === 0 ? 0 : dot(a, b) / lengths;
}
function analogy(a, b, c) {
	const [x, y, z] = [
		unit(a),
		unit(b),
		unit(c)
	];
	return x.map((value, i) => value - (y[i] ?? 0) + (z[i] ?? 0));
}
function unit(a) {
	const length = Math.sqrt(dot(a, a)) || 1;
	return a.map((value) => value / length);
}
function nearest(to, among, without = []) {
	return among.map((vector, index) => ({
		index,
		cosine: cosine(to, vector)
	})).filter(({ index }) => !without.includes(index)).sort((a, b) => b.cosine - a.cosine);
}
function plane(vectors) {
	const count = vectors.length;
	const gram = centredGram(vectors);
	const variance = gram.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
	const none = {
		points: vectors.map(() => [0, 0]),
		kept: 1
	};
	if (count < 2 || variance < 1e-12) return none;
	const first = strongest(gram);
	for (const [i, row] of gram.entries()) for (let j = 0; j < count; j++) row[j] = (row[j] ?? 0) - first.value * (first.vector[i] ?? 0) * (first.vector[j] ?? 0);
	const second = strongest(gram);
	const place = ({ value, vector }, i) => Math.sqrt(Math.max(0, value)) * (vector[i] ?? 0);
	return {
		points: vectors.map((_, i) => [place(first, i), place(second, i)]),
		kept: Math.min(1, (first.value + Math.max(0, second.value)) / variance)
	};
}
function centredGram(vectors) {
	const count = vectors.length;
	const mean = (vectors[0] ?? []).map((_, d) => vectors.reduce((sum, vector) => sum + (vector[d] ?? 0), 0) / count);
	const centred = vectors.map((vector) => vector.map((value, d) => value - (mean[d] ?? 0)));
	const gram = centred.map(() => new Array(count).fill(0));
	for (let i = 0; i < count; i++) for (let j = 0; j <= i; j++) {
		const product = dot(centred[i] ?? [], centred[j] ?? []);
		gram[i][j] = gram[j][i] = product;
	}
	return gram;
}
function strongest(matrix) {
	let vector = unit(matrix.map((_, i) => Math.sin(i + 1)));
	for (let step = 0; step < 500; step++) {
		const next = unit(matrix.map((row) => dot(row, vector)));
		const same = dot(next, vector);
		vector = next;
		if (1 - Math.abs(same) < 1e-12) break;
	}
	return {
		value: dot(vector, matrix.map((row) => dot(row, vector))),
		vector: vector.reduce((a, b) => Math.abs(b) > Math.abs(a) + 1e-9 ? b : a, 0) < 0 ? vector.map((v) => -v) : vector
	};
}
function texts(lines, most) {
	const all = lines.split("\n").map((line) => line.trim());
	return [...new Set(all)].filter((line) => line !== "").slice(0, most);
}
// src/pages/playground/embeddings.svelte.ts
var PATH = "/playground/embeddings";
var NAME = "embeddings";
var LINES = `The cat sleeps on the sofa.
A kitten is lying on the couch.
Shares fell sharply this morning.
The stock market lost value today.
How do I bake a loaf of bread?
A simple recipe for bread.
The rocket left for the moon.
Astronauts are on their way into space.`;
var WORDS = "king, queen, man, woman, prince, princess, boy, girl, duke, duchess, father, mother, throne, castle, soldier, nurse, apple, river, Paris, France, Rome, Italy, Berlin, Germany";
var Embeddings$1 = class {
	#lines = state("");
	get lines() {
		return get(this.#lines);
	}
	set lines(value) {
		set(this.#lines, value, true);
	}
	#model = state("");
	get model() {
		return get(this.#model);
	}
	set model(value) {
		set(this.#model, value, true);
	}
	#dimensions = state(null);
	get dimensions() {
		return get(this.#dimensions);
	}
	set dimensions(value) {
		set(this.#dimensions, value, true);
	}
	#running = state(false);
	get running() {
		return get(this.#running);
	}
	set running(value) {
		set(this.#running, value, true);
	}
	#failure = state(null);
	get failure() {
		return get(this.#failure);
	}
	set failure(value) {
		set(this.#failure, value);
	}
	#sent = state(null);
	get sent() {
		return get(this.#sent);
	}
	set sent(value) {
		set(this.#sent, value);
	}
	#result = state(null);
	get result() {
		return get(this.#result);
	}
	set result(value) {
		set(this.#result, value);
	}
	#selected = state(0);
	get selected() {
		return get(this.#selected);
	}
	set selected(value) {
		set(this.#selected, value, true);
	}
	#terms = state(proxy([
		"king",
		"man",
		"woman"
	]));
	get terms() {
		return get(this.#terms);
	}
	set terms(value) {
		set(this.#terms, value, true);
	}
	#words = state(WORDS);
	get words() {
		return get(this.#words);
	}
	set words(value) {
		set(this.#words, value, true);
	}
	#near = state([]);
	get near() {
		return get(this.#near);
	}
	set near(value) {
		set(this.#near, value);
	}
	#analogyFailure = state(null);
	get analogyFailure() {
		return get(this.#analogyFailure);
	}
	set analogyFailure(value) {
		set(this.#analogyFailure, value);
	}
	#abort = null;
	constructor() {
		const kept = recall(NAME, {});
		this.lines = kept.lines ?? LINES;
		this.model = kept.model ?? "";
		this.dimensions = kept.dimensions ?? null;
		this.terms = kept.terms ?? this.terms;
		this.words = kept.words ?? this.words;
	}
	get texts() {
		return texts(this.lines, 300);
	}
	get next() {
		return this.#body(this.texts);
	}
	begin({ lines, params }) {
		if (lines !== null) this.lines = lines;
		if (typeof params.model === "string") this.model = params.model;
		this.dimensions = dimensions(params.dimensions);
	}
	start(withText) {
		const { lines, model, dimensions } = this;
		return {
			lines: withText ? lines : null,
			params: {
				model,
				dimensions
			}
		};
	}
	readAddress() {
		const { state } = router;
		if (!state.has("model") && !state.has("dimensions")) return;
		this.model = state.get("model") ?? this.model;
		this.dimensions = dimensions(Number(state.get("dimensions")));
	}
	async run() {
		const all = this.texts;
		if (this.running || this.model === "" || all.length === 0) return;
		this.running = true;
		this.failure = null;
		const abort = new AbortController();
		this.#abort = abort;
		try {
			const body = this.#body(all);
			this.sent = body;
			const { data, usage } = await embed(body, abort.signal);
			const vectors = data.map((item) => item.embedding);
			this.result = {
				texts: all,
				vectors,
				plane: plane(vectors),
				tokens: usage.prompt_tokens
			};
			this.selected = Math.min(this.selected, all.length - 1);
		} catch (error) {
			if (!abort.signal.aborted) this.failure = failure(error);
		}
		this.running = false;
	}
	stop() {
		this.#abort?.abort();
	}
	async calculate() {
		const terms = this.terms.map((term) => term.trim());
		const asked = terms.map((term) => term.toLowerCase());
		const words = texts(this.words.replaceAll(/[,，、]/g, "\n"), 300).filter((word) => !asked.includes(word.toLowerCase()));
		if (this.running || this.model === "" || terms.includes("") || words.length === 0) return;
		this.running = true;
		this.analogyFailure = null;
		const abort = new AbortController();
		this.#abort = abort;
		try {
			const { data } = await embed(this.#body([...terms, ...words]), abort.signal);
			const [a, b, c, ...among] = data.map((item) => item.embedding);
			const found = nearest(analogy(a ?? [], b ?? [], c ?? []), among);
			this.near = found.slice(0, 5).map((near) => ({
				...near,
				word: words[near.index] ?? ""
			}));
		} catch (error) {
			if (!abort.signal.aborted) this.analogyFailure = failure(error);
		}
		this.running = false;
	}
	save = later(() => {
		const { lines, model, dimensions, terms, words } = this;
		keep(NAME, {
			lines,
			model,
			dimensions,
			terms,
			words
		});
		const state = new URLSearchParams();
		if (model !== "") state.set("model", model);
		if (dimensions !== null) state.set("dimensions", String(dimensions));
		router.say(PATH, state);
	});
	#body(input) {
		const { model, dimensions } = this;
		return dimensions === null ? {
			model,
			input
		} : {
			model,
			input,
			dimensions
		};
	}
};
function dimensions(value) {
	return Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : null;
}
function failure(error) {
	return error instanceof Failure ? error : new Failure(String(error));
}
var embeddings = new Embeddings$1();
// src/pages/playground/Matrix.svelte
var root$2 = from_html(`<p class="muted"> </p>`);
var root_1$2 = from_html(`<th scope="col" class="svelte-57e58b"></th>`);
var root_2$2 = from_html(`<td> </td>`);
var root_3$1 = from_html(`<tr><th scope="row" class="svelte-57e58b"> </th><!></tr>`);
var root_4$1 = from_html(`<!> <div class="scroll svelte-57e58b" tabindex="0" role="region"><table class="svelte-57e58b"><thead><tr><td></td><!></tr></thead><tbody class="svelte-57e58b"></tbody></table></div>`, 1);
function Matrix($$anchor, $$props) {
	push($$props, true);
	const vectors = user_derived(() => $$props.result.vectors.slice(0, 30));
	const rows = user_derived(() => get(vectors).map((one) => get(vectors).map((other) => cosine(one, other))));
	var fragment = root_4$1();
	var node = first_child(fragment);
	var consequent = ($$anchor) => {
		var p = root$2();
		var text = only_child(p, true);
		template_effect(($0) => set_text(text, $0), [() => t("embed.matrixMost", { n: 30 })]);
		append($$anchor, p);
	};
	if_block(node, ($$render) => {
		if ($$props.result.vectors.length > 30) $$render(consequent);
	});
	var div = sibling(node, 2);
	var table = child(div);
	var thead = child(table);
	var tr = child(thead);
	var node_1 = sibling(child(tr));
	each(node_1, 17, () => get(rows), index, ($$anchor, _, i) => {
		var th = root_1$2();
		th.textContent = i + 1;
		template_effect(() => set_attribute(th, "title", $$props.result.texts[i]));
		append($$anchor, th);
	});
	reset(tr);
	reset(thead);
	var tbody = sibling(thead);
	each(tbody, 21, () => get(rows), index, ($$anchor, row, i) => {
		var tr_1 = root_3$1();
		let classes;
		var th_1 = child(tr_1);
		var text_1 = only_child(th_1);
		var node_2 = sibling(th_1);
		each(node_2, 17, () => get(row), index, ($$anchor, value) => {
			var td = root_2$2();
			let styles;
			var text_2 = only_child(td, true);
			template_effect(($0, $1) => {
				set_class(td, 1, clsx(get(value) < 0 ? "against" : "alike"), "svelte-57e58b");
				styles = set_style(td, "", styles, { "--much": $0 });
				set_text(text_2, $1);
			}, [() => Math.abs(get(value)).toFixed(3), () => number(get(value), 2)]);
			append($$anchor, td);
		});
		reset(tr_1);
		template_effect(() => {
			classes = set_class(tr_1, 1, "svelte-57e58b", null, classes, { selected: i === $$props.selected });
			set_attribute(th_1, "title", $$props.result.texts[i]);
			set_text(text_1, `${i + 1} ${$$props.result.texts[i] ?? ""}`);
		});
		append($$anchor, tr_1);
	});
	reset(tbody);
	reset(table);
	reset(div);
	template_effect(($0) => set_attribute(div, "aria-label", $0), [() => t("embed.matrix")]);
	append($$anchor, fragment);
	pop();
}
// src/pages/playground/VectorMap.svelte
var root$1 = from_svg(`<text class="svelte-vhndyn"> </text>`);
var root_1$1 = from_svg(`<g><circle class="svelte-vhndyn"><title> </title></circle><!></g>`);
var root_2$1 = from_html(`<svg role="img" class="svelte-vhndyn"></svg> <p class="muted"> </p>`, 1);
function VectorMap($$anchor, $$props) {
	push($$props, true);
	let selected = prop($$props, "selected", 15);
	const [WIDTH, HEIGHT, MARGIN] = [
		640,
		400,
		28
	];
	const NAMED = 40;
	const places = user_derived(() => {
		const { points } = $$props.result.plane;
		const span = (axis) => {
			const values = points.map((point) => point[axis]);
			return {
				low: Math.min(...values),
				high: Math.max(...values)
			};
		};
		const [x, y] = [span(0), span(1)];
		const room = (length, { low, high }) => (length - 2 * MARGIN) / Math.max(high - low, 1e-9);
		const scale = Math.min(room(WIDTH, x), room(HEIGHT, y));
		return points.map(([px, py]) => ({
			x: WIDTH / 2 + (px - (x.low + x.high) / 2) * scale,
			y: HEIGHT / 2 - (py - (y.low + y.high) / 2) * scale
		}));
	});
	function name(text) {
		const letters = [...text];
		return letters.length > 28 ? `${letters.slice(0, 27).join("")}…` : text;
	}
	function clicked(event) {
		const point = event.target.closest("[data-point]");
		if (point) selected(Number(point.dataset.point));
	}
	var fragment = root_2$1();
	var svg = first_child(fragment);
	each(svg, 21, () => get(places), index, ($$anchor, $$item, i) => {
		let x = () => get($$item).x;
		let y = () => get($$item).y;
		const right = user_derived(() => x() > WIDTH * .6);
		var g = root_1$1();
		set_attribute(g, "data-point", i);
		let classes;
		var circle = child(g);
		var title = child(circle);
		var text_1 = only_child(title, true);
		reset(circle);
		var node = sibling(circle);
		var consequent = ($$anchor) => {
			var text_2 = root$1();
			var text_3 = only_child(text_2, true);
			template_effect(($0) => {
				set_attribute(text_2, "x", get(right) ? x() - 10 : x() + 10);
				set_attribute(text_2, "y", y() + 4);
				set_attribute(text_2, "text-anchor", get(right) ? "end" : "start");
				set_text(text_3, $0);
			}, [() => name($$props.result.texts[i] ?? "")]);
			append($$anchor, text_2);
		};
		if_block(node, ($$render) => {
			if (get(places).length <= NAMED || i === selected()) $$render(consequent);
		});
		reset(g);
		template_effect(() => {
			classes = set_class(g, 0, "svelte-vhndyn", null, classes, { selected: i === selected() });
			set_attribute(circle, "cx", x());
			set_attribute(circle, "cy", y());
			set_attribute(circle, "r", i === selected() ? 7 : 5);
			set_text(text_1, $$props.result.texts[i]);
		});
		append($$anchor, g);
	});
	reset(svg);
	var p = sibling(svg, 2);
	var text_4 = only_child(p, true);
	template_effect(($0, $1) => {
		set_attribute(svg, "viewBox", `0 0 ${WIDTH ?? ""} ${HEIGHT ?? ""}`);
		set_attribute(svg, "aria-label", $0);
		set_text(text_4, $1);
	}, [() => t("embed.mapLabel", {
		n: $$props.result.texts.length,
		percent: percent($$props.result.plane.kept, 0)
	}), () => t("embed.kept", { percent: percent($$props.result.plane.kept, 0) })]);
	delegated("click", svg, clicked);
	append($$anchor, fragment);
	pop();
}
delegate(["click"]);
// src/pages/playground/Embeddings.svelte
var root = from_html(`<label> </label>`);
var root_1 = from_html(`<h2> </h2> <div class="knob svelte-1rjz51y"><!></div> <div class="knob svelte-1rjz51y"><!> <input type="number" min="1"/></div>`, 1);
var root_2 = from_html(`<p class="wrong"> </p>`);
var root_3 = from_html(`<button class="primary"> <kbd>Esc</kbd></button>`);
var root_4 = from_html(`<button class="primary"> <kbd> </kbd></button>`);
var root_5 = from_html(`<option> </option>`);
var root_6 = from_html(`<li class="svelte-1rjz51y"><span class="text svelte-1rjz51y"> </span> <!> <span class="number svelte-1rjz51y"> </span></li>`);
var root_7 = from_html(`<div class="block svelte-1rjz51y"><h2> </h2> <!></div> <div class="two svelte-1rjz51y"><div class="block svelte-1rjz51y"><h2> </h2> <!></div> <div class="block svelte-1rjz51y"><h2> </h2> <label> </label> <select></select> <ol class="bare"></ol> <div class="row"><button> </button> <button> </button></div></div></div>`, 1);
var root_8 = from_html(`<li><span class="text svelte-1rjz51y"> </span> <!> <span class="number svelte-1rjz51y"> </span></li>`);
var root_9 = from_html(`<ol class="bare"></ol>`);
var root_10 = from_html(`<div class="all svelte-1rjz51y"><div class="block svelte-1rjz51y"><label> </label> <textarea class="field" rows="6"></textarea> <!> <div class="row"><!> <span class="said" role="status"> </span></div> <!></div> <!> <div class="block svelte-1rjz51y"><h2> </h2> <p class="muted"> </p> <form class="svelte-1rjz51y"><div class="row sum svelte-1rjz51y"><input class="svelte-1rjz51y"/> <span aria-hidden="true" class="svelte-1rjz51y">−</span> <input class="svelte-1rjz51y"/> <span aria-hidden="true" class="svelte-1rjz51y">+</span> <input class="svelte-1rjz51y"/> <span aria-hidden="true" class="svelte-1rjz51y">≈</span> <button> </button></div> <label> </label> <textarea class="field" rows="1"></textarea></form> <!> <!></div></div>`);
function Embeddings($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let area;
	let copied = state(false);
	const result = user_derived(() => embeddings.result);
	const lines = user_derived(() => embeddings.lines.split("\n").filter((line) => line.trim() !== "").length);
	const ready = user_derived(() => embeddings.model !== "" && get(lines) > 0);
	const most = user_derived(() => models.card(embeddings.model)?.dimensions ?? null);
	const near = user_derived(() => get(result) ? nearest(get(result).vectors[embeddings.selected] ?? [], get(result).vectors, [embeddings.selected]).slice(0, 8) : []);
	onMount(() => {
		const start = startOf("embeddings");
		embeddings.readAddress();
		if (start) embeddings.begin(start);
		area.focus();
	});
	user_effect(() => {
		const { lines, model, dimensions, terms, words } = embeddings;
		[...terms];
		embeddings.save();
	});
	user_effect(() => {
		embeddings.selected;
		set(copied, false);
	});
	function keyed(event) {
		if (event.defaultPrevented || inDialog()) return;
		if (event.key === "Escape" && embeddings.running) embeddings.stop();
		else if (submits(event)) embeddings.run();
		else return;
		event.preventDefault();
	}
	function dimensions(field) {
		const value = Math.trunc(field.valueAsNumber);
		embeddings.dimensions = value >= 1 ? value : null;
		field.value = String(embeddings.dimensions ?? "");
	}
	function save() {
		if (!get(result)) return;
		const rows = get(result).texts.map((text, i) => ({
			text,
			embedding: get(result).vectors[i]
		}));
		download("embeddings.jsonl", rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
	}
	const said = user_derived(() => {
		if (embeddings.running) return t("embed.running");
		if (!get(result)) return "";
		const tokens = counted("tokens.one", "tokens.many", get(result).tokens);
		return t("embed.done", {
			n: number(get(result).texts.length),
			d: number(get(result).vectors[0]?.length ?? 0),
			tokens
		});
	});
	event("keydown", $window, keyed);
	{
		const tools = ($$anchor) => {
			{
				let $0 = user_derived(() => get(ready) ? () => ({
					request: embeddings.sent ?? embeddings.next,
					sent: embeddings.sent !== null
				}) : void 0);
				ModeTools($$anchor, {
					mode: "embeddings",
					start: (withText) => embeddings.start(withText),
					onopen: (start) => "lines" in start && embeddings.begin(start),
					onmodel: (name) => embeddings.model = name,
					kind: "embedders",
					get code() {
						return get($0);
					}
				});
			}
		};
		const knobs = ($$anchor) => {
			var fragment_2 = root_1();
			var h2 = first_child(fragment_2);
			var text_1 = only_child(h2, true);
			var div = sibling(h2, 2);
			var node = child(div);
			ModelMenu(node, {
				kind: "embedders",
				get value() {
					return embeddings.model;
				},
				set value($$value) {
					embeddings.model = $$value;
				}
			});
			reset(div);
			var div_1 = sibling(div, 2);
			var node_1 = child(div_1);
			{
				const label = ($$anchor) => {
					var label_1 = root();
					var text_2 = only_child(label_1, true);
					template_effect(($0) => {
						set_attribute(label_1, "for", `${id}-dimensions`);
						set_text(text_2, $0);
					}, [() => t("embed.dimensions")]);
					append($$anchor, label_1);
				};
				let $0 = user_derived(() => t("embed.dimensions"));
				let $1 = user_derived(() => t("embed.dimensionsHelp"));
				About(node_1, {
					get name() {
						return get($0);
					},
					api: "dimensions",
					get text() {
						return get($1);
					},
					label,
					$$slots: { label: true }
				});
			}
			var input = sibling(node_1, 2);
			remove_input_defaults(input);
			reset(div_1);
			template_effect(($0, $1) => {
				set_text(text_1, $0);
				set_attribute(input, "id", `${id}-dimensions`);
				set_attribute(input, "max", get(most));
				set_attribute(input, "placeholder", $1);
				set_value(input, embeddings.dimensions ?? "");
			}, [() => t("play.params"), () => get(most) === null ? t("embed.allDimensions") : number(get(most))]);
			delegated("change", input, (event) => dimensions(event.currentTarget));
			append($$anchor, fragment_2);
		};
		let $0 = user_derived(() => t("mode.embeddings"));
		Frame($$anchor, {
			get name() {
				return get($0);
			},
			tools,
			knobs,
			children: ($$anchor, $$slotProps) => {
				var div_2 = root_10();
				var div_3 = child(div_2);
				var label_2 = child(div_3);
				var text_3 = only_child(label_2, true);
				var textarea = sibling(label_2, 2);
				remove_textarea_child(textarea);
				bind_this(textarea, ($$value) => area = $$value, () => area);
				var node_2 = sibling(textarea, 2);
				var consequent = ($$anchor) => {
					var p = root_2();
					var text_4 = only_child(p, true);
					template_effect(($0) => set_text(text_4, $0), [() => t("embed.most", { n: 300 })]);
					append($$anchor, p);
				};
				if_block(node_2, ($$render) => {
					if (get(lines) > 300) $$render(consequent);
				});
				var div_4 = sibling(node_2, 2);
				var node_3 = child(div_4);
				var consequent_1 = ($$anchor) => {
					var button = root_3();
					var text_5 = child(button);
					next();
					reset(button);
					template_effect(($0) => set_text(text_5, `${$0 ?? ""} `), [() => t("play.stop")]);
					delegated("click", button, () => embeddings.stop());
					append($$anchor, button);
				};
				var alternate = ($$anchor) => {
					var button_1 = root_4();
					var text_6 = child(button_1);
					var kbd = sibling(text_6);
					var text_7 = only_child(kbd);
					reset(button_1);
					template_effect(($0) => {
						button_1.disabled = !get(ready);
						set_text(text_6, `${$0 ?? ""} `);
						set_text(text_7, `${MOD ?? ""} ⏎`);
					}, [() => t("embed.run")]);
					delegated("click", button_1, () => void embeddings.run());
					append($$anchor, button_1);
				};
				if_block(node_3, ($$render) => {
					if (embeddings.running) $$render(consequent_1);
					else $$render(alternate, -1);
				});
				var span = sibling(node_3, 2);
				var text_8 = only_child(span, true);
				reset(div_4);
				var node_4 = sibling(div_4, 2);
				var consequent_2 = ($$anchor) => {
					Failed($$anchor, {
						get failure() {
							return embeddings.failure;
						},
						again: () => void embeddings.run()
					});
				};
				if_block(node_4, ($$render) => {
					if (embeddings.failure) $$render(consequent_2);
				});
				reset(div_3);
				var node_5 = sibling(div_3, 2);
				var consequent_3 = ($$anchor) => {
					var fragment_4 = root_7();
					var div_5 = first_child(fragment_4);
					var h2_1 = child(div_5);
					var text_9 = only_child(h2_1, true);
					Matrix(sibling(h2_1, 2), {
						get result() {
							return get(result);
						},
						get selected() {
							return embeddings.selected;
						}
					});
					reset(div_5);
					var div_6 = sibling(div_5, 2);
					var div_7 = child(div_6);
					var h2_2 = child(div_7);
					var text_10 = only_child(h2_2, true);
					VectorMap(sibling(h2_2, 2), {
						get result() {
							return get(result);
						},
						get selected() {
							return embeddings.selected;
						},
						set selected($$value) {
							embeddings.selected = $$value;
						}
					});
					reset(div_7);
					var div_8 = sibling(div_7, 2);
					var h2_3 = child(div_8);
					var text_11 = only_child(h2_3, true);
					var label_3 = sibling(h2_3, 2);
					var text_12 = only_child(label_3, true);
					var select = sibling(label_3, 2);
					each(select, 21, () => get(result).texts, index, ($$anchor, text, i) => {
						var option = root_5();
						var text_13 = only_child(option);
						option.value = option.__value = i;
						template_effect(() => set_text(text_13, `${i + 1} ${get(text) ?? ""}`));
						append($$anchor, option);
					});
					reset(select);
					init_select(select);
					var ol = sibling(select, 2);
					each(ol, 21, () => get(near), ({ index, cosine }) => index, ($$anchor, $$item) => {
						let index = () => get($$item).index;
						let cosine = () => get($$item).cosine;
						var li = root_6();
						var span_1 = child(li);
						var text_14 = only_child(span_1, true);
						var node_8 = sibling(span_1, 2);
						{
							let $0 = user_derived(() => Math.max(0, cosine()));
							Bar(node_8, { get share() {
								return get($0);
							} });
						}
						var span_2 = sibling(node_8, 2);
						var text_15 = only_child(span_2, true);
						reset(li);
						template_effect(($0) => {
							set_attribute(span_1, "title", get(result).texts[index()]);
							set_text(text_14, get(result).texts[index()]);
							set_text(text_15, $0);
						}, [() => number(cosine(), 3)]);
						append($$anchor, li);
					});
					reset(ol);
					var div_9 = sibling(ol, 2);
					var button_2 = child(div_9);
					var text_16 = only_child(button_2, true);
					var button_3 = sibling(button_2, 2);
					var text_17 = only_child(button_3, true);
					reset(div_9);
					reset(div_8);
					reset(div_6);
					template_effect(($0, $1, $2, $3, $4, $5) => {
						set_text(text_9, $0);
						set_text(text_10, $1);
						set_text(text_11, $2);
						set_attribute(label_3, "for", `${id}-of`);
						set_text(text_12, $3);
						set_attribute(select, "id", `${id}-of`);
						set_text(text_16, $4);
						set_text(text_17, $5);
					}, [
						() => t("embed.matrix"),
						() => t("embed.map"),
						() => t("embed.nearest"),
						() => t("embed.of"),
						() => t(get(copied) ? "copied" : "embed.copy"),
						() => t("embed.save")
					]);
					bind_select_value(select, () => embeddings.selected, ($$value) => embeddings.selected = $$value);
					delegated("click", button_2, async () => set(copied, await copy(JSON.stringify(get(result).vectors[embeddings.selected])), true));
					delegated("click", button_3, save);
					append($$anchor, fragment_4);
				};
				if_block(node_5, ($$render) => {
					if (get(result)) $$render(consequent_3);
				});
				var div_10 = sibling(node_5, 2);
				var h2_4 = child(div_10);
				var text_18 = only_child(h2_4, true);
				var p_1 = sibling(h2_4, 2);
				var text_19 = only_child(p_1, true);
				var form = sibling(p_1, 2);
				var div_11 = child(form);
				var input_1 = child(div_11);
				remove_input_defaults(input_1);
				var input_2 = sibling(input_1, 4);
				remove_input_defaults(input_2);
				var input_3 = sibling(input_2, 4);
				remove_input_defaults(input_3);
				var button_4 = sibling(input_3, 4);
				var text_20 = only_child(button_4, true);
				reset(div_11);
				var label_4 = sibling(div_11, 2);
				var text_21 = only_child(label_4, true);
				var textarea_1 = sibling(label_4, 2);
				remove_textarea_child(textarea_1);
				reset(form);
				var node_9 = sibling(form, 2);
				var consequent_4 = ($$anchor) => {
					Failed($$anchor, {
						get failure() {
							return embeddings.analogyFailure;
						},
						again: () => void embeddings.calculate()
					});
				};
				if_block(node_9, ($$render) => {
					if (embeddings.analogyFailure) $$render(consequent_4);
				});
				var node_10 = sibling(node_9, 2);
				var consequent_5 = ($$anchor) => {
					var ol_1 = root_9();
					each(ol_1, 23, () => embeddings.near, ({ word, cosine }) => word, ($$anchor, $$item, i) => {
						let word = () => get($$item).word;
						let cosine = () => get($$item).cosine;
						var li_1 = root_8();
						let classes;
						var span_3 = child(li_1);
						var text_22 = only_child(span_3, true);
						var node_11 = sibling(span_3, 2);
						{
							let $0 = user_derived(() => Math.max(0, cosine()));
							Bar(node_11, { get share() {
								return get($0);
							} });
						}
						var span_4 = sibling(node_11, 2);
						var text_23 = only_child(span_4, true);
						reset(li_1);
						template_effect(($0) => {
							classes = set_class(li_1, 1, "svelte-1rjz51y", null, classes, { first: get(i) === 0 });
							set_text(text_22, word());
							set_text(text_23, $0);
						}, [() => number(cosine(), 3)]);
						append($$anchor, li_1);
					});
					reset(ol_1);
					template_effect(($0) => set_attribute(ol_1, "aria-label", $0), [() => t("embed.analogy")]);
					append($$anchor, ol_1);
				};
				if_block(node_10, ($$render) => {
					if (embeddings.near.length > 0) $$render(consequent_5);
				});
				reset(div_10);
				reset(div_2);
				template_effect(($0, $1, $2, $3, $4, $5, $6, $7, $8) => {
					set_attribute(label_2, "for", `${id}-lines`);
					set_text(text_3, $0);
					set_attribute(textarea, "id", `${id}-lines`);
					set_attribute(textarea, "placeholder", $1);
					set_text(text_8, get(said));
					set_text(text_18, $2);
					set_text(text_19, $3);
					set_attribute(input_1, "aria-label", $4);
					set_attribute(input_2, "aria-label", $5);
					set_attribute(input_3, "aria-label", $6);
					button_4.disabled = embeddings.running || embeddings.model === "";
					set_text(text_20, $7);
					set_attribute(label_4, "for", `${id}-words`);
					set_text(text_21, $8);
					set_attribute(textarea_1, "id", `${id}-words`);
				}, [
					() => t("embed.lines"),
					() => t("embed.placeholder"),
					() => t("embed.analogy"),
					() => t("embed.analogyAbout"),
					() => t("embed.plus"),
					() => t("embed.minus"),
					() => t("embed.plusToo"),
					() => t("embed.calculate"),
					() => t("embed.words")
				]);
				bind_value(textarea, () => embeddings.lines, ($$value) => embeddings.lines = $$value);
				event("submit", form, (event) => {
					event.preventDefault();
					embeddings.calculate();
				});
				bind_value(input_1, () => embeddings.terms[0], ($$value) => embeddings.terms[0] = $$value);
				bind_value(input_2, () => embeddings.terms[1], ($$value) => embeddings.terms[1] = $$value);
				bind_value(input_3, () => embeddings.terms[2], ($$value) => embeddings.terms[2] = $$value);
				bind_value(textarea_1, () => embeddings.words, ($$value) => embeddings.words = $$value);
				append($$anchor, div_2);
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
delegate(["change", "click"]);
export { Embeddings as default };
