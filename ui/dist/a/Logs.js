import { An as user_derived, Cn as child, Dn as proxy, Dt as t, En as sibling, Gt as set_checked, In as reset, Jt as init_select, Lt as onMount, Mn as pop, Nn as push, On as set, Tn as only_child, Tt as number$1, Ut as remove_input_defaults, Vt as bind_value, Wt as set_attribute, Xt as set_class, _n as get, cn as append, dt as open, hn as delegated, in as if_block, kn as state, ln as comment, mn as delegate, p as Segments, qt as bind_select_value, sn as set_text, t as Dialog, tn as each, un as from_html, wn as first_child, x as ErrorBox, yn as template_effect } from "./shared.js";
import { a as p, f as moment, h as took, i as get$1, n as Resource, r as failureOf, s as send, t as Page } from "./platform.js";
import { n as say, t as said } from "./shared3.js";
// src/lib/replay.ts
function number(value) {
	return typeof value === "number" ? value : void 0;
}
function params(body) {
	const stop = typeof body.stop === "string" ? [body.stop] : body.stop;
	const all = {
		model: typeof body.model === "string" ? body.model : void 0,
		temperature: number(body.temperature),
		maxTokens: number(body.max_tokens) ?? number(body.max_completion_tokens),
		topP: number(body.top_p),
		frequencyPenalty: number(body.frequency_penalty),
		presencePenalty: number(body.presence_penalty),
		bestOf: number(body.best_of),
		seed: number(body.seed),
		stop: Array.isArray(stop) ? stop.filter((text) => typeof text === "string") : void 0,
		show: body.logprobs ? "full" : "off"
	};
	const said = Object.entries(all).filter(([, value]) => value !== void 0);
	return Object.fromEntries(said);
}
function textOf(content) {
	if (typeof content === "string") return content;
	if (!Array.isArray(content)) return null;
	const parts = content.map((part) => {
		const { type, text } = part ?? {};
		return type === "text" && typeof text === "string" ? text : null;
	});
	return parts.includes(null) ? null : parts.join("");
}
function isPlain(role) {
	return role === "system" || role === "user" || role === "assistant";
}
function message(value) {
	const { role, content, tool_calls } = value ?? {};
	const known = role === "developer" ? "system" : role;
	const text = textOf(content);
	return text !== null && tool_calls === void 0 && isPlain(known) ? {
		role: known,
		content: text
	} : null;
}
function format(body) {
	const { type, json_schema } = body.response_format ?? {};
	if (type === "json_object") return { format: "json_object" };
	if (type !== "json_schema") return {};
	const { schema } = json_schema ?? {};
	return {
		format: "json_schema",
		schema: JSON.stringify(schema ?? {}, null, 2)
	};
}
function replay(path, request) {
	const chat = path === "/v1/chat/completions";
	if (!chat && path !== "/v1/completions") return "endpoint";
	if (request === null) return "text";
	let body;
	try {
		body = JSON.parse(request);
	} catch {
		return "cut";
	}
	if (!chat) {
		const { prompt, suffix } = body;
		if (typeof prompt !== "string") return "shape";
		if (typeof suffix === "string") return {
			prefix: prompt,
			suffix,
			params: params(body)
		};
		return suffix === void 0 || suffix === null ? {
			prompt,
			params: params(body)
		} : "shape";
	}
	const messages = Array.isArray(body.messages) ? body.messages.map(message) : [null];
	if (messages.includes(null) || body.tools !== void 0) return "shape";
	return {
		messages,
		params: {
			...params(body),
			...format(body)
		}
	};
}
// src/pages/platform/Logs.svelte
var root = from_html(`<button> </button> <button class="plain"> </button>`, 1);
var root_1 = from_html(`<option> </option>`);
var root_2 = from_html(`<p class="muted"> </p>`);
var root_3 = from_html(`<tr><td class="number svelte-d96iez"><button class="plain svelte-d96iez"> </button></td><td> </td><td><code class="svelte-d96iez"> </code></td><td> </td><td> </td><td class="right number"> </td><td class="right number"> </td><td class="right number"> </td><td class="right number"> </td></tr>`);
var root_4 = from_html(`<p><button> </button></p>`);
var root_5 = from_html(`<div class="scroll"><table><thead><tr><th scope="col"> </th><th scope="col"> </th><th scope="col"> </th><th scope="col"> </th><th scope="col"> </th><th scope="col" class="right"> </th><th scope="col" class="right"> </th><th scope="col" class="right"> </th><th scope="col" class="right"> </th></tr></thead><tbody></tbody></table></div> <!>`, 1);
var root_6 = from_html(`<!> <div class="kept svelte-d96iez"><label class="svelte-d96iez"><input type="checkbox" aria-describedby="kept-why"/> </label> <p class="muted" id="kept-why"> </p></div> <div class="filters svelte-d96iez"><div class="svelte-d96iez"><span aria-hidden="true"> </span> <!></div> <label class="svelte-d96iez"> <input type="search"/></label> <label class="svelte-d96iez"> <select><option> </option><!></select></label></div> <!>`, 1);
var root_7 = from_html(`<span class="bad svelte-d96iez"> </span>`);
var root_8 = from_html(`<span> </span>`);
var root_9 = from_html(`<p> </p>`);
var root_10 = from_html(`<h3 class="svelte-d96iez"> </h3> <!> <pre role="region" tabindex="0" class="svelte-d96iez"> </pre>`, 1);
var root_11 = from_html(`<p class="facts number svelte-d96iez"><span> </span> <span> </span> <span> </span> <!> <!> <span> </span> <!></p> <!> <!> <div class="answers svelte-d96iez"><!> <button class="primary"> </button></div>`, 1);
var root_12 = from_html(`<!> <!>`, 1);
function Logs($$anchor, $$props) {
	push($$props, true);
	const EVERY_MS = 3e3;
	const PAGE = 50;
	const STATUSES = [
		"any",
		"ok",
		"error"
	];
	const PATHS = [
		"chat/completions",
		"completions",
		"embeddings",
		"responses",
		"batches",
		"files"
	];
	let status = state(proxy(STATUSES.find((s) => s === said("status")) ?? "any"));
	let model = state(proxy(said("model") ?? ""));
	let path = state(proxy(said("path") ?? ""));
	let limit = state(PAGE);
	let detail = state(null);
	let refused = state(null);
	let names = state(new Map());
	const list = new Resource(() => {
		const query = new URLSearchParams({ limit: String(get(limit)) });
		if (get(status) !== "any") query.set("status", get(status));
		if (get(model).trim() !== "") query.set("model", get(model).trim());
		if (get(path) !== "") query.set("path", `/v1/${get(path)}`);
		return get$1(`/api/logs?${query}`);
	});
	const entries = user_derived(() => list.value?.data ?? []);
	const filtered = user_derived(() => get(status) !== "any" || get(model).trim() !== "" || get(path) !== "");
	const bodies = user_derived(() => [{
		title: "logs.request",
		text: get(detail)?.request ?? null
	}, {
		title: "logs.response",
		text: get(detail)?.response ?? null
	}]);
	const begin = user_derived(() => get(detail) === null ? null : replay(get(detail).path, get(detail).request));
	onMount(() => {
		get$1("/api/keys").then(({ data }) => set(names, new Map(data.map(({ id, name }) => [id, name]))), () => {});
		list.load();
		const timer = setInterval(() => {
			if (!document.hidden && get(detail) === null && !list.failure) list.load();
		}, EVERY_MS);
		return () => clearInterval(timer);
	});
	function changed() {
		set(limit, PAGE);
		say({
			status: get(status) === "any" ? null : get(status),
			model: get(model).trim() || null,
			path: get(path) || null
		});
		list.load();
	}
	async function trying(work) {
		set(refused, null);
		try {
			await work();
		} catch (error) {
			set(refused, failureOf(error));
		}
	}
	function keep(keeps_bodies) {
		trying(() => send("PUT", "/api/logs/settings", { keeps_bodies })).then(() => list.load());
	}
	function forget() {
		trying(() => send("DELETE", "/api/logs")).then(() => list.load());
	}
	function show(entry) {
		trying(async () => {
			set(detail, await get$1(`/api/logs/${entry.id}`));
		});
	}
	function keyOf(entry) {
		if (entry.key === null) return "—";
		return entry.key === "operator" ? p("keys.operator") : get(names).get(entry.key) ?? entry.key;
	}
	function pretty(text) {
		try {
			return JSON.stringify(JSON.parse(text), null, 2);
		} catch {
			return text;
		}
	}
	const count = (n) => n === null ? "—" : number$1(n);
	const CUT = 65536;
	var fragment = root_12();
	var node = first_child(fragment);
	{
		const actions = ($$anchor) => {
			var fragment_1 = root();
			var button = first_child(fragment_1);
			var text_1 = only_child(button, true);
			var button_1 = sibling(button, 2);
			var text_2 = only_child(button_1, true);
			template_effect(($0, $1) => {
				set_text(text_1, $0);
				button_1.disabled = get(entries).length === 0;
				set_text(text_2, $1);
			}, [() => p("page.refresh"), () => p("logs.forget")]);
			delegated("click", button, () => void list.load());
			delegated("click", button_1, forget);
			append($$anchor, fragment_1);
		};
		let $0 = user_derived(() => t("app.page.logs"));
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
				var fragment_2 = root_6();
				var node_1 = first_child(fragment_2);
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
				var div = sibling(node_1, 2);
				var label = child(div);
				var input = child(label);
				remove_input_defaults(input);
				var text_3 = sibling(input);
				reset(label);
				var p_1 = sibling(label, 2);
				var text_4 = only_child(p_1);
				reset(div);
				var div_1 = sibling(div, 2);
				var div_2 = child(div_1);
				var span = child(div_2);
				var text_5 = only_child(span, true);
				var node_2 = sibling(span, 2);
				{
					let $0 = user_derived(() => p("logs.status"));
					Segments(node_2, {
						get label() {
							return get($0);
						},
						get options() {
							return STATUSES;
						},
						names: (each) => p(`logs.${each}`),
						onchange: changed,
						get value() {
							return get(status);
						},
						set value($$value) {
							set(status, $$value, true);
						}
					});
				}
				reset(div_2);
				var label_1 = sibling(div_2, 2);
				var text_6 = child(label_1);
				var input_1 = sibling(text_6);
				remove_input_defaults(input_1);
				reset(label_1);
				var label_2 = sibling(label_1, 2);
				var text_7 = child(label_2);
				var select = sibling(text_7);
				var option = child(select);
				var text_8 = only_child(option, true);
				option.value = option.__value = "";
				var node_3 = sibling(option);
				each(node_3, 16, () => PATHS, (each) => each, ($$anchor, each) => {
					var option_1 = root_1();
					var text_9 = only_child(option_1, true);
					var option_1_value = {};
					template_effect(() => {
						set_text(text_9, each);
						if (option_1_value !== (option_1_value = each)) option_1.value = (option_1.__value = option_1_value) ?? "";
					});
					append($$anchor, option_1);
				});
				reset(select);
				init_select(select);
				reset(label_2);
				reset(div_1);
				var node_4 = sibling(div_1, 2);
				var consequent_1 = ($$anchor) => {
					var p_2 = root_2();
					var text_10 = only_child(p_2, true);
					template_effect(($0) => set_text(text_10, $0), [() => get(filtered) ? p("logs.noneLike") : p("logs.none")]);
					append($$anchor, p_2);
				};
				var alternate = ($$anchor) => {
					var fragment_4 = root_5();
					var div_3 = first_child(fragment_4);
					var table = child(div_3);
					var thead = child(table);
					var tr = child(thead);
					var th = child(tr);
					var text_11 = only_child(th, true);
					var th_1 = sibling(th);
					var text_12 = only_child(th_1, true);
					var th_2 = sibling(th_1);
					var text_13 = only_child(th_2, true);
					var th_3 = sibling(th_2);
					var text_14 = only_child(th_3, true);
					var th_4 = sibling(th_3);
					var text_15 = only_child(th_4, true);
					var th_5 = sibling(th_4);
					var text_16 = only_child(th_5, true);
					var th_6 = sibling(th_5);
					var text_17 = only_child(th_6, true);
					var th_7 = sibling(th_6);
					var text_18 = only_child(th_7, true);
					var th_8 = sibling(th_7);
					var text_19 = only_child(th_8, true);
					reset(tr);
					reset(thead);
					var tbody = sibling(thead);
					each(tbody, 21, () => get(entries), (entry) => entry.id, ($$anchor, entry) => {
						var tr_1 = root_3();
						var td = child(tr_1);
						var button_2 = child(td);
						var text_20 = only_child(button_2, true);
						reset(td);
						var td_1 = sibling(td);
						let classes;
						var text_21 = only_child(td_1, true);
						var td_2 = sibling(td_1);
						var code = child(td_2);
						var text_22 = only_child(code);
						reset(td_2);
						var td_3 = sibling(td_2);
						var text_23 = only_child(td_3, true);
						var td_4 = sibling(td_3);
						var text_24 = only_child(td_4, true);
						var td_5 = sibling(td_4);
						var text_25 = only_child(td_5, true);
						var td_6 = sibling(td_5);
						var text_26 = only_child(td_6, true);
						var td_7 = sibling(td_6);
						var text_27 = only_child(td_7, true);
						var td_8 = sibling(td_7);
						var text_28 = only_child(td_8, true);
						reset(tr_1);
						template_effect(($0, $1, $2, $3, $4, $5) => {
							set_attribute(button_2, "title", get(entry).id);
							set_text(text_20, $0);
							classes = set_class(td_1, 1, "number svelte-d96iez", null, classes, { bad: get(entry).status >= 400 || get(entry).status === 0 });
							set_text(text_21, get(entry).status);
							set_text(text_22, `${get(entry).method === "POST" ? "" : `${get(entry).method} `}${get(entry).path ?? ""}`);
							set_text(text_23, get(entry).model ?? "—");
							set_text(text_24, $1);
							set_text(text_25, $2);
							set_text(text_26, $3);
							set_text(text_27, $4);
							set_text(text_28, $5);
						}, [
							() => moment(get(entry).time, "medium"),
							() => keyOf(get(entry)),
							() => count(get(entry).input_tokens),
							() => count(get(entry).output_tokens),
							() => get(entry).first_token_ms === null ? "—" : took(get(entry).first_token_ms),
							() => took(get(entry).ms)
						]);
						delegated("click", button_2, () => show(get(entry)));
						append($$anchor, tr_1);
					});
					reset(tbody);
					reset(table);
					reset(div_3);
					var node_5 = sibling(div_3, 2);
					var consequent_2 = ($$anchor) => {
						var p_3 = root_4();
						var button_3 = child(p_3);
						var text_29 = only_child(button_3, true);
						reset(p_3);
						template_effect(($0) => set_text(text_29, $0), [() => p("page.more")]);
						delegated("click", button_3, () => {
							set(limit, Math.min(500, get(limit) + PAGE), true);
							list.load();
						});
						append($$anchor, p_3);
					};
					if_block(node_5, ($$render) => {
						if (list.value?.has_more && get(limit) < 500) $$render(consequent_2);
					});
					template_effect(($0, $1, $2, $3, $4, $5, $6, $7, $8) => {
						set_text(text_11, $0);
						set_text(text_12, $1);
						set_text(text_13, $2);
						set_text(text_14, $3);
						set_text(text_15, $4);
						set_text(text_16, $5);
						set_text(text_17, $6);
						set_text(text_18, $7);
						set_text(text_19, $8);
					}, [
						() => p("logs.time"),
						() => p("logs.status"),
						() => p("logs.path"),
						() => p("logs.model"),
						() => p("logs.key"),
						() => p("logs.input"),
						() => p("logs.output"),
						() => p("logs.first"),
						() => p("logs.ms")
					]);
					append($$anchor, fragment_4);
				};
				if_block(node_4, ($$render) => {
					if (get(entries).length === 0) $$render(consequent_1);
					else $$render(alternate, -1);
				});
				template_effect(($0, $1, $2, $3, $4, $5, $6, $7) => {
					set_checked(input, list.value?.keeps_bodies);
					set_text(text_3, ` ${$0 ?? ""}`);
					set_text(text_4, `${$1 ?? ""} ${$2 ?? ""}`);
					set_text(text_5, $3);
					set_text(text_6, `${$4 ?? ""} `);
					set_attribute(input_1, "placeholder", $5);
					set_text(text_7, `${$6 ?? ""} `);
					set_text(text_8, $7);
				}, [
					() => p("logs.kept"),
					() => p("logs.keptWhy"),
					() => p("logs.where"),
					() => p("logs.status"),
					() => p("logs.model"),
					() => p("logs.any"),
					() => p("logs.path"),
					() => p("logs.any")
				]);
				delegated("change", input, (event) => keep(event.currentTarget.checked));
				delegated("change", input_1, changed);
				bind_value(input_1, () => get(model), ($$value) => set(model, $$value));
				delegated("change", select, changed);
				bind_select_value(select, () => get(path), ($$value) => set(path, $$value));
				append($$anchor, fragment_2);
			},
			$$slots: {
				actions: true,
				default: true
			}
		});
	}
	var node_6 = sibling(node, 2);
	{
		let $0 = user_derived(() => p("logs.detail", { id: get(detail)?.id ?? "" }));
		let $1 = user_derived(() => get(detail) !== null);
		Dialog(node_6, {
			get title() {
				return get($0);
			},
			get open() {
				return get($1);
			},
			onclose: () => set(detail, null),
			wide: true,
			children: ($$anchor, $$slotProps) => {
				var fragment_5 = comment();
				var node_7 = first_child(fragment_5);
				var consequent_10 = ($$anchor) => {
					var fragment_6 = root_11();
					var p_4 = first_child(fragment_6);
					var span_1 = child(p_4);
					var text_30 = only_child(span_1, true);
					var span_2 = sibling(span_1, 2);
					var text_31 = only_child(span_2);
					var span_3 = sibling(span_2, 2);
					let classes_1;
					var text_32 = only_child(span_3, true);
					var node_8 = sibling(span_3, 2);
					var consequent_3 = ($$anchor) => {
						var span_4 = root_7();
						var text_33 = only_child(span_4, true);
						template_effect(() => set_text(text_33, get(detail).error.code ?? get(detail).error.type));
						append($$anchor, span_4);
					};
					if_block(node_8, ($$render) => {
						if (get(detail).error) $$render(consequent_3);
					});
					var node_9 = sibling(node_8, 2);
					var consequent_4 = ($$anchor) => {
						var span_5 = root_8();
						var text_34 = only_child(span_5, true);
						template_effect(() => set_text(text_34, get(detail).model));
						append($$anchor, span_5);
					};
					if_block(node_9, ($$render) => {
						if (get(detail).model) $$render(consequent_4);
					});
					var span_6 = sibling(node_9, 2);
					var text_35 = only_child(span_6, true);
					var node_10 = sibling(span_6, 2);
					var consequent_5 = ($$anchor) => {
						var span_7 = root_8();
						var text_36 = only_child(span_7, true);
						template_effect(($0) => set_text(text_36, $0), [() => p("logs.cutOff")]);
						append($$anchor, span_7);
					};
					if_block(node_10, ($$render) => {
						if (!get(detail).whole) $$render(consequent_5);
					});
					reset(p_4);
					var node_11 = sibling(p_4, 2);
					var consequent_6 = ($$anchor) => {
						var p_5 = root_9();
						var text_37 = only_child(p_5, true);
						template_effect(($0) => set_text(text_37, $0), [() => p("logs.notKept")]);
						append($$anchor, p_5);
					};
					if_block(node_11, ($$render) => {
						if (get(detail).request === null && get(detail).response === null) $$render(consequent_6);
					});
					var node_12 = sibling(node_11, 2);
					each(node_12, 17, () => get(bodies), ({ title, text }) => title, ($$anchor, $$item) => {
						let title = () => get($$item).title;
						let text = () => get($$item).text;
						var fragment_7 = comment();
						var node_13 = first_child(fragment_7);
						var consequent_8 = ($$anchor) => {
							var fragment_8 = root_10();
							var h3 = first_child(fragment_8);
							var text_38 = only_child(h3, true);
							var node_14 = sibling(h3, 2);
							var consequent_7 = ($$anchor) => {
								var p_6 = root_2();
								var text_39 = only_child(p_6, true);
								template_effect(($0) => set_text(text_39, $0), [() => p("logs.cut")]);
								append($$anchor, p_6);
							};
							if_block(node_14, ($$render) => {
								if (text().length >= CUT) $$render(consequent_7);
							});
							var pre = sibling(node_14, 2);
							var text_40 = only_child(pre, true);
							template_effect(($0, $1, $2) => {
								set_text(text_38, $0);
								set_attribute(pre, "aria-label", $1);
								set_text(text_40, $2);
							}, [
								() => p(title()),
								() => p(title()),
								() => pretty(text())
							]);
							append($$anchor, fragment_8);
						};
						if_block(node_13, ($$render) => {
							if (text() !== null) $$render(consequent_8);
						});
						append($$anchor, fragment_7);
					});
					var div_4 = sibling(node_12, 2);
					var node_15 = child(div_4);
					var consequent_9 = ($$anchor) => {
						var p_7 = root_2();
						var text_41 = only_child(p_7, true);
						template_effect(($0) => set_text(text_41, $0), [() => p("logs.noReplay", { why: p(`logs.why.${get(begin)}`) })]);
						append($$anchor, p_7);
					};
					if_block(node_15, ($$render) => {
						if (typeof get(begin) === "string") $$render(consequent_9);
					});
					var button_4 = sibling(node_15, 2);
					var text_42 = only_child(button_4, true);
					reset(div_4);
					template_effect(($0, $1, $2) => {
						set_text(text_30, $0);
						set_text(text_31, `${get(detail).method ?? ""} ${get(detail).path ?? ""}`);
						classes_1 = set_class(span_3, 1, "svelte-d96iez", null, classes_1, { bad: get(detail).status >= 400 });
						set_text(text_32, get(detail).status);
						set_text(text_35, $1);
						button_4.disabled = get(begin) === null || typeof get(begin) === "string";
						set_text(text_42, $2);
					}, [
						() => moment(get(detail).time, "medium"),
						() => took(get(detail).ms),
						() => p("logs.replay")
					]);
					delegated("click", button_4, () => {
						if (get(begin) !== null && typeof get(begin) !== "string") open(get(begin));
					});
					append($$anchor, fragment_6);
				};
				if_block(node_7, ($$render) => {
					if (get(detail)) $$render(consequent_10);
				});
				append($$anchor, fragment_5);
			},
			$$slots: { default: true }
		});
	}
	append($$anchor, fragment);
	pop();
}
delegate(["click", "change"]);
export { Logs as default };
