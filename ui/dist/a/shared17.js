import { $ as user_effect, B as append, D as set_class, E as set_style, F as key, H as from_html, I as if_block, J as event, K as delegate, N as each, O as clsx, P as index, Q as template_effect, V as comment, W as props_id, Y as get, Z as untrack, a as number, at as sibling, ct as state, dt as pop, et as user_pre_effect, f as onMount, ft as push, h as bind_this, ht as reset, it as only_child, k as attach, lt as user_derived, n as counted, nt as child, o as percent, ot as proxy, q as delegated, rt as first_child, s as t, st as set, x as set_attribute, z as set_text } from "./shared.js";
import { f as tokenize, i as countMessages } from "./shared4.js";
import { c as submits } from "./shared5.js";
import { c as visible, i as probability, n as covered, r as logprob, s as textOf } from "./shared6.js";
import { u as inputOf } from "./shared7.js";
import { t as Icon } from "./shared12.js";
import { t as begins } from "./shared14.js";
import { n as Bar } from "./shared20.js";
// src/pages/playground/counting.svelte.ts
var PAUSE_MS = 350;
var Counting = class {
	#tokens = state(null);
	get tokens() {
		return get(this.#tokens);
	}
	set tokens(value) {
		set(this.#tokens, value, true);
	}
	#context = state(null);
	get context() {
		return get(this.#context);
	}
	set context(value) {
		set(this.#context, value, true);
	}
	#timer;
	#abort;
	later(model, text) {
		this.#later(model, (signal) => tokenize(model, text, signal));
	}
	messagesLater(model, messages, tools) {
		const input = inputOf(messages);
		const described = tools.map(({ type, function: own }) => ({
			type,
			strict: false,
			...own
		}));
		this.#later(model, async (signal) => {
			const { context } = await tokenize(model, "", signal);
			return {
				count: await countMessages(model, input, described, signal),
				context
			};
		});
	}
	#later(model, count) {
		this.stop();
		if (model === "") return;
		this.#timer = setTimeout(() => void this.#run(count), PAUSE_MS);
	}
	stop() {
		clearTimeout(this.#timer);
		this.#abort?.abort();
	}
	async #run(ask) {
		this.#abort = new AbortController();
		try {
			const { count, context } = await ask(this.#abort.signal);
			this.tokens = count;
			this.context = context;
		} catch {
			this.tokens = null;
		}
	}
};
// src/pages/playground/TokenCard.svelte
var root$1 = from_html(`<p class="part svelte-1lrgen"> </p>`);
var root_1$1 = from_html(`<span class="what svelte-1lrgen"> </span>`);
var root_2$1 = from_html(`<button class="plain what svelte-1lrgen"> <span class="unseen"> </span></button>`);
var root_3$1 = from_html(`<span class="what muted svelte-1lrgen"> </span>`);
var root_4$1 = from_html(`<li><code class="piece"> </code> <span class="number svelte-1lrgen"> </span> <!> <!></li>`);
var root_5$1 = from_html(`<ul class="bare svelte-1lrgen"></ul>`);
var root_6 = from_html(`<br/> `, 1);
var root_7 = from_html(`<!> <!> <p class="total svelte-1lrgen"> <!></p>`, 1);
var root_8 = from_html(`<p class="total svelte-1lrgen"> <br/> </p>`);
var root_9 = from_html(`<div class="card svelte-1lrgen" role="dialog" tabindex="-1"><header class="svelte-1lrgen"><h2> </h2> <button class="plain"><!></button></header> <!> <!></div>`);
function TokenCard($$anchor, $$props) {
	push($$props, true);
	const WIDTH = 340;
	let card;
	const left = user_derived(() => Math.max(8, Math.min($$props.place.left, $$props.width - WIDTH - 8)));
	onMount(() => {
		card.scrollIntoView({ block: "nearest" });
		if ($$props.focus) (card.querySelector("li button") ?? card).focus();
	});
	function branch(token, candidate) {
		$$props.branches?.take($$props.cell, token, candidate);
		$$props.onclose();
	}
	function named(token, { name }) {
		const before = $$props.cell.tokens.slice(0, token).map((t) => t.name);
		const whole = token > 0 ? textOf([...before, name]) : null;
		return whole === null ? visible(name) : `${visible(name)} → ${visible(whole)}`;
	}
	function moved(event) {
		const step = {
			ArrowUp: -1,
			ArrowDown: 1
		}[event.key];
		if (!step) return;
		event.preventDefault();
		const buttons = [...card.querySelectorAll("li button")];
		const at = buttons.indexOf(document.activeElement);
		buttons[Math.max(0, Math.min(buttons.length - 1, at + step))]?.focus();
	}
	var div = root_9();
	let styles;
	var header = child(div);
	var h2 = child(header);
	var text = only_child(h2, true);
	var button = sibling(h2, 2);
	var node = child(button);
	Icon(node, { name: "close" });
	reset(button);
	reset(header);
	var node_1 = sibling(header, 2);
	each(node_1, 17, () => $$props.cell.tokens, index, ($$anchor, token, i) => {
		var fragment = root_7();
		var node_2 = first_child(fragment);
		var consequent = ($$anchor) => {
			var p = root$1();
			var text_1 = only_child(p, true);
			template_effect(($0) => set_text(text_1, $0), [() => t("token.part", {
				n: i + 1,
				of: $$props.cell.tokens.length
			})]);
			append($$anchor, p);
		};
		if_block(node_2, ($$render) => {
			if ($$props.cell.tokens.length > 1) $$render(consequent);
		});
		var node_3 = sibling(node_2, 2);
		var consequent_4 = ($$anchor) => {
			var ul = root_5$1();
			each(ul, 21, () => get(token).top, (candidate) => candidate.name, ($$anchor, candidate) => {
				const share = user_derived(() => Math.exp(get(candidate).logprob));
				var li = root_4$1();
				let classes;
				var code = child(li);
				var text_2 = only_child(code, true);
				var span = sibling(code, 2);
				var text_3 = only_child(span, true);
				var node_4 = sibling(span, 2);
				Bar(node_4, { get share() {
					return get(share);
				} });
				var node_5 = sibling(node_4, 2);
				var consequent_1 = ($$anchor) => {
					var span_1 = root_1$1();
					var text_4 = only_child(span_1, true);
					template_effect(($0) => set_text(text_4, $0), [() => t("token.sampled")]);
					append($$anchor, span_1);
				};
				var consequent_2 = ($$anchor) => {
					var button_1 = root_2$1();
					var text_5 = child(button_1, true);
					var span_2 = sibling(text_5);
					var text_6 = only_child(span_2);
					reset(button_1);
					template_effect(($0, $1) => {
						set_text(text_5, $0);
						set_text(text_6, `: ${$1 ?? ""}`);
					}, [() => t("token.continue"), () => visible(get(candidate).name)]);
					delegated("click", button_1, () => branch(i, get(candidate)));
					append($$anchor, button_1);
				};
				var d = user_derived(() => $$props.branches?.can($$props.cell, i, get(candidate)));
				var consequent_3 = ($$anchor) => {
					var span_3 = root_3$1();
					var text_7 = only_child(span_3, true);
					template_effect(($0, $1) => {
						set_attribute(span_3, "title", $0);
						set_text(text_7, $1);
					}, [() => t("token.withinWhy"), () => t("token.within")]);
					append($$anchor, span_3);
				};
				if_block(node_5, ($$render) => {
					if (get(candidate).name === get(token).name) $$render(consequent_1);
					else if (get(d)) $$render(consequent_2, 1);
					else if ($$props.branches) $$render(consequent_3, 2);
				});
				reset(li);
				template_effect(($0, $1) => {
					classes = set_class(li, 1, "svelte-1lrgen", null, classes, { taken: get(candidate).name === get(token).name });
					set_text(text_2, $0);
					set_text(text_3, $1);
				}, [() => named(i, get(candidate)), () => percent(get(share))]);
				append($$anchor, li);
			});
			reset(ul);
			append($$anchor, ul);
		};
		if_block(node_3, ($$render) => {
			if (get(token).top.length > 0) $$render(consequent_4);
		});
		var p_1 = sibling(node_3, 2);
		var text_8 = child(p_1);
		var node_6 = sibling(text_8);
		var consequent_5 = ($$anchor) => {
			var fragment_1 = root_6();
			var text_9 = sibling(first_child(fragment_1), 1, true);
			template_effect(($0) => set_text(text_9, $0), [() => t("token.covered", {
				percent: percent(covered(get(token))),
				n: 5
			})]);
			append($$anchor, fragment_1);
		};
		if_block(node_6, ($$render) => {
			if (get(token).top.length > 0) $$render(consequent_5);
		});
		reset(p_1);
		template_effect(($0) => set_text(text_8, `${$0 ?? ""} `), [() => counted("token.total.one", "token.total.many", 1).replace("{logprob}", number(logprob([get(token)]), 2))]);
		append($$anchor, fragment);
	});
	var node_7 = sibling(node_1, 2);
	var consequent_6 = ($$anchor) => {
		var p_2 = root_8();
		var text_10 = child(p_2);
		var text_11 = sibling(text_10, 2, true);
		reset(p_2);
		template_effect(($0, $1) => {
			set_text(text_10, `${$0 ?? ""} `);
			set_text(text_11, $1);
		}, [() => counted("token.total.one", "token.total.many", $$props.cell.tokens.length).replace("{logprob}", number(logprob($$props.cell.tokens), 2)), () => t("token.character", { percent: percent(probability($$props.cell)) })]);
		append($$anchor, p_2);
	};
	if_block(node_7, ($$render) => {
		if ($$props.cell.tokens.length > 1) $$render(consequent_6);
	});
	reset(div);
	bind_this(div, ($$value) => card = $$value, () => card);
	template_effect(($0, $1, $2) => {
		set_attribute(div, "aria-label", $0);
		styles = set_style(div, "", styles, {
			left: `${get(left) ?? ""}px`,
			top: `${$$props.place.top ?? ""}px`,
			width: "min(340px, calc(100% - 16px))"
		});
		set_text(text, $1);
		set_attribute(button, "aria-label", $2);
	}, [
		() => t("token.title", {
			n: $$props.index + 1,
			of: $$props.of
		}),
		() => t("token.title", {
			n: $$props.index + 1,
			of: $$props.of
		}),
		() => t("close")
	]);
	delegated("keydown", div, moved);
	delegated("click", button, function(...$$args) {
		$$props.onclose?.apply(this, $$args);
	});
	append($$anchor, div);
	pop();
}
delegate(["keydown", "click"]);
// src/pages/playground/Tokens.svelte
var root = from_html(`<span> </span>`);
var root_1 = from_html(`<span aria-hidden="true"> </span>`);
var root_2 = from_html(`<span class="part svelte-14cav5y" role="none"></span>`);
var root_3 = from_html(`<br/>`);
var root_4 = from_html(`<div class="line svelte-14cav5y" role="none"><!><!></div>`);
var root_5 = from_html(`<div class="around svelte-14cav5y"><div class="texts writing svelte-14cav5y"></div> <!></div>`);
function Tokens($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	const PART = 50;
	const PARTS_AT_ONCE = 12;
	const LEVELS = 10;
	const list = user_derived(() => $$props.show !== "off" && $$props.cells.length > 0);
	let texts = state(void 0);
	let active = state(-1);
	let opened = state(-1);
	let byKeyboard = state(false);
	let place = state(proxy({
		left: 0,
		top: 0
	}));
	const shown = user_derived(() => $$props.running || !get(list) ? void 0 : $$props.cells[get(opened)]);
	user_effect(() => {
		if ($$props.running) close();
	});
	function option(index) {
		return get(texts)?.querySelector(`[data-cell="${index}"]`);
	}
	let showing;
	let frame = 0;
	function shows(part) {
		part.dataset.show = showing;
	}
	user_pre_effect(() => {
		showing = $$props.show;
		untrack(() => {
			const parts = [...get(texts)?.querySelectorAll(".part") ?? []];
			const far = (part) => {
				const { top, bottom } = part.getBoundingClientRect();
				return bottom < 0 || top > innerHeight ? 1 : 0;
			};
			const order = parts.map((part) => ({
				part,
				far: far(part)
			})).sort((a, b) => a.far - b.far);
			const step = () => {
				for (const { part } of order.splice(0, PARTS_AT_ONCE)) shows(part);
				frame = order.length > 0 ? requestAnimationFrame(step) : 0;
			};
			cancelAnimationFrame(frame);
			step();
		});
		return () => cancelAnimationFrame(frame);
	});
	function parts(pieces) {
		if (pieces.length <= PART) return [pieces];
		const count = Math.ceil(pieces.length / PART);
		return Array.from({ length: count }, (_, i) => pieces.slice(i * PART, (i + 1) * PART));
	}
	user_effect(() => {
		const cell = $$props.cells[get(active)];
		const element = get(list) && cell ? option(get(active)) : null;
		if (!element || !cell) return;
		element.dataset.active = "";
		element.ariaSelected = "true";
		element.ariaLabel = label(get(active), cell);
		return () => {
			delete element.dataset.active;
			element.ariaSelected = "false";
			element.ariaLabel = null;
		};
	});
	function colour(cell) {
		const p = probability(cell);
		const much = Math.round(Math.abs(2 * p - 1) * LEVELS);
		return `${p >= .5 ? "sure" : "unsure"} much${much}`;
	}
	function label(index, cell) {
		const text = $$props.lines.flatMap((line) => line.pieces).filter((piece) => piece.index === index).map((piece) => piece.text).join("");
		return t("token.label", {
			text: visible(text),
			percent: percent(probability(cell))
		});
	}
	function open(index, keyboard) {
		const piece = option(index);
		const box = piece && [...piece.getClientRects()].at(-1);
		if (!box || !get(texts) || $$props.running || !get(list)) return;
		const around = get(texts).getBoundingClientRect();
		set(place, {
			left: box.left - around.left,
			top: box.bottom - around.top + 6
		}, true);
		set(byKeyboard, keyboard, true);
		set(active, set(opened, index, true), true);
		$$props.onopen?.();
	}
	function close() {
		if (get(byKeyboard) && get(opened) >= 0) get(texts)?.focus();
		set(opened, -1);
	}
	function openAt(x, y) {
		const under = document.elementsFromPoint(x, y).find((e) => e.matches("[data-cell]"));
		if (under instanceof HTMLElement && get(texts)?.contains(under)) open(Number(under.dataset.cell), false);
		else close();
	}
	function moved(event) {
		const last = $$props.cells.length - 1;
		const to = {
			ArrowLeft: get(active) - 1,
			ArrowUp: get(active) - 1,
			ArrowRight: get(active) + 1,
			ArrowDown: get(active) + 1,
			Home: 0,
			End: last
		}[event.key];
		if (to !== void 0 && !event.altKey) {
			set(active, Math.max(0, Math.min(last, to)), true);
			option(get(active))?.scrollIntoView({ block: "nearest" });
		} else if (event.key === "Enter" && !submits(event)) open(get(active), true);
		else return;
		event.preventDefault();
	}
	function escaped(event) {
		if (event.key !== "Escape" || get(opened) < 0) return;
		event.stopPropagation();
		close();
	}
	var $$exports = {
		close,
		openAt
	};
	var div = root_5();
	var div_1 = child(div);
	each(div_1, 21, () => $$props.lines, index, ($$anchor, line) => {
		var div_2 = root_4();
		var node = child(div_2);
		each(node, 17, () => parts(get(line).pieces), index, ($$anchor, part) => {
			var span = root_2();
			each(span, 21, () => get(part), index, ($$anchor, piece) => {
				var fragment = comment();
				var node_1 = first_child(fragment);
				var consequent = ($$anchor) => {
					var span_1 = root();
					let classes;
					var text_1 = only_child(span_1, true);
					template_effect(($0, $1, $2, $3, $4) => {
						set_attribute(span_1, "id", $0);
						classes = set_class(span_1, 1, $1, "svelte-14cav5y", classes, { newline: get(piece).text === "\n" });
						set_attribute(span_1, "data-cell", get(piece).index);
						set_attribute(span_1, "role", $2);
						set_attribute(span_1, "aria-hidden", $3);
						set_attribute(span_1, "aria-selected", $4);
						set_text(text_1, get(piece).text);
					}, [
						() => begins(get(piece)) ? `${id}-${get(piece).index}` : void 0,
						() => clsx(["token", colour(get(piece).cell)]),
						() => begins(get(piece)) ? "option" : void 0,
						() => begins(get(piece)) ? void 0 : "true",
						() => begins(get(piece)) ? false : void 0
					]);
					append($$anchor, span_1);
				};
				var alternate = ($$anchor) => {
					var span_2 = root_1();
					var text_2 = only_child(span_2, true);
					template_effect(() => set_text(text_2, get(piece).text));
					append($$anchor, span_2);
				};
				if_block(node_1, ($$render) => {
					if (get(piece).cell) $$render(consequent);
					else $$render(alternate, -1);
				});
				append($$anchor, fragment);
			});
			reset(span);
			attach(span, () => shows);
			append($$anchor, span);
		});
		var node_2 = sibling(node);
		var consequent_1 = ($$anchor) => {
			var br = root_3();
			append($$anchor, br);
		};
		if_block(node_2, ($$render) => {
			if (get(line).pieces.length === 0) $$render(consequent_1);
		});
		reset(div_2);
		append($$anchor, div_2);
	});
	reset(div_1);
	bind_this(div_1, ($$value) => set(texts, $$value), () => get(texts));
	var node_3 = sibling(div_1, 2);
	var consequent_2 = ($$anchor) => {
		var fragment_1 = comment();
		var node_4 = first_child(fragment_1);
		key(node_4, () => get(opened), ($$anchor) => {
			{
				let $0 = user_derived(() => get(texts)?.clientWidth ?? 0);
				TokenCard($$anchor, {
					get cell() {
						return get(shown);
					},
					get index() {
						return get(opened);
					},
					get place() {
						return get(place);
					},
					get focus() {
						return get(byKeyboard);
					},
					get width() {
						return get($0);
					},
					get of() {
						return $$props.cells.length;
					},
					get branches() {
						return $$props.branches;
					},
					onclose: close
				});
			}
		});
		append($$anchor, fragment_1);
	};
	if_block(node_3, ($$render) => {
		if (get(shown)) $$render(consequent_2);
	});
	reset(div);
	template_effect(($0) => {
		set_attribute(div_1, "role", get(list) ? "listbox" : void 0);
		set_attribute(div_1, "aria-label", $0);
		set_attribute(div_1, "aria-hidden", get(list) ? void 0 : "true");
		set_attribute(div_1, "aria-activedescendant", get(list) && get(active) >= 0 ? `${id}-${get(active)}` : void 0);
		set_attribute(div_1, "tabindex", get(list) ? 0 : void 0);
	}, [() => get(list) ? t("token.list") : void 0]);
	delegated("keydown", div, escaped);
	delegated("keydown", div_1, function(...$$args) {
		(get(list) ? moved : void 0)?.apply(this, $$args);
	});
	delegated("click", div_1, (event) => openAt(event.clientX, event.clientY));
	event("focus", div_1, () => set(active, Math.max(0, Math.min(get(active), $$props.cells.length - 1)), true));
	append($$anchor, div);
	return pop($$exports);
}
delegate(["keydown", "click"]);
export { Counting as n, Tokens as t };
