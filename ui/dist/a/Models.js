import { An as user_derived, Cn as child, Dt as t, En as sibling, In as reset, Kt as set_value, Lt as onMount, Mn as pop, Nn as push, Nt as href, On as set, Pt as router, Rn as to_array, Tn as only_child, Tt as number, Wt as set_attribute, Xt as set_class, _n as get, bn as user_effect, cn as append, hn as delegated, in as if_block, kn as state, ln as comment, mn as delegate, pn as text, sn as set_text, t as Dialog, tn as each, un as from_html, v as models, wn as first_child, x as ErrorBox, yn as template_effect } from "./shared.js";
import { a as p, c as some, d as left, i as get$1, m as size, n as Resource, p as short, r as failureOf, s as send, t as Page } from "./platform.js";
// src/pages/platform/ModelCard.svelte
var root$2 = from_html(`<p> </p>`);
var root_1$2 = from_html(`<dt class="svelte-cuo45l"> </dt> <dd class="svelte-cuo45l"> </dd>`, 1);
var root_2$2 = from_html(`<!> <dl class="svelte-cuo45l"></dl>`, 1);
function ModelCard($$anchor, $$props) {
	push($$props, true);
	const count = (n) => n === null ? null : number(n);
	const rows = user_derived(() => [
		["models.format", $$props.model.format],
		["models.size", size($$props.model.bytes)],
		["models.parameters", count($$props.model.parameters)],
		["models.context", $$props.model.context === null ? null : p("models.tokens", { n: number($$props.model.context) })],
		["models.dimensions", $$props.model.kind === "embedding" ? count($$props.model.dimensions) : void 0],
		["models.can", $$props.model.can.map((what) => p(`models.can.${what}`)).join(" · ")],
		["models.licence", $$props.model.licence],
		["models.source", $$props.model.source],
		["models.resident", $$props.model.resident_bytes === null ? void 0 : size($$props.model.resident_bytes)],
		["models.aliases", $$props.model.aliases.length > 0 ? $$props.model.aliases.join(" · ") : void 0]
	]);
	var fragment = root_2$2();
	var node = first_child(fragment);
	var consequent = ($$anchor) => {
		var p_1 = root$2();
		var text = only_child(p_1, true);
		template_effect(() => set_text(text, $$props.model.description));
		append($$anchor, p_1);
	};
	if_block(node, ($$render) => {
		if ($$props.model.description) $$render(consequent);
	});
	var dl = sibling(node, 2);
	each(dl, 21, () => get(rows).filter(([, value]) => value !== void 0), ([name, value]) => name, ($$anchor, $$item) => {
		var $$array = user_derived(() => to_array(get($$item), 2));
		let name = () => get($$array)[0];
		let value = () => get($$array)[1];
		var fragment_1 = root_1$2();
		var dt = first_child(fragment_1);
		var text_1 = only_child(dt, true);
		var dd = sibling(dt, 2);
		var text_2 = only_child(dd, true);
		template_effect(($0, $1) => {
			set_text(text_1, $0);
			set_text(text_2, $1);
		}, [() => p(name()), () => value() || p("models.unknown")]);
		append($$anchor, fragment_1);
	});
	reset(dl);
	append($$anchor, fragment);
	pop();
}
// src/pages/platform/models.ts
function moves(model) {
	return model.state === "pulling" || model.state === "loading" || model.in_use > 0;
}
var Rate = class {
	#seen = [];
	at(now, bytes) {
		const last = this.#seen.at(-1);
		if (last && bytes < last.bytes) this.#seen = [];
		this.#seen = [...this.#seen.filter((seen) => now - seen.at < 1e4), {
			at: now,
			bytes
		}];
		const first = this.#seen[0];
		if (!first || now - first.at < 1e3) return null;
		return (bytes - first.bytes) * 1e3 / (now - first.at);
	}
};
// src/pages/platform/ModelRow.svelte
var root$1 = from_html(`<span class="svelte-12kfser"> </span>`);
var root_1$1 = from_html(`<p class="muted"> </p>`);
var root_2$1 = from_html(`<p class="bad svelte-12kfser" role="alert"> </p>`);
var root_3$1 = from_html(` <!>`, 1);
var root_4$1 = from_html(`<p class="pull svelte-12kfser"><progress class="svelte-12kfser"></progress> <span class="number"><!></span></p>`);
var root_5$1 = from_html(`<button> </button>`);
var root_6$1 = from_html(`<!> <button class="plain"> </button>`, 1);
var root_7$1 = from_html(`<li class="svelte-12kfser"><div class="about svelte-12kfser"><h3 class="svelte-12kfser"><a> </a> <span> </span></h3> <p class="facts number svelte-12kfser"></p> <p class="can svelte-12kfser"></p> <!> <!> <!></div> <div class="actions svelte-12kfser"><!></div></li>`);
function ModelRow($$anchor, $$props) {
	push($$props, true);
	const rates = new Rate();
	let rate = state(null);
	user_effect(() => {
		set(rate, $$props.model.pull && $$props.model.state === "pulling" ? rates.at(Date.now(), $$props.model.pull.bytes) : null, true);
	});
	const facts = user_derived(() => [
		$$props.model.format,
		size($$props.model.bytes),
		$$props.model.parameters === null ? null : short($$props.model.parameters),
		$$props.model.context === null ? null : p("models.tokens", { n: number($$props.model.context) }),
		$$props.model.licence
	]);
	const of = (action) => p("models.of", {
		action,
		name: $$props.model.id
	});
	var li = root_7$1();
	var div = child(li);
	var h3 = child(div);
	var a = child(h3);
	var text$1 = only_child(a, true);
	var span = sibling(a, 2);
	let classes;
	var text_1 = only_child(span, true);
	reset(h3);
	var p_1 = sibling(h3, 2);
	each(p_1, 20, () => get(facts).filter((fact) => fact !== null), (fact) => fact, ($$anchor, fact) => {
		var span_1 = root$1();
		var text_2 = only_child(span_1, true);
		template_effect(() => set_text(text_2, fact));
		append($$anchor, span_1);
	});
	reset(p_1);
	var p_2 = sibling(p_1, 2);
	each(p_2, 20, () => $$props.model.can, (what) => what, ($$anchor, what) => {
		var span_2 = root$1();
		var text_3 = only_child(span_2, true);
		template_effect(($0) => set_text(text_3, $0), [() => p(`models.can.${what}`)]);
		append($$anchor, span_2);
	});
	reset(p_2);
	var node = sibling(p_2, 2);
	var consequent = ($$anchor) => {
		var p_3 = root_1$1();
		var text_4 = only_child(p_3, true);
		template_effect(($0) => set_text(text_4, $0), [() => some("models.answering.one", "models.answering.many", $$props.model.in_use)]);
		append($$anchor, p_3);
	};
	if_block(node, ($$render) => {
		if ($$props.model.in_use > 0) $$render(consequent);
	});
	var node_1 = sibling(node, 2);
	var consequent_1 = ($$anchor) => {
		var p_4 = root_2$1();
		var text_5 = only_child(p_4, true);
		template_effect(($0) => set_text(text_5, $0), [() => p("models.failed", { why: $$props.model.pull.error })]);
		append($$anchor, p_4);
	};
	var consequent_2 = ($$anchor) => {
		var p_5 = root_2$1();
		var text_6 = only_child(p_5, true);
		template_effect(($0) => set_text(text_6, $0), [() => p("models.problem", { why: $$props.model.problem })]);
		append($$anchor, p_5);
	};
	if_block(node_1, ($$render) => {
		if ($$props.model.pull?.error) $$render(consequent_1);
		else if ($$props.model.problem) $$render(consequent_2, 1);
	});
	var node_2 = sibling(node_1, 2);
	var consequent_5 = ($$anchor) => {
		const computed_const = user_derived(() => {
			return $$props.model.pull;
		});
		var p_6 = root_4$1();
		var progress = child(p_6);
		var span_3 = sibling(progress, 2);
		var node_3 = child(span_3);
		var consequent_4 = ($$anchor) => {
			var fragment = root_3$1();
			var text_7 = first_child(fragment);
			var node_4 = sibling(text_7);
			var consequent_3 = ($$anchor) => {
				var text_8 = text();
				template_effect(($0) => set_text(text_8, `· ${$0 ?? ""}`), [() => p("models.rate", {
					rate: size(get(rate)),
					left: left((get(computed_const).total - get(computed_const).bytes) / get(rate))
				})]);
				append($$anchor, text_8);
			};
			if_block(node_4, ($$render) => {
				if (get(rate)) $$render(consequent_3);
			});
			template_effect(($0) => set_text(text_7, `${$0 ?? ""} `), [() => p("models.progress", {
				done: size(get(computed_const).bytes),
				total: size(get(computed_const).total)
			})]);
			append($$anchor, fragment);
		};
		var alternate = ($$anchor) => {
			var text_9 = text();
			template_effect(($0) => set_text(text_9, $0), [() => p("models.progressUnknown")]);
			append($$anchor, text_9);
		};
		if_block(node_3, ($$render) => {
			if (get(computed_const).total) $$render(consequent_4);
			else $$render(alternate, -1);
		});
		reset(span_3);
		reset(p_6);
		template_effect(($0) => {
			set_attribute(progress, "aria-label", $0);
			set_attribute(progress, "max", get(computed_const).total ?? 1);
			set_value(progress, get(computed_const).total ? get(computed_const).bytes : void 0);
		}, [() => of(p("models.state.pulling"))]);
		append($$anchor, p_6);
	};
	if_block(node_2, ($$render) => {
		if ($$props.model.state === "pulling" && $$props.model.pull) $$render(consequent_5);
	});
	reset(div);
	var div_1 = sibling(div, 2);
	var node_5 = child(div_1);
	var consequent_6 = ($$anchor) => {
		var button = root_5$1();
		var text_10 = only_child(button, true);
		template_effect(($0, $1) => {
			set_attribute(button, "aria-label", $0);
			set_text(text_10, $1);
		}, [() => of(p("models.stop")), () => p("models.stop")]);
		delegated("click", button, function(...$$args) {
			$$props.onstop?.apply(this, $$args);
		});
		append($$anchor, button);
	};
	var consequent_7 = ($$anchor) => {
		var button_1 = root_5$1();
		var text_11 = only_child(button_1, true);
		template_effect(($0, $1) => {
			set_attribute(button_1, "aria-label", $0);
			set_text(text_11, $1);
		}, [() => of(p("models.pull")), () => p("models.pull")]);
		delegated("click", button_1, function(...$$args) {
			$$props.onpull?.apply(this, $$args);
		});
		append($$anchor, button_1);
	};
	var alternate_2 = ($$anchor) => {
		var fragment_3 = root_6$1();
		var node_6 = first_child(fragment_3);
		var consequent_8 = ($$anchor) => {
			var button_2 = root_5$1();
			var text_12 = only_child(button_2, true);
			template_effect(($0, $1) => {
				set_attribute(button_2, "aria-label", $0);
				button_2.disabled = $$props.model.in_use > 0;
				set_text(text_12, $1);
			}, [() => of(p("models.unload")), () => p("models.unload")]);
			delegated("click", button_2, function(...$$args) {
				$$props.onunload?.apply(this, $$args);
			});
			append($$anchor, button_2);
		};
		var alternate_1 = ($$anchor) => {
			var button_3 = root_5$1();
			var text_13 = only_child(button_3, true);
			template_effect(($0, $1) => {
				set_attribute(button_3, "aria-label", $0);
				button_3.disabled = $$props.model.state === "loading";
				set_text(text_13, $1);
			}, [() => of(p("models.load")), () => $$props.model.state === "loading" ? p("models.state.loading") : p("models.load")]);
			delegated("click", button_3, function(...$$args) {
				$$props.onload?.apply(this, $$args);
			});
			append($$anchor, button_3);
		};
		if_block(node_6, ($$render) => {
			if ($$props.model.state === "loaded") $$render(consequent_8);
			else $$render(alternate_1, -1);
		});
		var button_4 = sibling(node_6, 2);
		var text_14 = only_child(button_4, true);
		template_effect(($0, $1) => {
			set_attribute(button_4, "aria-label", $0);
			button_4.disabled = $$props.model.in_use > 0 || $$props.model.state === "loading";
			set_text(text_14, $1);
		}, [() => of(p("models.remove")), () => p("models.remove")]);
		delegated("click", button_4, function(...$$args) {
			$$props.onremove?.apply(this, $$args);
		});
		append($$anchor, fragment_3);
	};
	if_block(node_5, ($$render) => {
		if ($$props.model.state === "pulling") $$render(consequent_6);
		else if ($$props.model.state === "available") $$render(consequent_7, 1);
		else $$render(alternate_2, -1);
	});
	reset(div_1);
	reset(li);
	template_effect(($0, $1) => {
		set_attribute(a, "href", $0);
		set_text(text$1, $$props.model.id);
		classes = set_class(span, 1, "state svelte-12kfser", null, classes, { on: $$props.model.state === "loaded" });
		set_text(text_1, $1);
	}, [() => href(`/models/${encodeURIComponent($$props.model.id)}`), () => p(`models.state.${$$props.model.state}`)]);
	append($$anchor, li);
	pop();
}
delegate(["click"]);
// src/pages/platform/Models.svelte
var root = from_html(`<meter aria-labelledby="memory" min="0" class="svelte-uqwpq0"></meter> <span class="number"> </span>`, 1);
var root_1 = from_html(`<span class="number"> </span>`);
var root_2 = from_html(`<div class="memory svelte-uqwpq0"><span id="memory"> </span> <!></div>`);
var root_3 = from_html(`<li class="muted"> </li>`);
var root_4 = from_html(`<div class="group svelte-uqwpq0"><h2 class="svelte-uqwpq0"> </h2> <ul class="svelte-uqwpq0"></ul></div>`);
var root_5 = from_html(`<!> <!> <!>`, 1);
var root_6 = from_html(`<p> </p> <div class="answers svelte-uqwpq0"><button> </button> <button class="primary"> </button></div>`, 1);
var root_7 = from_html(`<p> </p>`);
function Models($$anchor, $$props) {
	push($$props, true);
	const FAST_MS = 500;
	const SLOW_MS = 5e3;
	const list = new Resource(() => get$1("/api/models"));
	let refused = state(null);
	let removing = state(null);
	const all = user_derived(() => list.value?.data ?? []);
	const isHere = (model) => !["available", "pulling"].includes(model.state);
	const here = user_derived(() => get(all).filter(isHere));
	const absent = user_derived(() => get(all).filter((model) => !isHere(model)));
	const groups = user_derived(() => [{
		title: "models.here",
		models: get(here),
		none: "models.none"
	}, {
		title: "models.absent",
		models: get(absent),
		none: "models.complete"
	}]);
	const memory = user_derived(() => list.value?.memory);
	const opened = user_derived(() => router.path.startsWith("/models/") ? decodeURIComponent(router.path.slice(8)) : null);
	let known = "";
	user_effect(() => {
		const now = get(here).map((model) => model.id).join("\n");
		if (list.value && known !== "" && now !== known) models.load();
		if (list.value) known = now;
	});
	onMount(() => {
		let timer;
		let gone = false;
		const look = async () => {
			if (!document.hidden) await list.load();
			if (gone) return;
			timer = setTimeout(look, get(all).some(moves) ? FAST_MS : SLOW_MS);
		};
		look();
		return () => {
			gone = true;
			clearTimeout(timer);
		};
	});
	async function act(method, model, verb = "") {
		set(refused, null);
		try {
			await send(method, `/api/models/${encodeURIComponent(model.id)}${verb}`);
		} catch (error) {
			set(refused, failureOf(error));
		}
		await list.load();
	}
	function remove() {
		const model = get(removing);
		set(removing, null);
		if (model) act("DELETE", model);
	}
	var fragment = root_5();
	var node = first_child(fragment);
	{
		let $0 = user_derived(() => t("app.page.models"));
		let $1 = user_derived(() => list.value !== null);
		Page(node, {
			get title() {
				return get($0);
			},
			get ready() {
				return get($1);
			},
			get failure() {
				return list.failure;
			},
			onretry: () => void list.load(),
			children: ($$anchor, $$slotProps) => {
				var fragment_1 = root_5();
				var node_1 = first_child(fragment_1);
				var consequent = ($$anchor) => {
					{
						let $0 = user_derived(() => p("page.dismiss"));
						ErrorBox($$anchor, {
							get failure() {
								return get(refused);
							},
							get action() {
								return get($0);
							},
							onaction: () => set(refused, null)
						});
					}
				};
				if_block(node_1, ($$render) => {
					if (get(refused)) $$render(consequent);
				});
				var node_2 = sibling(node_1, 2);
				var consequent_2 = ($$anchor) => {
					const limit = user_derived(() => get(memory).limit_bytes);
					var div = root_2();
					var span = child(div);
					var text = only_child(span, true);
					var node_3 = sibling(span, 2);
					var consequent_1 = ($$anchor) => {
						var fragment_3 = root();
						var meter = first_child(fragment_3);
						var span_1 = sibling(meter, 2);
						var text_1 = only_child(span_1, true);
						template_effect(($0) => {
							set_attribute(meter, "max", get(limit));
							set_value(meter, get(memory).used_bytes);
							set_text(text_1, $0);
						}, [() => p("models.used", {
							used: size(get(memory).used_bytes),
							limit: size(get(limit))
						})]);
						append($$anchor, fragment_3);
					};
					var alternate = ($$anchor) => {
						var span_2 = root_1();
						var text_2 = only_child(span_2, true);
						template_effect(($0) => set_text(text_2, $0), [() => p("models.usedOnly", { used: size(get(memory).used_bytes) })]);
						append($$anchor, span_2);
					};
					if_block(node_3, ($$render) => {
						if (get(limit) !== null) $$render(consequent_1);
						else $$render(alternate, -1);
					});
					reset(div);
					template_effect(($0) => set_text(text, $0), [() => p("models.memory")]);
					append($$anchor, div);
				};
				if_block(node_2, ($$render) => {
					if (get(memory)) $$render(consequent_2);
				});
				var node_4 = sibling(node_2, 2);
				each(node_4, 17, () => get(groups), ({ title, models, none }) => title, ($$anchor, $$item) => {
					let title = () => get($$item).title;
					let models = () => get($$item).models;
					let none = () => get($$item).none;
					var div_1 = root_4();
					var h2 = child(div_1);
					var text_3 = only_child(h2, true);
					var ul = sibling(h2, 2);
					each(ul, 21, models, (model) => model.id, ($$anchor, model) => {
						ModelRow($$anchor, {
							get model() {
								return get(model);
							},
							onpull: () => void act("POST", get(model), "/pull"),
							onstop: () => void act("DELETE", get(model), "/pull"),
							onload: () => void act("POST", get(model), "/load"),
							onunload: () => void act("POST", get(model), "/unload"),
							onremove: () => set(removing, get(model))
						});
					}, ($$anchor) => {
						var li = root_3();
						var text_4 = only_child(li, true);
						template_effect(($0) => set_text(text_4, $0), [() => p(none())]);
						append($$anchor, li);
					});
					reset(ul);
					reset(div_1);
					template_effect(($0) => set_text(text_3, $0), [() => p(title())]);
					append($$anchor, div_1);
				});
				append($$anchor, fragment_1);
			},
			$$slots: { default: true }
		});
	}
	var node_5 = sibling(node, 2);
	{
		let $0 = user_derived(() => p("models.ask", { name: get(removing)?.id ?? "" }));
		let $1 = user_derived(() => get(removing) !== null);
		Dialog(node_5, {
			get title() {
				return get($0);
			},
			get open() {
				return get($1);
			},
			onclose: () => set(removing, null),
			children: ($$anchor, $$slotProps) => {
				var fragment_5 = root_6();
				var p_1 = first_child(fragment_5);
				var text_5 = only_child(p_1, true);
				var div_2 = sibling(p_1, 2);
				var button = child(div_2);
				var text_6 = only_child(button, true);
				var button_1 = sibling(button, 2);
				var text_7 = only_child(button_1, true);
				reset(div_2);
				template_effect(($0, $1, $2) => {
					set_text(text_5, $0);
					set_text(text_6, $1);
					set_text(text_7, $2);
				}, [
					() => p("models.askWhy", { size: size(get(removing)?.bytes ?? 0) }),
					() => t("cancel"),
					() => p("models.remove")
				]);
				delegated("click", button, () => set(removing, null));
				delegated("click", button_1, remove);
				append($$anchor, fragment_5);
			},
			$$slots: { default: true }
		});
	}
	var node_6 = sibling(node_5, 2);
	{
		let $0 = user_derived(() => p("models.card", { name: get(opened) ?? "" }));
		let $1 = user_derived(() => get(opened) !== null && list.value !== null);
		Dialog(node_6, {
			get title() {
				return get($0);
			},
			get open() {
				return get($1);
			},
			onclose: () => router.go("/models"),
			children: ($$anchor, $$slotProps) => {
				const model = user_derived(() => get(all).find((model) => model.id === get(opened)));
				var fragment_6 = comment();
				var node_7 = first_child(fragment_6);
				var consequent_3 = ($$anchor) => {
					ModelCard($$anchor, { get model() {
						return get(model);
					} });
				};
				var alternate_1 = ($$anchor) => {
					var p_2 = root_7();
					var text_8 = only_child(p_2, true);
					template_effect(($0) => set_text(text_8, $0), [() => p("models.noCard")]);
					append($$anchor, p_2);
				};
				if_block(node_7, ($$render) => {
					if (get(model)) $$render(consequent_3);
					else $$render(alternate_1, -1);
				});
				append($$anchor, fragment_6);
			},
			$$slots: { default: true }
		});
	}
	append($$anchor, fragment);
	pop();
}
delegate(["click"]);
export { Models as default };
