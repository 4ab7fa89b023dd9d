import { $ as user_effect, B as append, C as set_value, D as set_class, H as from_html, I as if_block, J as event, K as delegate, M as snippet, N as each, Q as template_effect, V as comment, W as props_id, Y as get, a as number, at as sibling, b as remove_input_defaults, ct as state, dt as pop, ft as push, gt as noop, ht as reset, it as only_child, lt as user_derived, m as spread_props, nt as child, o as percent, p as prop, q as delegated, rt as first_child, s as t, st as set, ut as remove_textarea_child, v as bind_value, x as set_attribute, z as set_text } from "./shared.js";
import { f as tokenize, t as Failure } from "./shared4.js";
import { i as enters, s as sends } from "./shared5.js";
import { a as spelt, c as visible, d as SHOW, o as tempered, u as LIMITS } from "./shared6.js";
import { t as Icon } from "./shared12.js";
import { n as Bar, r as About, t as ModelMenu } from "./shared20.js";
import { t as Segments } from "./shared23.js";
// src/pages/playground/Numbers.svelte
var root$4 = from_html(`<span> </span>`);
var root_1$4 = from_html(`<!> <span> </span> <!> <!>`, 1);
var root_2$3 = from_html(`<span class="numbers number svelte-yna0la"><!> <!></span>`);
function Numbers($$anchor, $$props) {
	push($$props, true);
	var span = root_2$3();
	var node = child(span);
	var consequent_3 = ($$anchor) => {
		const computed_const = user_derived(() => {
			return $$props.stats;
		});
		var fragment = root_1$4();
		var node_1 = first_child(fragment);
		var consequent = ($$anchor) => {
			var span_1 = root$4();
			var text = only_child(span_1, true);
			template_effect(($0) => set_text(text, $0), [() => t("status.prompt", { n: number(get(computed_const).promptTokens) })]);
			append($$anchor, span_1);
		};
		if_block(node_1, ($$render) => {
			if (get(computed_const).promptTokens !== null) $$render(consequent);
		});
		var span_2 = sibling(node_1, 2);
		var text_1 = only_child(span_2, true);
		var node_2 = sibling(span_2, 2);
		var consequent_1 = ($$anchor) => {
			var span_3 = root$4();
			var text_2 = only_child(span_3, true);
			template_effect(($0) => set_text(text_2, $0), [() => t("status.speed", { n: number(get(computed_const).perSecond, 1) })]);
			append($$anchor, span_3);
		};
		if_block(node_2, ($$render) => {
			if (get(computed_const).perSecond !== null) $$render(consequent_1);
		});
		var node_3 = sibling(node_2, 2);
		var consequent_2 = ($$anchor) => {
			var span_4 = root$4();
			var text_3 = only_child(span_4, true);
			template_effect(($0) => set_text(text_3, $0), [() => t("status.first", { ms: number(get(computed_const).firstMs) })]);
			append($$anchor, span_4);
		};
		if_block(node_3, ($$render) => {
			if (get(computed_const).firstMs !== null) $$render(consequent_2);
		});
		template_effect(($0) => set_text(text_1, $0), [() => t("status.answer", { n: number(get(computed_const).tokens) })]);
		append($$anchor, fragment);
	};
	if_block(node, ($$render) => {
		if ($$props.stats) $$render(consequent_3);
	});
	var node_4 = sibling(node, 2);
	var consequent_4 = ($$anchor) => {
		var span_5 = root$4();
		let classes;
		var text_4 = only_child(span_5, true);
		template_effect(($0) => {
			classes = set_class(span_5, 1, "svelte-yna0la", null, classes, { full: $$props.full });
			set_text(text_4, $0);
		}, [() => t("status.room", {
			used: number($$props.tokens),
			context: number($$props.context)
		})]);
		append($$anchor, span_5);
	};
	if_block(node_4, ($$render) => {
		if ($$props.tokens !== null && $$props.context !== null) $$render(consequent_4);
	});
	reset(span);
	append($$anchor, span);
	pop();
}
// src/ui/Slider.svelte
var root$3 = from_html(`<label> </label>`);
var root_1$3 = from_html(`<div class="slider"><div class="head svelte-1sauv95"><!> <input class="number svelte-1sauv95" type="number"/></div> <input type="range"/></div>`);
function Slider($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let value = prop($$props, "value", 15);
	const digits = user_derived(() => $$props.step < 1 ? 2 : 0);
	function typed(field) {
		const number = field.valueAsNumber;
		if (Number.isFinite(number)) {
			const near = Math.round(number / $$props.step) * $$props.step;
			value(Number(Math.min($$props.max, Math.max($$props.min, near)).toFixed(get(digits))));
		}
		field.value = value().toFixed(get(digits));
	}
	var div = root_1$3();
	var div_1 = child(div);
	var node = child(div_1);
	{
		const label = ($$anchor) => {
			var label_1 = root$3();
			var text = only_child(label_1, true);
			template_effect(() => {
				set_attribute(label_1, "for", id);
				set_text(text, $$props.name);
			});
			append($$anchor, label_1);
		};
		About(node, {
			get name() {
				return $$props.name;
			},
			get api() {
				return $$props.api;
			},
			get text() {
				return $$props.about;
			},
			get more() {
				return $$props.more;
			},
			label,
			$$slots: { label: true }
		});
	}
	var input = sibling(node, 2);
	remove_input_defaults(input);
	reset(div_1);
	var input_1 = sibling(div_1, 2);
	remove_input_defaults(input_1);
	reset(div);
	template_effect(($0) => {
		set_attribute(input, "min", $$props.min);
		set_attribute(input, "max", $$props.max);
		set_attribute(input, "step", $$props.step);
		set_attribute(input, "aria-label", $$props.name);
		set_value(input, $0);
		set_attribute(input_1, "id", id);
		set_attribute(input_1, "min", $$props.min);
		set_attribute(input_1, "max", $$props.max);
		set_attribute(input_1, "step", $$props.step);
	}, [() => value().toFixed(get(digits))]);
	delegated("change", input, (event) => typed(event.currentTarget));
	bind_value(input_1, value);
	append($$anchor, div);
	pop();
}
delegate(["change"]);
// src/ui/Stops.svelte
var root$2 = from_html(`<span class="chip svelte-ypyihv"><code class="svelte-ypyihv"> </code> <button class="plain svelte-ypyihv"><!></button></span>`);
var root_1$2 = from_html(`<input/>`);
var root_2$2 = from_html(`<div class="stops svelte-ypyihv"><!> <!></div>`);
function Stops($$anchor, $$props) {
	push($$props, true);
	let values = prop($$props, "values", 15);
	let draft = state("");
	function add() {
		const text = get(draft).replace(/\\n/g, "\n").replace(/\\t/g, "	");
		set(draft, "");
		if (text === "" || values().includes(text) || values().length >= $$props.most) return;
		values([...values(), text]);
	}
	function remove(text) {
		values(values().filter((other) => other !== text));
	}
	var div = root_2$2();
	var node = child(div);
	each(node, 16, values, (text) => text, ($$anchor, text) => {
		var span = root$2();
		var code = child(span);
		var text_1 = only_child(code, true);
		var button = sibling(code, 2);
		var node_1 = child(button);
		Icon(node_1, { name: "close" });
		reset(button);
		reset(span);
		template_effect(($0, $1) => {
			set_text(text_1, $0);
			set_attribute(button, "aria-label", $1);
		}, [() => visible(text), () => t("param.stop.remove", { text: visible(text) })]);
		delegated("click", button, () => remove(text));
		append($$anchor, span);
	});
	var node_2 = sibling(node, 2);
	var consequent = ($$anchor) => {
		var input = root_1$2();
		remove_input_defaults(input);
		template_effect(($0) => {
			set_attribute(input, "id", $$props.id);
			set_attribute(input, "placeholder", $0);
		}, [() => t("param.stop.add")]);
		delegated("keydown", input, (event) => {
			if (!enters(event) || event.ctrlKey || event.metaKey) return;
			event.preventDefault();
			add();
		});
		event("blur", input, add);
		bind_value(input, () => get(draft), ($$value) => set(draft, $$value));
		append($$anchor, input);
	};
	if_block(node_2, ($$render) => {
		if (values().length < $$props.most) $$render(consequent);
	});
	reset(div);
	append($$anchor, div);
	pop();
}
delegate(["click", "keydown"]);
// src/pages/playground/LogitBias.svelte
var root$1 = from_html(`<label> </label>`);
var root_1$1 = from_html(`<li class="svelte-1wnuitq"><code class="piece"> </code> <input type="number" class="svelte-1wnuitq"/> <button class="plain svelte-1wnuitq"><!></button></li>`);
var root_2$1 = from_html(`<ul class="bare"></ul>`);
var root_3$1 = from_html(`<input/>`);
var root_4$1 = from_html(`<p class="wrong" role="alert"> </p>`);
var root_5$1 = from_html(`<div class="bias svelte-1wnuitq"><!> <!> <!> <!></div>`);
function LogitBias($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let values = prop($$props, "values", 15);
	let draft = state("");
	let wrong = state("");
	async function add() {
		set(wrong, "");
		if (get(draft) === "" || $$props.model === "") return;
		try {
			const { tokens } = await tokenize($$props.model, get(draft).replaceAll("\\n", "\n"), new AbortController().signal);
			const found = tokens.map(({ id, bytes }) => ({
				id,
				text: spelt(Uint8Array.from(bytes)),
				bias: -100
			}));
			const fresh = found.filter(({ id }, i) => !values().some((v) => v.id === id) && found.findIndex((f) => f.id === id) === i);
			if (values().length + fresh.length > 20) {
				set(wrong, t("bias.most", { n: 20 }), true);
				return;
			}
			values([...values(), ...fresh]);
			set(draft, "");
		} catch (error) {
			set(wrong, error instanceof Failure ? error.message : String(error), true);
		}
	}
	function set$1(at, field) {
		const value = values()[at];
		if (!value) return;
		const bias = Math.min(100, Math.max(-100, Math.round(field.valueAsNumber)));
		if (Number.isFinite(bias)) values(values().with(at, {
			...value,
			bias
		}));
		field.value = String(values()[at]?.bias);
	}
	var div = root_5$1();
	var node = child(div);
	{
		const label = ($$anchor) => {
			var label_1 = root$1();
			var text_1 = only_child(label_1, true);
			template_effect(($0) => {
				set_attribute(label_1, "for", id);
				set_text(text_1, $0);
			}, [() => t("param.logit_bias")]);
			append($$anchor, label_1);
		};
		let $0 = user_derived(() => t("param.logit_bias"));
		let $1 = user_derived(() => t("param.logit_bias.help"));
		About(node, {
			get name() {
				return get($0);
			},
			api: "logit_bias",
			get text() {
				return get($1);
			},
			label,
			$$slots: { label: true }
		});
	}
	var node_1 = sibling(node, 2);
	var consequent = ($$anchor) => {
		var ul = root_2$1();
		each(ul, 23, values, ({ id, text, bias }) => id, ($$anchor, $$item, i, $$array) => {
			let id = () => get($$item).id;
			let text = () => get($$item).text;
			let bias = () => get($$item).bias;
			const name = user_derived(() => text() === "" ? `#${id()}` : visible(text()));
			var li = root_1$1();
			var code = child(li);
			var text_2 = only_child(code, true);
			var input = sibling(code, 2);
			remove_input_defaults(input);
			var button = sibling(input, 2);
			var node_2 = child(button);
			Icon(node_2, { name: "close" });
			reset(button);
			reset(li);
			template_effect(($0, $1) => {
				set_attribute(code, "title", `#${id() ?? ""}`);
				set_text(text_2, get(name));
				set_attribute(input, "min", -100);
				set_attribute(input, "max", 100);
				set_value(input, bias());
				set_attribute(input, "aria-label", $0);
				set_attribute(button, "aria-label", $1);
			}, [() => t("bias.of", { text: get(name) }), () => t("param.stop.remove", { text: get(name) })]);
			delegated("change", input, (event) => set$1(get(i), event.currentTarget));
			delegated("click", button, () => values(values().filter((v) => v.id !== id())));
			append($$anchor, li);
		});
		reset(ul);
		append($$anchor, ul);
	};
	if_block(node_1, ($$render) => {
		if (values().length > 0) $$render(consequent);
	});
	var node_3 = sibling(node_1, 2);
	var consequent_1 = ($$anchor) => {
		var input_1 = root_3$1();
		remove_input_defaults(input_1);
		template_effect(($0) => {
			set_attribute(input_1, "id", id);
			set_attribute(input_1, "placeholder", $0);
			set_attribute(input_1, "aria-describedby", get(wrong) ? `${id}-wrong` : void 0);
		}, [() => t("bias.add")]);
		delegated("keydown", input_1, (event) => {
			if (!sends(event) || event.ctrlKey || event.metaKey) return;
			event.preventDefault();
			add();
		});
		bind_value(input_1, () => get(draft), ($$value) => set(draft, $$value));
		append($$anchor, input_1);
	};
	if_block(node_3, ($$render) => {
		if (values().length < 20) $$render(consequent_1);
	});
	var node_4 = sibling(node_3, 2);
	var consequent_2 = ($$anchor) => {
		var p = root_4$1();
		var text_3 = only_child(p, true);
		template_effect(() => {
			set_attribute(p, "id", `${id}-wrong`);
			set_text(text_3, get(wrong));
		});
		append($$anchor, p);
	};
	if_block(node_4, ($$render) => {
		if (get(wrong)) $$render(consequent_2);
	});
	reset(div);
	append($$anchor, div);
	pop();
}
delegate([
	"change",
	"click",
	"keydown"
]);
// src/pages/playground/Parameters.svelte
var root = from_html(`<div class="candidate svelte-auzdio"><code class="piece"> </code> <!> <span class="number svelte-auzdio"> </span></div>`);
var root_1 = from_html(`<figure class="svelte-auzdio"><figcaption> </figcaption> <!></figure>`);
var root_2 = from_html(`<label> </label>`);
var root_3 = from_html(`<!> <div class="field svelte-auzdio"><!> <textarea class="field mono svelte-auzdio" rows="1"></textarea></div> <div class="field svelte-auzdio"><!> <textarea class="field mono svelte-auzdio" rows="1"></textarea></div>`, 1);
var root_4 = from_html(`<span> </span>`);
var root_5 = from_html(`<span class="sure svelte-auzdio"> </span>`);
var root_6 = from_html(`<span class="unsure svelte-auzdio"> </span>`);
var root_7 = from_html(`<div class="legend svelte-auzdio" aria-hidden="true"><!> <!></div>`);
var root_8 = from_html(`<p class="muted"> </p>`);
var root_9 = from_html(`<div class="field svelte-auzdio"><!> <!> <!> <!></div>`);
var root_10 = from_html(`<div class="head svelte-auzdio"><h2> </h2> <button class="plain"> </button></div> <div class="field svelte-auzdio"><!></div> <!> <!> <div class="field svelte-auzdio"><!> <!></div> <!> <!> <!> <!> <!> <!> <!> <div class="field svelte-auzdio"><!> <input inputmode="numeric"/></div>`, 1);
function Parameters($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let params = prop($$props, "params", 7);
	const picture = user_derived(() => tempered($$props.last, params().temperature));
	user_effect(() => {
		JSON.stringify(params());
		$$props.onchange();
	});
	function seed(text) {
		const number = text.trim() === "" ? null : Math.trunc(Number(text));
		params().seed = number === null || Number.isSafeInteger(number) ? number : params().seed;
	}
	function reset$1() {
		Object.assign(params(), {
			...$$props.defaults,
			model: params().model
		});
	}
	var fragment = root_10();
	var div = first_child(fragment);
	var h2 = child(div);
	var text_1 = only_child(h2, true);
	var button = sibling(h2, 2);
	var text_2 = only_child(button, true);
	reset(div);
	var div_1 = sibling(div, 2);
	var node = child(div_1);
	var consequent = ($$anchor) => {
		ModelMenu($$anchor, {
			get value() {
				return params().model;
			},
			set value($$value) {
				params().model = $$value;
			}
		});
	};
	if_block(node, ($$render) => {
		if ($$props.mode !== "compare") $$render(consequent);
	});
	reset(div_1);
	var node_1 = sibling(div_1, 2);
	{
		const more = ($$anchor) => {
			var fragment_2 = comment();
			var node_2 = first_child(fragment_2);
			var consequent_1 = ($$anchor) => {
				var figure = root_1();
				var figcaption = child(figure);
				var text_3 = only_child(figcaption, true);
				var node_3 = sibling(figcaption, 2);
				each(node_3, 19, () => $$props.last, (candidate) => candidate.name, ($$anchor, candidate, i) => {
					var div_2 = root();
					var code = child(div_2);
					var text_4 = only_child(code, true);
					var node_4 = sibling(code, 2);
					{
						let $0 = user_derived(() => get(picture)[get(i)] ?? 0);
						Bar(node_4, { get share() {
							return get($0);
						} });
					}
					var span = sibling(node_4, 2);
					var text_5 = only_child(span, true);
					reset(div_2);
					template_effect(($0, $1) => {
						set_text(text_4, $0);
						set_text(text_5, $1);
					}, [() => visible(get(candidate).name), () => percent(get(picture)[get(i)] ?? 0, 1)]);
					append($$anchor, div_2);
				});
				reset(figure);
				template_effect(($0) => set_text(text_3, $0), [() => t("param.temperature.picture", { t: params().temperature.toFixed(2) })]);
				append($$anchor, figure);
			};
			if_block(node_2, ($$render) => {
				if ($$props.last.length > 0) $$render(consequent_1);
			});
			append($$anchor, fragment_2);
		};
		let $0 = user_derived(() => t("param.temperature"));
		let $1 = user_derived(() => t("param.temperature.help"));
		Slider(node_1, spread_props({
			get name() {
				return get($0);
			},
			api: "temperature",
			get about() {
				return get($1);
			}
		}, () => LIMITS.temperature, {
			get value() {
				return params().temperature;
			},
			set value($$value) {
				params().temperature = $$value;
			},
			more,
			$$slots: { more: true }
		}));
	}
	var node_5 = sibling(node_1, 2);
	{
		let $0 = user_derived(() => t("param.max_tokens"));
		let $1 = user_derived(() => t("param.max_tokens.help"));
		let $2 = user_derived(() => Math.max($$props.context ?? LIMITS.maxTokens.max, params().maxTokens));
		Slider(node_5, spread_props({
			get name() {
				return get($0);
			},
			api: "max_tokens",
			get about() {
				return get($1);
			}
		}, () => LIMITS.maxTokens, {
			get max() {
				return get($2);
			},
			get value() {
				return params().maxTokens;
			},
			set value($$value) {
				params().maxTokens = $$value;
			}
		}));
	}
	var div_3 = sibling(node_5, 2);
	var node_6 = child(div_3);
	{
		const label = ($$anchor) => {
			var label_1 = root_2();
			var text_6 = only_child(label_1, true);
			template_effect(($0) => {
				set_attribute(label_1, "for", `${id}-stop`);
				set_text(text_6, $0);
			}, [() => t("param.stop")]);
			append($$anchor, label_1);
		};
		let $0 = user_derived(() => t("param.stop"));
		let $1 = user_derived(() => t("param.stop.help"));
		About(node_6, {
			get name() {
				return get($0);
			},
			api: "stop",
			get text() {
				return get($1);
			},
			label,
			$$slots: { label: true }
		});
	}
	Stops(sibling(node_6, 2), {
		get id() {
			return `${id}-stop`;
		},
		get most() {
			return 4;
		},
		get values() {
			return params().stop;
		},
		set values($$value) {
			params().stop = $$value;
		}
	});
	reset(div_3);
	var node_8 = sibling(div_3, 2);
	{
		let $0 = user_derived(() => t("param.top_p"));
		let $1 = user_derived(() => t("param.top_p.help"));
		Slider(node_8, spread_props({
			get name() {
				return get($0);
			},
			api: "top_p",
			get about() {
				return get($1);
			}
		}, () => LIMITS.topP, {
			get value() {
				return params().topP;
			},
			set value($$value) {
				params().topP = $$value;
			}
		}));
	}
	var node_9 = sibling(node_8, 2);
	{
		let $0 = user_derived(() => t("param.frequency_penalty"));
		let $1 = user_derived(() => t("param.frequency_penalty.help"));
		Slider(node_9, spread_props({
			get name() {
				return get($0);
			},
			api: "frequency_penalty",
			get about() {
				return get($1);
			}
		}, () => LIMITS.frequencyPenalty, {
			get value() {
				return params().frequencyPenalty;
			},
			set value($$value) {
				params().frequencyPenalty = $$value;
			}
		}));
	}
	var node_10 = sibling(node_9, 2);
	{
		let $0 = user_derived(() => t("param.presence_penalty"));
		let $1 = user_derived(() => t("param.presence_penalty.help"));
		Slider(node_10, spread_props({
			get name() {
				return get($0);
			},
			api: "presence_penalty",
			get about() {
				return get($1);
			}
		}, () => LIMITS.presencePenalty, {
			get value() {
				return params().presencePenalty;
			},
			set value($$value) {
				params().presencePenalty = $$value;
			}
		}));
	}
	var node_11 = sibling(node_10, 2);
	LogitBias(node_11, {
		get model() {
			return params().model;
		},
		get values() {
			return params().logitBias;
		},
		set values($$value) {
			params().logitBias = $$value;
		}
	});
	var node_12 = sibling(node_11, 2);
	var consequent_2 = ($$anchor) => {
		var fragment_3 = root_3();
		var node_13 = first_child(fragment_3);
		{
			let $0 = user_derived(() => t("param.best_of"));
			let $1 = user_derived(() => t("param.best_of.help"));
			Slider(node_13, spread_props({
				get name() {
					return get($0);
				},
				api: "best_of",
				get about() {
					return get($1);
				}
			}, () => LIMITS.bestOf, {
				get value() {
					return params().bestOf;
				},
				set value($$value) {
					params().bestOf = $$value;
				}
			}));
		}
		var div_4 = sibling(node_13, 2);
		var node_14 = child(div_4);
		{
			const label = ($$anchor) => {
				var label_2 = root_2();
				var text_7 = only_child(label_2, true);
				template_effect(($0) => {
					set_attribute(label_2, "for", `${id}-start`);
					set_text(text_7, $0);
				}, [() => t("param.inject_start")]);
				append($$anchor, label_2);
			};
			let $0 = user_derived(() => t("param.inject_start"));
			let $1 = user_derived(() => t("param.inject_start.help"));
			About(node_14, {
				get name() {
					return get($0);
				},
				get text() {
					return get($1);
				},
				label,
				$$slots: { label: true }
			});
		}
		var textarea = sibling(node_14, 2);
		remove_textarea_child(textarea);
		reset(div_4);
		var div_5 = sibling(div_4, 2);
		var node_15 = child(div_5);
		{
			const label = ($$anchor) => {
				var label_3 = root_2();
				var text_8 = only_child(label_3, true);
				template_effect(($0) => {
					set_attribute(label_3, "for", `${id}-restart`);
					set_text(text_8, $0);
				}, [() => t("param.inject_restart")]);
				append($$anchor, label_3);
			};
			let $0 = user_derived(() => t("param.inject_restart"));
			let $1 = user_derived(() => t("param.inject_restart.help"));
			About(node_15, {
				get name() {
					return get($0);
				},
				get text() {
					return get($1);
				},
				label,
				$$slots: { label: true }
			});
		}
		var textarea_1 = sibling(node_15, 2);
		remove_textarea_child(textarea_1);
		reset(div_5);
		template_effect(() => {
			set_attribute(textarea, "id", `${id}-start`);
			set_attribute(textarea_1, "id", `${id}-restart`);
		});
		bind_value(textarea, () => params().injectStart, ($$value) => params().injectStart = $$value);
		bind_value(textarea_1, () => params().injectRestart, ($$value) => params().injectRestart = $$value);
		append($$anchor, fragment_3);
	};
	if_block(node_12, ($$render) => {
		if ($$props.mode === "complete") $$render(consequent_2);
	});
	var node_16 = sibling(node_12, 2);
	snippet(node_16, () => $$props.children ?? noop);
	var node_17 = sibling(node_16, 2);
	var consequent_7 = ($$anchor) => {
		var div_6 = root_9();
		var node_18 = child(div_6);
		{
			const label = ($$anchor) => {
				var span_1 = root_4();
				var text_9 = only_child(span_1, true);
				template_effect(($0) => set_text(text_9, $0), [() => t("param.show")]);
				append($$anchor, span_1);
			};
			let $0 = user_derived(() => t("param.show"));
			let $1 = user_derived(() => t("param.show.help"));
			About(node_18, {
				get name() {
					return get($0);
				},
				api: "logprobs",
				get text() {
					return get($1);
				},
				label,
				$$slots: { label: true }
			});
		}
		var node_19 = sibling(node_18, 2);
		{
			let $0 = user_derived(() => t("param.show"));
			Segments(node_19, {
				get label() {
					return get($0);
				},
				get options() {
					return SHOW;
				},
				names: (option) => t(`show.${option}`),
				columns: 2,
				get value() {
					return params().show;
				},
				set value($$value) {
					params().show = $$value;
				}
			});
		}
		var node_20 = sibling(node_19, 2);
		var consequent_5 = ($$anchor) => {
			var div_7 = root_7();
			var node_21 = child(div_7);
			var consequent_3 = ($$anchor) => {
				var span_2 = root_5();
				var text_10 = only_child(span_2, true);
				template_effect(($0) => set_text(text_10, $0), [() => t("legend.sure")]);
				append($$anchor, span_2);
			};
			if_block(node_21, ($$render) => {
				if (params().show !== "least") $$render(consequent_3);
			});
			var node_22 = sibling(node_21, 2);
			var consequent_4 = ($$anchor) => {
				var span_3 = root_6();
				var text_11 = only_child(span_3, true);
				template_effect(($0) => set_text(text_11, $0), [() => t("legend.unsure")]);
				append($$anchor, span_3);
			};
			if_block(node_22, ($$render) => {
				if (params().show !== "most") $$render(consequent_4);
			});
			reset(div_7);
			append($$anchor, div_7);
		};
		if_block(node_20, ($$render) => {
			if (params().show !== "off") $$render(consequent_5);
		});
		var node_23 = sibling(node_20, 2);
		var consequent_6 = ($$anchor) => {
			var p = root_8();
			var text_12 = only_child(p, true);
			template_effect(($0) => set_text(text_12, $0), [() => t("legend.none")]);
			append($$anchor, p);
		};
		if_block(node_23, ($$render) => {
			if ($$props.colourless && params().show !== "off") $$render(consequent_6);
		});
		reset(div_6);
		append($$anchor, div_6);
	};
	if_block(node_17, ($$render) => {
		if ($$props.mode === "complete" || $$props.mode === "chat") $$render(consequent_7);
	});
	var div_8 = sibling(node_17, 2);
	var node_24 = child(div_8);
	{
		const label = ($$anchor) => {
			var label_4 = root_2();
			var text_13 = only_child(label_4, true);
			template_effect(($0) => {
				set_attribute(label_4, "for", `${id}-seed`);
				set_text(text_13, $0);
			}, [() => t("param.seed")]);
			append($$anchor, label_4);
		};
		let $0 = user_derived(() => t("param.seed"));
		let $1 = user_derived(() => t("param.seed.help"));
		About(node_24, {
			get name() {
				return get($0);
			},
			api: "seed",
			get text() {
				return get($1);
			},
			label,
			$$slots: { label: true }
		});
	}
	var input = sibling(node_24, 2);
	remove_input_defaults(input);
	reset(div_8);
	template_effect(($0, $1, $2) => {
		set_text(text_1, $0);
		set_text(text_2, $1);
		set_attribute(input, "id", `${id}-seed`);
		set_attribute(input, "placeholder", $2);
		set_value(input, params().seed ?? "");
	}, [
		() => t("play.params"),
		() => t("play.settingsReset"),
		() => t("param.seed.any")
	]);
	delegated("click", button, reset$1);
	delegated("change", input, (event) => {
		seed(event.currentTarget.value);
		event.currentTarget.value = String(params().seed ?? "");
	});
	append($$anchor, fragment);
	pop();
}
delegate(["click", "change"]);
export { Numbers as n, Parameters as t };
