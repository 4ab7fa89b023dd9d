import { An as user_derived, Bt as bind_checked, Cn as child, Dn as proxy, Dt as t, En as sibling, In as reset, Jt as init_select, Kt as set_value, Lt as onMount, Mn as pop, Nn as push, On as set, Pn as snapshot, Rn as to_array, Rt as prop, Tn as only_child, Tt as number, Ut as remove_input_defaults, Vt as bind_value, Wt as set_attribute, Xt as set_class, _n as get, bn as user_effect, bt as key, cn as append, fn as props_id, gn as event, hn as delegated, in as if_block, kn as state, ln as comment, mn as delegate, qt as bind_select_value, sn as set_text, t as Dialog, tn as each, un as from_html, wn as first_child, x as ErrorBox, yn as template_effect } from "./shared.js";
import { a as p, c as some, f as moment, i as get$1, l as date, n as Resource, p as short, r as failureOf, s as send, t as Page } from "./platform.js";
import { t as copy } from "./shared2.js";
// src/pages/platform/keys.svelte.ts
var SCOPES = [
	"admin",
	"all",
	"inference"
];
var Revoking = class {
	#left = state(proxy({}));
	get left() {
		return get(this.#left);
	}
	set left(value) {
		set(this.#left, value, true);
	}
	#failure = state(null);
	get failure() {
		return get(this.#failure);
	}
	set failure(value) {
		set(this.#failure, value);
	}
	ondone = () => {};
	#timers = new Map();
	start(id) {
		if (this.#timers.has(id)) return;
		this.left[id] = 10;
		const timer = setInterval(() => {
			const left = (this.left[id] ?? 1) - 1;
			this.left[id] = left;
			if (left <= 0) this.#revoke(id);
		}, 1e3);
		this.#timers.set(id, timer);
	}
	undo(id) {
		clearInterval(this.#timers.get(id));
		this.#timers.delete(id);
		delete this.left[id];
	}
	async #revoke(id) {
		this.undo(id);
		try {
			await send("DELETE", `/api/keys/${id}`);
		} catch (error) {
			this.failure = failureOf(error);
		}
		this.ondone();
	}
};
var revoking = new Revoking();
// src/pages/platform/LimitFields.svelte
var root$2 = from_html(`<label> </label> <input class="number" type="number" step="1"/>`, 1);
function LimitFields($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let limits = prop($$props, "limits", 15);
	const FIELDS = [
		[
			"budget_tokens",
			"keys.budget",
			0
		],
		[
			"requests_per_minute",
			"keys.requests",
			1
		],
		[
			"tokens_per_minute",
			"keys.tokens",
			1
		]
	];
	function read(field) {
		return field.value === "" || !Number.isFinite(field.valueAsNumber) ? null : field.valueAsNumber;
	}
	var fragment = comment();
	var node = first_child(fragment);
	each(node, 17, () => FIELDS, ([name, label, min]) => name, ($$anchor, $$item) => {
		var $$array = user_derived(() => to_array(get($$item), 3));
		let name = () => get($$array)[0];
		let label = () => get($$array)[1];
		let min = () => get($$array)[2];
		var fragment_1 = root$2();
		var label_1 = first_child(fragment_1);
		var text = only_child(label_1, true);
		var input = sibling(label_1, 2);
		remove_input_defaults(input);
		set_attribute(input, "max", Number.MAX_SAFE_INTEGER);
		template_effect(($0, $1) => {
			set_attribute(label_1, "for", `${id}-${name() ?? ""}`);
			set_text(text, $0);
			set_attribute(input, "id", `${id}-${name() ?? ""}`);
			set_attribute(input, "min", min());
			set_attribute(input, "placeholder", $1);
			set_value(input, limits()[name()] ?? "");
		}, [() => p(label()), () => p("keys.noLimit")]);
		delegated("input", input, (event) => limits(limits()[name()] = read(event.currentTarget), true));
		append($$anchor, fragment_1);
	});
	append($$anchor, fragment);
	pop();
}
delegate(["input"]);
// src/pages/platform/KeyForm.svelte
var root$1 = from_html(`<p> </p>`);
var root_1$1 = from_html(`<div class="made svelte-pl0d7n"><p> </p> <div class="value svelte-pl0d7n"><input class="mono svelte-pl0d7n" readonly=""/> <button class="primary"> </button></div> <!> <div class="answers svelte-pl0d7n"><button> </button> <button> </button></div></div>`);
var root_2$1 = from_html(`<p class="wide muted svelte-pl0d7n"> </p>`);
var root_3$1 = from_html(`<p class="wide bad svelte-pl0d7n" role="alert"> </p>`);
var root_4$1 = from_html(`<option> </option>`);
var root_5$1 = from_html(`<form class="svelte-pl0d7n"><!> <label> </label> <input required="" maxlength="100" autocomplete="off"/> <!> <label> </label> <select></select> <label> </label> <select></select> <!> <div class="wide answers svelte-pl0d7n"><button type="button"> </button> <button class="primary"> </button></div></form>`);
function KeyForm($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	const DAY_S = 86400;
	const LIVES = [
		["never", null],
		["day", DAY_S],
		["week", 7 * DAY_S],
		["month", 30 * DAY_S],
		["year", 365 * DAY_S]
	];
	const NONE = {
		budget_tokens: null,
		requests_per_minute: null,
		tokens_per_minute: null
	};
	let name = state("");
	let scope = state("all");
	let life = state("never");
	let limits = state(proxy({ ...NONE }));
	let failure = state(null);
	let made = state(null);
	let copied = state(false);
	let waiting = state(false);
	user_effect(() => {
		if ($$props.open && $$props.first) set(scope, "admin");
	});
	async function create(event) {
		event.preventDefault();
		set(failure, null);
		set(waiting, true);
		const expires_in = LIVES.find(([name]) => name === get(life))?.[1] ?? null;
		try {
			set(made, await send("POST", "/api/keys", {
				name: get(name),
				scope: get(scope),
				expires_in,
				...snapshot(get(limits))
			}));
		} catch (error) {
			set(failure, failureOf(error));
			document.getElementById(`${id}-name`)?.focus();
		}
		set(waiting, false);
	}
	function close() {
		set(made, set(failure, null));
		set(copied, false);
		set(name, "");
		set(scope, "all");
		set(life, "never");
		set(limits, { ...NONE }, true);
		$$props.onclose();
	}
	function use() {
		if (get(made)) key.set(get(made).value, true);
		close();
	}
	{
		let $0 = user_derived(() => get(made) ? p("keys.once") : p("keys.create"));
		Dialog($$anchor, {
			get title() {
				return get($0);
			},
			get open() {
				return $$props.open;
			},
			onclose: close,
			children: ($$anchor, $$slotProps) => {
				var fragment_1 = comment();
				var node = first_child(fragment_1);
				var consequent_1 = ($$anchor) => {
					var div = root_1$1();
					var p_1 = child(div);
					var text = only_child(p_1, true);
					var div_1 = sibling(p_1, 2);
					var input = child(div_1);
					remove_input_defaults(input);
					var button = sibling(input, 2);
					var text_1 = only_child(button, true);
					reset(div_1);
					var node_1 = sibling(div_1, 2);
					var consequent = ($$anchor) => {
						var p_2 = root$1();
						var text_2 = only_child(p_2, true);
						template_effect(($0) => set_text(text_2, $0), [() => p("keys.first")]);
						append($$anchor, p_2);
					};
					if_block(node_1, ($$render) => {
						if ($$props.first) $$render(consequent);
					});
					var div_2 = sibling(node_1, 2);
					var button_1 = child(div_2);
					var text_3 = only_child(button_1, true);
					var button_2 = sibling(button_1, 2);
					var text_4 = only_child(button_2, true);
					reset(div_2);
					reset(div);
					template_effect(($0, $1, $2, $3, $4) => {
						set_text(text, $0);
						set_attribute(input, "aria-label", $1);
						set_value(input, get(made).value);
						set_text(text_1, $2);
						set_text(text_3, $3);
						set_text(text_4, $4);
					}, [
						() => p("keys.onceWhy"),
						() => p("keys.once"),
						() => get(copied) ? t("copied") : t("copy"),
						() => p("keys.useHere"),
						() => p("keys.done")
					]);
					delegated("click", button, async () => {
						set(copied, get(made) !== null && await copy(get(made).value), true);
					});
					delegated("click", button_1, use);
					delegated("click", button_2, close);
					append($$anchor, div);
				};
				var alternate = ($$anchor) => {
					var form = root_5$1();
					var node_2 = child(form);
					var consequent_2 = ($$anchor) => {
						var p_3 = root_2$1();
						var text_5 = only_child(p_3, true);
						template_effect(($0) => set_text(text_5, $0), [() => p("keys.first")]);
						append($$anchor, p_3);
					};
					if_block(node_2, ($$render) => {
						if ($$props.first) $$render(consequent_2);
					});
					var label = sibling(node_2, 2);
					var text_6 = only_child(label, true);
					var input_1 = sibling(label, 2);
					remove_input_defaults(input_1);
					var node_3 = sibling(input_1, 2);
					var consequent_3 = ($$anchor) => {
						var p_4 = root_3$1();
						var text_7 = only_child(p_4, true);
						template_effect(() => {
							set_attribute(p_4, "id", `${id}-why`);
							set_text(text_7, get(failure).message);
						});
						append($$anchor, p_4);
					};
					if_block(node_3, ($$render) => {
						if (get(failure)) $$render(consequent_3);
					});
					var label_1 = sibling(node_3, 2);
					var text_8 = only_child(label_1, true);
					var select = sibling(label_1, 2);
					each(select, 20, () => SCOPES, (each) => each, ($$anchor, each) => {
						var option = root_4$1();
						var text_9 = only_child(option);
						var option_value = {};
						template_effect(($0) => {
							set_text(text_9, `${each ?? ""}: ${$0 ?? ""}`);
							if (option_value !== (option_value = each)) option.value = (option.__value = option_value) ?? "";
						}, [() => p(`keys.scope.${each}`)]);
						append($$anchor, option);
					});
					reset(select);
					init_select(select);
					var label_2 = sibling(select, 2);
					var text_10 = only_child(label_2, true);
					var select_1 = sibling(label_2, 2);
					each(select_1, 21, () => LIVES, ([each]) => each, ($$anchor, $$item) => {
						var $$array = user_derived(() => to_array(get($$item), 1));
						let each = () => get($$array)[0];
						var option_1 = root_4$1();
						var text_11 = only_child(option_1, true);
						var option_1_value = {};
						template_effect(($0) => {
							set_text(text_11, $0);
							if (option_1_value !== (option_1_value = each())) option_1.value = (option_1.__value = option_1_value) ?? "";
						}, [() => p(`keys.expiry.${each()}`)]);
						append($$anchor, option_1);
					});
					reset(select_1);
					init_select(select_1);
					var node_4 = sibling(select_1, 2);
					LimitFields(node_4, {
						get limits() {
							return get(limits);
						},
						set limits($$value) {
							set(limits, $$value, true);
						}
					});
					var div_3 = sibling(node_4, 2);
					var button_3 = child(div_3);
					var text_12 = only_child(button_3, true);
					var button_4 = sibling(button_3, 2);
					var text_13 = only_child(button_4, true);
					reset(div_3);
					reset(form);
					template_effect(($0, $1, $2, $3, $4, $5) => {
						set_attribute(label, "for", `${id}-name`);
						set_text(text_6, $0);
						set_attribute(input_1, "id", `${id}-name`);
						set_attribute(input_1, "aria-invalid", get(failure)?.param === "name");
						set_attribute(input_1, "aria-describedby", get(failure) ? `${id}-why` : void 0);
						set_attribute(label_1, "for", `${id}-scope`);
						set_text(text_8, $1);
						set_attribute(select, "id", `${id}-scope`);
						set_attribute(label_2, "for", `${id}-life`);
						set_text(text_10, $2);
						set_attribute(select_1, "id", `${id}-life`);
						set_text(text_12, $3);
						button_4.disabled = $4;
						set_text(text_13, $5);
					}, [
						() => p("keys.name"),
						() => p("keys.scope"),
						() => p("keys.expiry"),
						() => t("cancel"),
						() => get(waiting) || get(name).trim() === "",
						() => p("keys.create")
					]);
					event("submit", form, create);
					bind_value(input_1, () => get(name), ($$value) => set(name, $$value));
					bind_select_value(select, () => get(scope), ($$value) => set(scope, $$value));
					bind_select_value(select_1, () => get(life), ($$value) => set(life, $$value));
					delegated("click", button_3, close);
					append($$anchor, form);
				};
				if_block(node, ($$render) => {
					if (get(made)) $$render(consequent_1);
					else $$render(alternate, -1);
				});
				append($$anchor, fragment_1);
			},
			$$slots: { default: true }
		});
	}
	pop();
}
delegate(["click"]);
// src/pages/platform/Keys.svelte
var root = from_html(`<button class="primary"> </button>`);
var root_1 = from_html(`<p class="svelte-1sm7aka"><span> </span> <button> </button></p>`);
var root_2 = from_html(`<p class="muted"> </p>`);
var root_3 = from_html(`<button class="plain"> </button> <button class="plain"> </button>`, 1);
var root_4 = from_html(`<tr><th scope="row"> </th><td><code class="svelte-1sm7aka"> </code></td><td> </td><td> </td><td class="number"> </td><td class="number"> </td><td class="number"> </td><td class="number"> </td><td> </td><td class="do"><!></td></tr>`);
var root_5 = from_html(`<div class="scroll"><table><thead><tr><th scope="col"> </th><th scope="col"> </th><th scope="col"> </th><th scope="col"> </th><th scope="col"> </th><th scope="col"> </th><th scope="col"> </th><th scope="col"> </th><th scope="col"> </th><th scope="col"><span class="unseen"> </span></th></tr></thead><tbody></tbody></table></div>`);
var root_6 = from_html(`<label class="check svelte-1sm7aka"><input type="checkbox"/> </label>`);
var root_7 = from_html(`<!> <!>`, 1);
var root_8 = from_html(`<!> <div class="undo svelte-1sm7aka" role="status"></div> <!>`, 1);
var root_9 = from_html(`<form class="svelte-1sm7aka"><!> <div class="answers svelte-1sm7aka"><button type="button"> </button> <button class="primary"> </button></div></form>`);
var root_10 = from_html(`<!> <!> <!>`, 1);
function Keys($$anchor, $$props) {
	push($$props, true);
	const list = new Resource(() => get$1("/api/keys"));
	let creating = state(false);
	let ended = state(false);
	let refused = state(null);
	let limited = state(null);
	let limits = state(proxy({
		budget_tokens: null,
		requests_per_minute: null,
		tokens_per_minute: null
	}));
	const all = user_derived(() => [...list.value?.data ?? []].reverse());
	const live = user_derived(() => get(all).filter((key) => key.state === "live"));
	const shown = user_derived(() => get(ended) ? get(all) : get(live));
	onMount(() => {
		list.load();
		revoking.ondone = () => void list.load();
		return () => {
			revoking.ondone = () => {};
		};
	});
	function change(key) {
		const { budget_tokens, requests_per_minute, tokens_per_minute } = key;
		set(limits, {
			budget_tokens,
			requests_per_minute,
			tokens_per_minute
		}, true);
		set(limited, key);
	}
	async function save(event) {
		event.preventDefault();
		const key = get(limited);
		set(limited, null);
		if (!key) return;
		try {
			await send("PATCH", `/api/keys/${key.id}`, snapshot(get(limits)));
		} catch (error) {
			set(refused, failureOf(error));
		}
		await list.load();
	}
	function limitsOf(key) {
		const { requests_per_minute: requests, tokens_per_minute: tokens } = key;
		return [requests === null ? null : p("keys.limit.requests", { n: number(requests) }), tokens === null ? null : p("keys.limit.tokens", { n: number(tokens) })].filter((limit) => limit !== null).join(" · ") || "—";
	}
	function usedOf(key) {
		const n = short(key.used_tokens);
		if (key.budget_tokens === null) return p("keys.usedTokens", { n });
		return p("keys.ofBudget", {
			n,
			budget: short(key.budget_tokens)
		});
	}
	var fragment = root_10();
	var node = first_child(fragment);
	{
		const actions = ($$anchor) => {
			var button = root();
			var text = only_child(button, true);
			template_effect(($0) => set_text(text, $0), [() => p("keys.create")]);
			delegated("click", button, () => set(creating, true));
			append($$anchor, button);
		};
		let $0 = user_derived(() => t("app.page.keys"));
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
			actions,
			children: ($$anchor, $$slotProps) => {
				var fragment_1 = root_8();
				var node_1 = first_child(fragment_1);
				var consequent = ($$anchor) => {
					{
						let $0 = user_derived(() => get(refused) ?? revoking.failure);
						let $1 = user_derived(() => p("page.dismiss"));
						ErrorBox($$anchor, {
							get failure() {
								return get($0);
							},
							get action() {
								return get($1);
							},
							onaction: () => set(refused, revoking.failure = null)
						});
					}
				};
				if_block(node_1, ($$render) => {
					if (get(refused) ?? revoking.failure) $$render(consequent);
				});
				var div = sibling(node_1, 2);
				each(div, 21, () => get(all).filter((key) => key.id in revoking.left), (key) => key.id, ($$anchor, key) => {
					var p_1 = root_1();
					var span = child(p_1);
					var text_1 = only_child(span, true);
					var button_1 = sibling(span, 2);
					var text_2 = only_child(button_1, true);
					reset(p_1);
					template_effect(($0, $1, $2) => {
						set_text(text_1, $0);
						set_attribute(button_1, "aria-label", $1);
						set_text(text_2, $2);
					}, [
						() => p("keys.revoking", {
							name: get(key).name,
							n: revoking.left[get(key).id] ?? 0
						}),
						() => p("keys.of", {
							action: p("keys.undo"),
							name: get(key).name
						}),
						() => p("keys.undo")
					]);
					delegated("click", button_1, () => revoking.undo(get(key).id));
					append($$anchor, p_1);
				});
				reset(div);
				var node_2 = sibling(div, 2);
				var consequent_1 = ($$anchor) => {
					var p_2 = root_2();
					var text_3 = only_child(p_2, true);
					template_effect(($0) => set_text(text_3, $0), [() => p("keys.none")]);
					append($$anchor, p_2);
				};
				var alternate = ($$anchor) => {
					var fragment_3 = root_7();
					var node_3 = first_child(fragment_3);
					var consequent_3 = ($$anchor) => {
						var div_1 = root_5();
						var table = child(div_1);
						var thead = child(table);
						var tr = child(thead);
						var th = child(tr);
						var text_4 = only_child(th, true);
						var th_1 = sibling(th);
						var text_5 = only_child(th_1, true);
						var th_2 = sibling(th_1);
						var text_6 = only_child(th_2, true);
						var th_3 = sibling(th_2);
						var text_7 = only_child(th_3, true);
						var th_4 = sibling(th_3);
						var text_8 = only_child(th_4, true);
						var th_5 = sibling(th_4);
						var text_9 = only_child(th_5, true);
						var th_6 = sibling(th_5);
						var text_10 = only_child(th_6, true);
						var th_7 = sibling(th_6);
						var text_11 = only_child(th_7, true);
						var th_8 = sibling(th_7);
						var text_12 = only_child(th_8, true);
						var th_9 = sibling(th_8);
						var span_1 = child(th_9);
						var text_13 = only_child(span_1, true);
						reset(th_9);
						reset(tr);
						reset(thead);
						var tbody = sibling(thead);
						each(tbody, 21, () => get(shown), (key) => key.id, ($$anchor, key) => {
							var tr_1 = root_4();
							let classes;
							var th_10 = child(tr_1);
							var text_14 = only_child(th_10, true);
							var td = sibling(th_10);
							var code = child(td);
							var text_15 = only_child(code, true);
							reset(td);
							var td_1 = sibling(td);
							var text_16 = only_child(td_1, true);
							var td_2 = sibling(td_1);
							var text_17 = only_child(td_2, true);
							var td_3 = sibling(td_2);
							var text_18 = only_child(td_3, true);
							var td_4 = sibling(td_3);
							var text_19 = only_child(td_4, true);
							var td_5 = sibling(td_4);
							var text_20 = only_child(td_5, true);
							var td_6 = sibling(td_5);
							var text_21 = only_child(td_6, true);
							var td_7 = sibling(td_6);
							var text_22 = only_child(td_7, true);
							var td_8 = sibling(td_7);
							var node_4 = child(td_8);
							var consequent_2 = ($$anchor) => {
								var fragment_4 = root_3();
								var button_2 = first_child(fragment_4);
								var text_23 = only_child(button_2, true);
								var button_3 = sibling(button_2, 2);
								var text_24 = only_child(button_3, true);
								template_effect(($0, $1, $2, $3) => {
									set_attribute(button_2, "aria-label", $0);
									set_text(text_23, $1);
									button_3.disabled = get(key).id in revoking.left;
									set_attribute(button_3, "aria-label", $2);
									set_text(text_24, $3);
								}, [
									() => p("keys.of", {
										action: p("keys.change"),
										name: get(key).name
									}),
									() => p("keys.limits"),
									() => p("keys.of", {
										action: p("keys.revoke"),
										name: get(key).name
									}),
									() => p("keys.revoke")
								]);
								delegated("click", button_2, () => change(get(key)));
								delegated("click", button_3, () => revoking.start(get(key).id));
								append($$anchor, fragment_4);
							};
							if_block(node_4, ($$render) => {
								if (get(key).state === "live") $$render(consequent_2);
							});
							reset(td_8);
							reset(tr_1);
							template_effect(($0, $1, $2, $3, $4, $5, $6, $7, $8) => {
								classes = set_class(tr_1, 1, "svelte-1sm7aka", null, classes, { ended: get(key).state !== "live" });
								set_text(text_14, get(key).name);
								set_text(text_15, get(key).redacted);
								set_attribute(td_1, "title", $0);
								set_text(text_16, get(key).scope);
								set_text(text_17, $1);
								set_attribute(td_3, "title", $2);
								set_text(text_18, $3);
								set_text(text_19, $4);
								set_attribute(td_5, "title", $5);
								set_text(text_20, $6);
								set_text(text_21, $7);
								set_text(text_22, $8);
							}, [
								() => p(`keys.scope.${get(key).scope}`),
								() => p(`keys.state.${get(key).state}`),
								() => moment(get(key).created_at),
								() => date(get(key).created_at),
								() => get(key).last_used_at ? date(get(key).last_used_at) : p("keys.neverUsed"),
								() => get(key).expires_at ? moment(get(key).expires_at) : void 0,
								() => get(key).expires_at ? date(get(key).expires_at) : p("keys.expiry.never"),
								() => usedOf(get(key)),
								() => limitsOf(get(key))
							]);
							append($$anchor, tr_1);
						});
						reset(tbody);
						reset(table);
						reset(div_1);
						template_effect(($0, $1, $2, $3, $4, $5, $6, $7, $8, $9) => {
							set_text(text_4, $0);
							set_text(text_5, $1);
							set_text(text_6, $2);
							set_text(text_7, $3);
							set_text(text_8, $4);
							set_text(text_9, $5);
							set_text(text_10, $6);
							set_text(text_11, $7);
							set_text(text_12, $8);
							set_text(text_13, $9);
						}, [
							() => p("keys.name"),
							() => p("keys.key"),
							() => p("keys.scope"),
							() => p("keys.state"),
							() => p("keys.created"),
							() => p("keys.lastUsed"),
							() => p("keys.expiry"),
							() => p("keys.used"),
							() => p("keys.limits"),
							() => p("files.actions")
						]);
						append($$anchor, div_1);
					};
					if_block(node_3, ($$render) => {
						if (get(shown).length > 0) $$render(consequent_3);
					});
					var node_5 = sibling(node_3, 2);
					var consequent_4 = ($$anchor) => {
						var label = root_6();
						var input = child(label);
						remove_input_defaults(input);
						var text_25 = sibling(input);
						reset(label);
						template_effect(($0) => set_text(text_25, ` ${$0 ?? ""}`), [() => some("keys.hidden.one", "keys.hidden.many", get(all).length - get(live).length)]);
						bind_checked(input, () => get(ended), ($$value) => set(ended, $$value));
						append($$anchor, label);
					};
					if_block(node_5, ($$render) => {
						if (get(all).length > get(live).length) $$render(consequent_4);
					});
					append($$anchor, fragment_3);
				};
				if_block(node_2, ($$render) => {
					if (get(all).length === 0) $$render(consequent_1);
					else $$render(alternate, -1);
				});
				append($$anchor, fragment_1);
			},
			$$slots: {
				actions: true,
				default: true
			}
		});
	}
	var node_6 = sibling(node, 2);
	{
		let $0 = user_derived(() => list.value !== null && get(all).length === 0);
		KeyForm(node_6, {
			get open() {
				return get(creating);
			},
			get first() {
				return get($0);
			},
			onclose: () => {
				set(creating, false);
				list.load();
			}
		});
	}
	var node_7 = sibling(node_6, 2);
	{
		let $0 = user_derived(() => p("keys.of", {
			action: p("keys.change"),
			name: get(limited)?.name ?? ""
		}));
		let $1 = user_derived(() => get(limited) !== null);
		Dialog(node_7, {
			get title() {
				return get($0);
			},
			get open() {
				return get($1);
			},
			onclose: () => set(limited, null),
			children: ($$anchor, $$slotProps) => {
				var form = root_9();
				var node_8 = child(form);
				LimitFields(node_8, {
					get limits() {
						return get(limits);
					},
					set limits($$value) {
						set(limits, $$value, true);
					}
				});
				var div_2 = sibling(node_8, 2);
				var button_4 = child(div_2);
				var text_26 = only_child(button_4, true);
				var button_5 = sibling(button_4, 2);
				var text_27 = only_child(button_5, true);
				reset(div_2);
				reset(form);
				template_effect(($0, $1) => {
					set_text(text_26, $0);
					set_text(text_27, $1);
				}, [() => t("cancel"), () => p("keys.save")]);
				event("submit", form, save);
				delegated("click", button_4, () => set(limited, null));
				append($$anchor, form);
			},
			$$slots: { default: true }
		});
	}
	append($$anchor, fragment);
	pop();
}
delegate(["click"]);
export { Keys as default };
