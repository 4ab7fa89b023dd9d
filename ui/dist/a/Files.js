import { An as user_derived, Cn as child, Dn as proxy, Dt as t, En as sibling, Et as percent, In as reset, Jt as init_select, Kt as set_value, Lt as onMount, Mn as pop, Nn as push, On as set, Tn as only_child, Tt as number, W as ask, Wt as set_attribute, Xt as set_class, Z as upload, _n as get, cn as append, gn as event, hn as delegated, in as if_block, kn as state, ln as comment, mn as delegate, nn as index, qt as bind_select_value, sn as set_text, t as Dialog, tn as each, un as from_html, wn as first_child, x as ErrorBox, yn as template_effect, zt as bind_this } from "./shared.js";
import { a as p, c as some, f as moment, i as get$1, m as size, n as Resource, r as failureOf, s as send, t as Page } from "./platform.js";
var LONGEST = 80;
var ROLES = [
	"system",
	"developer",
	"user",
	"assistant",
	"tool",
	"function"
];
function spelt(value) {
	const text = value === void 0 ? "—" : JSON.stringify(value);
	return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
function isObject(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
var Lines = class {
	findings = [];
	count = 0;
	#purpose;
	#rest = "";
	#ids = new Set();
	constructor(purpose) {
		this.#purpose = purpose;
	}
	get enough() {
		return this.findings.length >= 10;
	}
	push(text) {
		const lines = (this.#rest + text).split("\n");
		this.#rest = lines.pop() ?? "";
		for (const line of lines) this.#line(line);
	}
	end() {
		if (this.#rest !== "") this.#line(this.#rest);
		this.#rest = "";
	}
	#line(line) {
		this.count += 1;
		if (this.enough) return;
		const wrong = this.#wrong(line);
		if (wrong) this.findings.push({
			line: this.count,
			...wrong
		});
	}
	#wrong(line) {
		if (line.trim() === "") return {
			why: "empty",
			got: ""
		};
		let value;
		try {
			value = JSON.parse(line);
		} catch (error) {
			return {
				why: "json",
				got: error instanceof Error ? error.message : String(error)
			};
		}
		if (!isObject(value)) return {
			why: "object",
			got: spelt(value)
		};
		return this.#purpose === "batch" ? this.#request(value) : example(value);
	}
	#request(value) {
		const { custom_id, method, url, body } = value;
		if (typeof custom_id !== "string") return {
			why: "custom_id",
			got: spelt(custom_id)
		};
		if (this.#ids.has(custom_id)) return {
			why: "twice",
			got: spelt(custom_id)
		};
		this.#ids.add(custom_id);
		if (method !== "POST") return {
			why: "method",
			got: spelt(method)
		};
		if (typeof url !== "string" || !url.startsWith("/v1/")) return {
			why: "url",
			got: spelt(url)
		};
		if (!isObject(body)) return {
			why: "body",
			got: spelt(body)
		};
		return null;
	}
};
function example(value) {
	const { messages, prompt, completion } = value;
	if (typeof prompt === "string" && typeof completion === "string") return null;
	if (!Array.isArray(messages) || messages.length === 0) return {
		why: "messages",
		got: spelt(messages)
	};
	for (const message of messages) {
		const { role, content, tool_calls } = isObject(message) ? message : {};
		if (!ROLES.includes(String(role))) return {
			why: "role",
			got: spelt(role)
		};
		if (typeof content !== "string" && tool_calls === void 0) return {
			why: "content",
			got: spelt(content)
		};
	}
	return null;
}
var OF_LINES = ["batch", "fine-tune"];
async function check(file, purpose, progress, signal) {
	const lines = new Lines(purpose);
	const decoder = new TextDecoder();
	const reader = file.stream().getReader();
	for (;;) {
		signal.throwIfAborted();
		const { done, value } = await reader.read();
		if (done) break;
		lines.push(decoder.decode(value, { stream: true }));
		progress(lines.count);
		if (lines.enough) {
			await reader.cancel();
			return lines;
		}
	}
	lines.push(decoder.decode());
	lines.end();
	return lines;
}
var MOST_BYTES = 262144;
async function beginning(body, most) {
	const decoder = new TextDecoder();
	const reader = body.getReader();
	let text = "";
	let bytes = 0;
	let whole = false;
	while (bytes < MOST_BYTES && text.split("\n").length <= most) {
		const { done, value } = await reader.read();
		if (done) {
			whole = true;
			break;
		}
		bytes += value.length;
		text += decoder.decode(value, { stream: true });
	}
	if (!whole) await reader.cancel();
	if (text.includes("\0")) return {
		lines: [],
		more: !whole,
		cut: false,
		binary: true
	};
	const all = text.split("\n");
	if (whole && all.at(-1) === "") all.pop();
	const lines = all.slice(0, most);
	const cut = !whole && all.length <= most;
	return {
		lines,
		more: !whole || all.length > most,
		cut,
		binary: false
	};
}
// src/pages/platform/Files.svelte
var root = from_html(`<option> </option>`);
var root_1 = from_html(`<progress max="1" class="svelte-1dsav5h"></progress> <button> </button>`, 1);
var root_2 = from_html(`<li> </li>`);
var root_3 = from_html(`<p> </p>`);
var root_4 = from_html(`<div class="wrong svelte-1dsav5h" role="alert"><p><strong> </strong></p> <ol class="svelte-1dsav5h"></ol> <!> <p class="row svelte-1dsav5h"><button> </button> <button class="plain"> </button></p></div>`);
var root_5 = from_html(`<tr><th scope="row"> </th><td> </td><td class="right number"> </td><td class="number"> </td><td class="number"> </td><td> </td><td class="do"><button class="plain"> </button> <button class="plain"> </button></td></tr>`);
var root_6 = from_html(`<div class="scroll"><table><thead><tr><th scope="col"> </th><th scope="col"> </th><th scope="col" class="right"> </th><th scope="col"> </th><th scope="col"> </th><th scope="col"> </th><th scope="col"><span class="unseen"> </span></th></tr></thead><tbody></tbody></table></div>`);
var root_7 = from_html(`<p class="muted"> </p>`);
var root_8 = from_html(`<div role="group"><label class="svelte-1dsav5h"> <select></select></label> <button class="primary"> </button> <span class="muted svelte-1dsav5h"> </span> <input type="file" hidden=""/> <!></div> <p class="news svelte-1dsav5h" role="status"> </p> <!> <!> <!>`, 1);
var root_9 = from_html(`<li class="svelte-1dsav5h"> </li>`);
var root_10 = from_html(`<p class="muted svelte-1dsav5h"> </p>`);
var root_11 = from_html(`<p class="muted"> </p> <div class="lines svelte-1dsav5h" role="region" tabindex="0"><ol class="svelte-1dsav5h"></ol> <!></div>`, 1);
var root_12 = from_html(`<p class="bad svelte-1dsav5h"> </p>`);
var root_13 = from_html(`<p> </p> <!> <div class="answers svelte-1dsav5h"><button> </button> <button class="primary"> </button></div>`, 1);
var root_14 = from_html(`<!> <!> <!>`, 1);
function Files($$anchor, $$props) {
	push($$props, true);
	const PURPOSES = [
		"batch",
		"fine-tune",
		"user_data",
		"assistants",
		"evals",
		"vision"
	];
	const LINES = 50;
	const NOTHING = {
		lines: [],
		more: false,
		cut: false,
		binary: false
	};
	const WORKING = [
		"validating",
		"in_progress",
		"finalizing",
		"cancelling"
	];
	const files = new Resource(() => get$1("/v1/files?limit=1000"));
	let purpose = state(proxy(PURPOSES[0] ?? ""));
	let news = state("");
	let sending = state(null);
	let refused = state(null);
	let wrong = state(null);
	let shown = state(null);
	let deleting = state(null);
	let over = state(false);
	let chooser = state(void 0);
	let abort = null;
	const busy = user_derived(() => get(sending) !== null);
	onMount(() => {
		files.load();
		return () => abort?.abort();
	});
	async function take(file) {
		set(refused, set(wrong, null));
		abort = new AbortController();
		const { signal } = abort;
		set(sending, 0);
		try {
			let lines = -1;
			if (OF_LINES.includes(get(purpose))) {
				const told = (n) => {
					set(news, p("files.checking", {
						name: file.name,
						n: number(n)
					}), true);
				};
				const found = await check(file, get(purpose), told, signal);
				if (found.findings.length > 0) {
					set(wrong, {
						file,
						findings: found.findings
					});
					set(news, "");
					return;
				}
				lines = found.count;
			}
			await put(file, signal, lines);
		} catch (error) {
			if (!signal.aborted) set(refused, failureOf(error));
			set(news, "");
		} finally {
			set(sending, null);
		}
	}
	async function anyway() {
		const file = get(wrong)?.file;
		set(wrong, null);
		if (!file) return;
		abort = new AbortController();
		set(sending, 0);
		try {
			await put(file, abort.signal, -1);
		} catch (error) {
			if (!abort.signal.aborted) set(refused, failureOf(error));
			set(news, "");
		} finally {
			set(sending, null);
		}
	}
	async function put(file, signal, lines) {
		const form = new FormData();
		form.append("purpose", get(purpose));
		form.append("file", file);
		const progress = (sent, total) => {
			set(sending, total > 0 ? sent / total : 0, true);
			set(news, p("files.sending", {
				name: file.name,
				percent: percent(get(sending), 0)
			}), true);
		};
		await upload("/v1/files", form, progress, signal);
		const counted = lines < 0 ? "" : some("files.lines.one", "files.lines.many", lines);
		set(news, [p("files.sent", { name: file.name }), counted].join(" ").trim(), true);
		await files.load();
	}
	async function preview(file) {
		set(refused, null);
		try {
			const answer = await ask(`/v1/files/${file.id}/content`);
			if (answer.body) set(shown, {
				file,
				beginning: await beginning(answer.body, LINES)
			});
		} catch (error) {
			set(refused, failureOf(error));
		}
	}
	async function askToDelete(file) {
		set(deleting, {
			file,
			batch: null
		});
		try {
			const { data } = await get$1("/v1/batches?limit=100");
			const batch = data.find((b) => b.input_file_id === file.id && WORKING.includes(b.status));
			if (batch && get(deleting)?.file === file) set(deleting, {
				file,
				batch
			});
		} catch {}
	}
	async function remove() {
		const file = get(deleting)?.file;
		set(deleting, null);
		if (!file) return;
		try {
			await send("DELETE", `/v1/files/${file.id}`);
		} catch (error) {
			set(refused, failureOf(error));
		}
		await files.load();
	}
	function dropped(event) {
		event.preventDefault();
		set(over, false);
		const file = event.dataTransfer?.files[0];
		if (file && !get(busy)) take(file);
	}
	var fragment = root_14();
	var node = first_child(fragment);
	{
		let $0 = user_derived(() => t("app.page.files"));
		let $1 = user_derived(() => files.value !== null);
		Page(node, {
			get title() {
				return get($0);
			},
			get ready() {
				return get($1);
			},
			get failure() {
				return files.failure;
			},
			onretry: () => void files.load(),
			children: ($$anchor, $$slotProps) => {
				var fragment_1 = root_8();
				var div = first_child(fragment_1);
				let classes;
				var label = child(div);
				var text = child(label);
				var select = sibling(text);
				each(select, 20, () => PURPOSES, (each) => each, ($$anchor, each) => {
					var option = root();
					var text_1 = only_child(option, true);
					var option_value = {};
					template_effect(() => {
						set_text(text_1, each);
						if (option_value !== (option_value = each)) option.value = (option.__value = option_value) ?? "";
					});
					append($$anchor, option);
				});
				reset(select);
				init_select(select);
				reset(label);
				var button = sibling(label, 2);
				var text_2 = only_child(button, true);
				var span = sibling(button, 2);
				var text_3 = only_child(span, true);
				var input = sibling(span, 2);
				bind_this(input, ($$value) => set(chooser, $$value), () => get(chooser));
				var node_1 = sibling(input, 2);
				var consequent = ($$anchor) => {
					var fragment_2 = root_1();
					var progress_1 = first_child(fragment_2);
					var button_1 = sibling(progress_1, 2);
					var text_4 = only_child(button_1, true);
					template_effect(($0, $1) => {
						set_attribute(progress_1, "aria-label", $0);
						set_value(progress_1, get(sending));
						set_text(text_4, $1);
					}, [() => p("files.upload"), () => t("cancel")]);
					delegated("click", button_1, () => abort?.abort());
					append($$anchor, fragment_2);
				};
				if_block(node_1, ($$render) => {
					if (get(busy)) $$render(consequent);
				});
				reset(div);
				var p_1 = sibling(div, 2);
				var text_5 = only_child(p_1, true);
				var node_2 = sibling(p_1, 2);
				var consequent_1 = ($$anchor) => {
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
				if_block(node_2, ($$render) => {
					if (get(refused)) $$render(consequent_1);
				});
				var node_3 = sibling(node_2, 2);
				var consequent_3 = ($$anchor) => {
					var div_1 = root_4();
					var p_2 = child(div_1);
					var strong = child(p_2);
					var text_6 = only_child(strong, true);
					reset(p_2);
					var ol = sibling(p_2, 2);
					each(ol, 21, () => get(wrong).findings, ({ line, why, got }) => line, ($$anchor, $$item) => {
						let line = () => get($$item).line;
						let why = () => get($$item).why;
						let got = () => get($$item).got;
						var li = root_2();
						var text_7 = only_child(li);
						template_effect(($0, $1) => set_text(text_7, `${$0 ?? ""}: ${$1 ?? ""}`), [() => p("files.line", { line: number(line()) }), () => p(`lines.${why()}`, { got: got() })]);
						append($$anchor, li);
					});
					reset(ol);
					var node_4 = sibling(ol, 2);
					var consequent_2 = ($$anchor) => {
						var p_3 = root_3();
						var text_8 = only_child(p_3, true);
						template_effect(($0) => set_text(text_8, $0), [() => p("files.badMore", { n: 10 })]);
						append($$anchor, p_3);
					};
					if_block(node_4, ($$render) => {
						if (get(wrong).findings.length >= 10) $$render(consequent_2);
					});
					var p_4 = sibling(node_4, 2);
					var button_2 = child(p_4);
					var text_9 = only_child(button_2, true);
					var button_3 = sibling(button_2, 2);
					var text_10 = only_child(button_3, true);
					reset(p_4);
					reset(div_1);
					template_effect(($0, $1, $2) => {
						set_text(text_6, $0);
						set_text(text_9, $1);
						set_text(text_10, $2);
					}, [
						() => p("files.bad", { name: get(wrong).file.name }),
						() => p("page.dismiss"),
						() => p("files.anyway")
					]);
					delegated("click", button_2, () => set(wrong, null));
					delegated("click", button_3, anyway);
					append($$anchor, div_1);
				};
				if_block(node_3, ($$render) => {
					if (get(wrong)) $$render(consequent_3);
				});
				var node_5 = sibling(node_3, 2);
				var consequent_4 = ($$anchor) => {
					var div_2 = root_6();
					var table = child(div_2);
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
					var span_1 = child(th_6);
					var text_17 = only_child(span_1, true);
					reset(th_6);
					reset(tr);
					reset(thead);
					var tbody = sibling(thead);
					each(tbody, 21, () => files.value.data, (file) => file.id, ($$anchor, file) => {
						var tr_1 = root_5();
						var th_7 = child(tr_1);
						var text_18 = only_child(th_7, true);
						var td = sibling(th_7);
						var text_19 = only_child(td, true);
						var td_1 = sibling(td);
						var text_20 = only_child(td_1, true);
						var td_2 = sibling(td_1);
						var text_21 = only_child(td_2, true);
						var td_3 = sibling(td_2);
						var text_22 = only_child(td_3, true);
						var td_4 = sibling(td_3);
						var text_23 = only_child(td_4, true);
						var td_5 = sibling(td_4);
						var button_4 = child(td_5);
						var text_24 = only_child(button_4, true);
						var button_5 = sibling(button_4, 2);
						var text_25 = only_child(button_5, true);
						reset(td_5);
						reset(tr_1);
						template_effect(($0, $1, $2, $3, $4, $5, $6) => {
							set_attribute(th_7, "title", get(file).id);
							set_text(text_18, get(file).filename);
							set_text(text_19, get(file).purpose);
							set_text(text_20, $0);
							set_text(text_21, $1);
							set_text(text_22, $2);
							set_text(text_23, get(file).status);
							set_attribute(button_4, "aria-label", `${$3 ?? ""}: ${get(file).filename ?? ""}`);
							set_text(text_24, $4);
							set_attribute(button_5, "aria-label", `${$5 ?? ""}: ${get(file).filename ?? ""}`);
							set_text(text_25, $6);
						}, [
							() => size(get(file).bytes),
							() => moment(get(file).created_at),
							() => get(file).expires_at ? moment(get(file).expires_at) : "—",
							() => p("files.preview"),
							() => p("files.preview"),
							() => p("files.delete"),
							() => p("files.delete")
						]);
						delegated("click", button_4, () => void preview(get(file)));
						delegated("click", button_5, () => void askToDelete(get(file)));
						append($$anchor, tr_1);
					});
					reset(tbody);
					reset(table);
					reset(div_2);
					template_effect(($0, $1, $2, $3, $4, $5, $6) => {
						set_text(text_11, $0);
						set_text(text_12, $1);
						set_text(text_13, $2);
						set_text(text_14, $3);
						set_text(text_15, $4);
						set_text(text_16, $5);
						set_text(text_17, $6);
					}, [
						() => p("files.name"),
						() => p("files.purpose"),
						() => p("files.size"),
						() => p("files.created"),
						() => p("files.expires"),
						() => p("files.status"),
						() => p("files.actions")
					]);
					append($$anchor, div_2);
				};
				var consequent_5 = ($$anchor) => {
					var p_5 = root_7();
					var text_26 = only_child(p_5, true);
					template_effect(($0) => set_text(text_26, $0), [() => p("files.none")]);
					append($$anchor, p_5);
				};
				if_block(node_5, ($$render) => {
					if (files.value && files.value.data.length > 0) $$render(consequent_4);
					else if (files.value) $$render(consequent_5, 1);
				});
				template_effect(($0, $1, $2, $3) => {
					classes = set_class(div, 1, "upload svelte-1dsav5h", null, classes, { over: get(over) });
					set_attribute(div, "aria-label", $0);
					set_text(text, `${$1 ?? ""} `);
					select.disabled = get(busy);
					button.disabled = get(busy);
					set_text(text_2, $2);
					set_text(text_3, $3);
					set_text(text_5, get(news));
				}, [
					() => p("files.upload"),
					() => p("files.purpose"),
					() => p("files.choose"),
					() => p("files.drop")
				]);
				event("dragover", div, (event) => {
					event.preventDefault();
					set(over, true);
				});
				event("dragleave", div, () => set(over, false));
				event("drop", div, dropped);
				bind_select_value(select, () => get(purpose), ($$value) => set(purpose, $$value));
				delegated("click", button, () => get(chooser)?.click());
				delegated("change", input, ({ currentTarget }) => {
					const file = currentTarget.files?.[0];
					currentTarget.value = "";
					if (file) take(file);
				});
				append($$anchor, fragment_1);
			},
			$$slots: { default: true }
		});
	}
	var node_6 = sibling(node, 2);
	{
		let $0 = user_derived(() => p("files.previewOf", { name: get(shown)?.file.filename ?? "" }));
		let $1 = user_derived(() => get(shown) !== null);
		Dialog(node_6, {
			get title() {
				return get($0);
			},
			get open() {
				return get($1);
			},
			onclose: () => set(shown, null),
			wide: true,
			children: ($$anchor, $$slotProps) => {
				const computed_const = user_derived(() => {
					return get(shown)?.beginning ?? NOTHING;
				});
				var fragment_4 = comment();
				var node_7 = first_child(fragment_4);
				var consequent_6 = ($$anchor) => {
					var p_6 = root_3();
					var text_27 = only_child(p_6, true);
					template_effect(($0) => set_text(text_27, $0), [() => p("files.binary")]);
					append($$anchor, p_6);
				};
				var alternate = ($$anchor) => {
					var fragment_5 = root_11();
					var p_7 = first_child(fragment_5);
					var text_28 = only_child(p_7, true);
					var div_3 = sibling(p_7, 2);
					var ol_1 = child(div_3);
					each(ol_1, 21, () => get(computed_const).lines, index, ($$anchor, line) => {
						var li_1 = root_9();
						var text_29 = only_child(li_1, true);
						template_effect(() => set_text(text_29, get(line)));
						append($$anchor, li_1);
					});
					reset(ol_1);
					var node_8 = sibling(ol_1, 2);
					var consequent_7 = ($$anchor) => {
						var p_8 = root_10();
						var text_30 = only_child(p_8, true);
						template_effect(($0) => set_text(text_30, $0), [() => p("files.cut")]);
						append($$anchor, p_8);
					};
					if_block(node_8, ($$render) => {
						if (get(computed_const).cut) $$render(consequent_7);
					});
					reset(div_3);
					template_effect(($0) => {
						set_text(text_28, $0);
						set_attribute(div_3, "aria-label", get(shown)?.file.filename);
					}, [() => get(computed_const).more ? p("files.first", { n: number(get(computed_const).lines.length) }) : p("files.whole")]);
					append($$anchor, fragment_5);
				};
				if_block(node_7, ($$render) => {
					if (get(computed_const).binary) $$render(consequent_6);
					else $$render(alternate, -1);
				});
				append($$anchor, fragment_4);
			},
			$$slots: { default: true }
		});
	}
	var node_9 = sibling(node_6, 2);
	{
		let $0 = user_derived(() => p("files.ask", { name: get(deleting)?.file.filename ?? "" }));
		let $1 = user_derived(() => get(deleting) !== null);
		Dialog(node_9, {
			get title() {
				return get($0);
			},
			get open() {
				return get($1);
			},
			onclose: () => set(deleting, null),
			children: ($$anchor, $$slotProps) => {
				var fragment_6 = root_13();
				var p_9 = first_child(fragment_6);
				var text_31 = only_child(p_9, true);
				var node_10 = sibling(p_9, 2);
				var consequent_8 = ($$anchor) => {
					var p_10 = root_12();
					var text_32 = only_child(p_10, true);
					template_effect(($0) => set_text(text_32, $0), [() => p("files.inUse", { id: get(deleting).batch.id })]);
					append($$anchor, p_10);
				};
				if_block(node_10, ($$render) => {
					if (get(deleting)?.batch) $$render(consequent_8);
				});
				var div_4 = sibling(node_10, 2);
				var button_6 = child(div_4);
				var text_33 = only_child(button_6, true);
				var button_7 = sibling(button_6, 2);
				var text_34 = only_child(button_7, true);
				reset(div_4);
				template_effect(($0, $1, $2) => {
					set_text(text_31, $0);
					set_text(text_33, $1);
					set_text(text_34, $2);
				}, [
					() => p("files.askWhy"),
					() => t("cancel"),
					() => p("files.delete")
				]);
				delegated("click", button_6, () => set(deleting, null));
				delegated("click", button_7, () => void remove());
				append($$anchor, fragment_6);
			},
			$$slots: { default: true }
		});
	}
	append($$anchor, fragment);
	pop();
}
delegate(["click", "change"]);
export { Files as default };
