import { An as user_derived, Cn as child, Dn as proxy, Dt as t, En as sibling, Et as percent, In as reset, Jt as init_select, Lt as onMount, Mn as pop, Nn as push, On as set, Tn as only_child, Tt as number, Wt as set_attribute, Xt as set_class, _n as get, bn as user_effect, cn as append, dn as from_svg, fn as props_id, hn as delegated, in as if_block, kn as state, ln as comment, mn as delegate, nn as index, p as Segments, qt as bind_select_value, sn as set_text, tn as each, un as from_html, wn as first_child, yn as template_effect } from "./shared.js";
import { a as p, i as get$1, n as Resource, o as save, p as short, t as Page, u as day } from "./platform.js";
import { n as say, t as said } from "./shared3.js";
// src/lib/usage.ts
var DAY_S = 86400;
function daysUntil(now, count) {
	const today = Math.floor(now / DAY_S) * DAY_S;
	return Array.from({ length: count }, (_, i) => today - (count - 1 - i) * DAY_S);
}
function rows(buckets) {
	return buckets.flatMap((bucket) => bucket.results.map((result) => ({
		day: bucket.start_time,
		model: result.model ?? "",
		key: result.api_key_id ?? "",
		requests: result.num_model_requests,
		input: result.input_tokens,
		cached: result.input_cached_tokens ?? 0,
		output: result.output_tokens ?? 0
	})));
}
function sum(rows) {
	const total = {
		requests: 0,
		input: 0,
		cached: 0,
		output: 0
	};
	for (const row of rows) {
		total.requests += row.requests;
		total.input += row.input;
		total.cached += row.cached;
		total.output += row.output;
	}
	return total;
}
function byDay(rows, days) {
	return days.map((day) => sum(rows.filter((row) => row.day === day)));
}
function by(rows, what) {
	return [...new Set(rows.map((row) => row[what]))].map((name) => ({
		name,
		...sum(rows.filter((row) => row[what] === name))
	})).sort((a, b) => b.input + b.output - (a.input + a.output));
}
function quoted(text) {
	const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
	return /[",\n\r]/.test(plain) ? `"${plain.replaceAll("\"", "\"\"")}"` : plain;
}
function csv(rows, nameOf) {
	return [
		"day,model,api_key_id,api_key,requests,input_tokens,cached_tokens,output_tokens",
		...rows.map(({ day, model, key, requests, input, cached, output }) => {
			return [
				...[
					new Date(day * 1e3).toISOString().slice(0, 10),
					model,
					key,
					nameOf(key)
				].map(quoted),
				requests,
				input,
				cached,
				output
			].join(",");
		}),
		""
	].join("\n");
}
function ticks(most) {
	if (most <= 0) return [0, 1];
	const raw = most / 4;
	const scale = 10 ** Math.floor(Math.log10(raw));
	const factor = [
		1,
		2,
		5,
		10
	].find((f) => f * scale >= raw) ?? 10;
	const step = Math.max(1, factor * scale);
	const count = Math.ceil(most / step);
	return Array.from({ length: count + 1 }, (_, i) => i * step);
}
// src/pages/platform/Bars.svelte
var root$2 = from_html(`<span><i></i> </span>`);
var root_1$2 = from_html(`<p class="legend svelte-7cede0"></p>`);
var root_2$2 = from_svg(`<line class="svelte-7cede0"></line><text class="mark svelte-7cede0"> </text>`, 1);
var root_3$1 = from_svg(`<rect class="bar"></rect>`);
var root_4 = from_svg(`<text class="svelte-7cede0"> </text>`);
var root_5 = from_svg(`<g class="svelte-7cede0"><title> </title><rect class="reach svelte-7cede0"></rect><!></g><!>`, 1);
var root_6 = from_html(`<th scope="col" class="right"> </th>`);
var root_7 = from_html(`<td class="right number"> </td>`);
var root_8 = from_html(`<tr><th scope="row"> </th><!></tr>`);
var root_9 = from_html(`<div class="chart svelte-7cede0"><h2> </h2> <p class="muted"> </p> <!> <svg role="img" class="svelte-7cede0"><defs><pattern width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="ground svelte-7cede0" width="6" height="6"></rect><rect class="stripe svelte-7cede0" width="3" height="6"></rect></pattern></defs><!><!></svg> <details><summary class="svelte-7cede0"> </summary> <div class="scroll table svelte-7cede0" role="region" tabindex="0"><table><thead><tr><th scope="col"> </th><!></tr></thead><tbody></tbody></table></div></details></div>`);
function Bars($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	const WIDTH = 720;
	const LEFT = 48;
	const TOP = 8;
	const sums = user_derived(() => $$props.days.map((_, i) => $$props.series.reduce((sum, s) => sum + (s.values[i] ?? 0), 0)));
	const marks = user_derived(() => ticks(Math.max(0, ...get(sums))));
	const most = user_derived(() => get(marks).at(-1) ?? 1);
	const step = user_derived(() => 672 / $$props.days.length);
	const bar = user_derived(() => Math.max(2, Math.min(36, get(step) * .72)));
	const every = user_derived(() => Math.ceil($$props.days.length / 10));
	const y = (value) => TOP + 150 * (1 - value / get(most));
	function stacked(i) {
		let base = 0;
		return $$props.series.map((each, kind) => {
			const value = each.values[i] ?? 0;
			const top = y(base + value);
			const height = y(base) - top;
			base += value;
			return {
				at: top,
				height,
				kind
			};
		});
	}
	var div = root_9();
	var h2 = child(div);
	var text = only_child(h2, true);
	var p_1 = sibling(h2, 2);
	var text_1 = only_child(p_1, true);
	var node = sibling(p_1, 2);
	var consequent = ($$anchor) => {
		var p_2 = root_1$2();
		each(p_2, 21, () => $$props.series, index, ($$anchor, $$item, kind) => {
			let name = () => get($$item).name;
			var span = root$2();
			var i_1 = child(span);
			set_class(i_1, 1, `kind${kind}`, "svelte-7cede0");
			var text_2 = sibling(i_1, 1, true);
			reset(span);
			template_effect(() => set_text(text_2, name()));
			append($$anchor, span);
		});
		reset(p_2);
		append($$anchor, p_2);
	};
	if_block(node, ($$render) => {
		if ($$props.series.length > 1) $$render(consequent);
	});
	var svg = sibling(node, 2);
	set_attribute(svg, "viewBox", "0 0 720 180");
	var defs = child(svg);
	var pattern = only_child(defs);
	var node_1 = sibling(defs);
	each(node_1, 16, () => get(marks), (mark) => mark, ($$anchor, mark) => {
		var fragment = root_2$2();
		var line = first_child(fragment);
		set_attribute(line, "x1", LEFT);
		set_attribute(line, "x2", WIDTH);
		var text_3 = sibling(line);
		set_attribute(text_3, "x", 42);
		var text_4 = only_child(text_3, true);
		template_effect(($0, $1, $2, $3) => {
			set_attribute(line, "y1", $0);
			set_attribute(line, "y2", $1);
			set_attribute(text_3, "y", $2);
			set_text(text_4, $3);
		}, [
			() => y(mark),
			() => y(mark),
			() => y(mark),
			() => short(mark)
		]);
		append($$anchor, fragment);
	});
	var node_2 = sibling(node_1);
	each(node_2, 18, () => $$props.days, (day) => day, ($$anchor, day$1, i) => {
		const x = user_derived(() => LEFT + get(step) * (get(i) + .5));
		var fragment_1 = root_5();
		var g = first_child(fragment_1);
		var title_1 = child(g);
		var text_5 = only_child(title_1);
		var rect = sibling(title_1);
		set_attribute(rect, "y", TOP);
		set_attribute(rect, "height", 150);
		var node_3 = sibling(rect);
		each(node_3, 17, () => stacked(get(i)), ({ at, height, kind }) => kind, ($$anchor, $$item) => {
			let at = () => get($$item).at;
			let height = () => get($$item).height;
			let kind = () => get($$item).kind;
			var rect_1 = root_3$1();
			template_effect(() => {
				set_attribute(rect_1, "x", get(x) - get(bar) / 2);
				set_attribute(rect_1, "y", at());
				set_attribute(rect_1, "width", get(bar));
				set_attribute(rect_1, "height", height());
				set_attribute(rect_1, "fill", kind() === 0 ? "var(--accent)" : `url(#${id}-hatch)`);
			});
			append($$anchor, rect_1);
		});
		reset(g);
		var node_4 = sibling(g);
		var consequent_1 = ($$anchor) => {
			var text_6 = root_4();
			set_attribute(text_6, "y", 174);
			var text_7 = only_child(text_6, true);
			template_effect(($0) => {
				set_attribute(text_6, "x", get(x));
				set_text(text_7, $0);
			}, [() => day(day$1)]);
			append($$anchor, text_6);
		};
		if_block(node_4, ($$render) => {
			if (get(i) % get(every) === 0) $$render(consequent_1);
		});
		template_effect(($0, $1) => {
			set_text(text_5, `${$0 ?? ""}: ${$1 ?? ""}`);
			set_attribute(rect, "x", get(x) - get(step) / 2);
			set_attribute(rect, "width", get(step));
		}, [() => day(day$1), () => $$props.series.map((s) => `${s.name} ${number(s.values[get(i)] ?? 0)}`).join(", ")]);
		append($$anchor, fragment_1);
	});
	reset(svg);
	var details = sibling(svg, 2);
	var summary_1 = child(details);
	var text_8 = only_child(summary_1, true);
	var div_1 = sibling(summary_1, 2);
	var table = child(div_1);
	var thead = child(table);
	var tr = child(thead);
	var th = child(tr);
	var text_9 = only_child(th, true);
	var node_5 = sibling(th);
	each(node_5, 17, () => $$props.series, ({ name }) => name, ($$anchor, $$item) => {
		let name = () => get($$item).name;
		var th_1 = root_6();
		var text_10 = only_child(th_1, true);
		template_effect(() => set_text(text_10, name()));
		append($$anchor, th_1);
	});
	reset(tr);
	reset(thead);
	var tbody = sibling(thead);
	each(tbody, 22, () => $$props.days, (day) => day, ($$anchor, day$2, i) => {
		var tr_1 = root_8();
		var th_2 = child(tr_1);
		var text_11 = only_child(th_2, true);
		var node_6 = sibling(th_2);
		each(node_6, 17, () => $$props.series, ({ name, values }) => name, ($$anchor, $$item) => {
			let values = () => get($$item).values;
			var td = root_7();
			var text_12 = only_child(td, true);
			template_effect(($0) => set_text(text_12, $0), [() => number(values()[get(i)] ?? 0)]);
			append($$anchor, td);
		});
		reset(tr_1);
		template_effect(($0) => set_text(text_11, $0), [() => day(day$2, true)]);
		append($$anchor, tr_1);
	});
	reset(tbody);
	reset(table);
	reset(div_1);
	reset(details);
	reset(div);
	template_effect(($0, $1) => {
		set_attribute(h2, "id", id);
		set_text(text, $$props.title);
		set_text(text_1, $$props.summary);
		set_attribute(svg, "aria-labelledby", id);
		set_attribute(pattern, "id", `${id}-hatch`);
		set_text(text_8, $0);
		set_attribute(div_1, "aria-label", $$props.title);
		set_text(text_9, $1);
	}, [() => p("page.table"), () => p("usage.day")]);
	append($$anchor, div);
	pop();
}
// src/pages/platform/Shares.svelte
var root$1 = from_html(`<p class="muted"> </p>`);
var root_1$1 = from_html(`<tr><th scope="row" class="svelte-1i6nc9m"> <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" class="svelte-1i6nc9m"><rect height="4" class="svelte-1i6nc9m"></rect></svg></th><td class="right number"> </td><td class="right number"> </td><td class="right number"> </td><td class="right number"> </td></tr>`);
var root_2$1 = from_html(`<div class="shares svelte-1i6nc9m"><h2> </h2> <!> <div class="scroll"><table><thead><tr><th scope="col"> </th><th scope="col" class="right"> </th><th scope="col" class="right"> </th><th scope="col" class="right"> </th><th scope="col" class="right"> </th></tr></thead><tbody></tbody></table></div></div>`);
function Shares($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	const all = user_derived(() => $$props.rows.reduce((sum, row) => sum + row.input + row.output, 0));
	const share = (row) => get(all) > 0 ? (row.input + row.output) / get(all) : 0;
	var div = root_2$1();
	var h2 = child(div);
	var text = only_child(h2, true);
	var node = sibling(h2, 2);
	var consequent = ($$anchor) => {
		var p_1 = root$1();
		var text_1 = only_child(p_1, true);
		template_effect(($0) => set_text(text_1, $0), [() => p("usage.topSum", {
			name: $$props.nameOf($$props.rows[0].name),
			share: percent(share($$props.rows[0]), 0)
		})]);
		append($$anchor, p_1);
	};
	if_block(node, ($$render) => {
		if ($$props.rows[0]) $$render(consequent);
	});
	var div_1 = sibling(node, 2);
	var table = child(div_1);
	var thead = child(table);
	var tr = child(thead);
	var th = child(tr);
	var text_2 = only_child(th, true);
	var th_1 = sibling(th);
	var text_3 = only_child(th_1, true);
	var th_2 = sibling(th_1);
	var text_4 = only_child(th_2, true);
	var th_3 = sibling(th_2);
	var text_5 = only_child(th_3, true);
	var th_4 = sibling(th_3);
	var text_6 = only_child(th_4, true);
	reset(tr);
	reset(thead);
	var tbody = sibling(thead);
	each(tbody, 21, () => $$props.rows, (row) => row.name, ($$anchor, row) => {
		var tr_1 = root_1$1();
		var th_5 = child(tr_1);
		var text_7 = child(th_5);
		var svg = sibling(text_7);
		var rect = only_child(svg);
		reset(th_5);
		var td = sibling(th_5);
		var text_8 = only_child(td, true);
		var td_1 = sibling(td);
		var text_9 = only_child(td_1, true);
		var td_2 = sibling(td_1);
		var text_10 = only_child(td_2, true);
		var td_3 = sibling(td_2);
		var text_11 = only_child(td_3, true);
		reset(tr_1);
		template_effect(($0, $1, $2, $3, $4, $5) => {
			set_text(text_7, `${$0 ?? ""} `);
			set_attribute(rect, "width", $1);
			set_text(text_8, $2);
			set_text(text_9, $3);
			set_text(text_10, $4);
			set_text(text_11, $5);
		}, [
			() => $$props.nameOf(get(row).name),
			() => share(get(row)) * 100,
			() => number(get(row).requests),
			() => number(get(row).input),
			() => number(get(row).cached),
			() => number(get(row).output)
		]);
		append($$anchor, tr_1);
	});
	reset(tbody);
	reset(table);
	reset(div_1);
	reset(div);
	template_effect(($0, $1, $2, $3) => {
		set_attribute(h2, "id", id);
		set_text(text, $$props.title);
		set_attribute(table, "aria-labelledby", id);
		set_text(text_2, $$props.label);
		set_text(text_3, $0);
		set_text(text_4, $1);
		set_text(text_5, $2);
		set_text(text_6, $3);
	}, [
		() => p("usage.requests"),
		() => p("usage.input"),
		() => p("usage.cached"),
		() => p("usage.output")
	]);
	append($$anchor, div);
	pop();
}
// src/pages/platform/Usage.svelte
var root = from_html(`<div class="range svelte-1adk605"><!></div> <button> </button>`, 1);
var root_1 = from_html(`<p class="muted"> </p>`);
var root_2 = from_html(`<option> </option>`);
var root_3 = from_html(`<div class="filters svelte-1adk605"><label class="svelte-1adk605"> <select><option> </option><!></select></label> <label class="svelte-1adk605"> <select><option> </option><!></select></label></div> <!> <!> <!> <!>`, 1);
function Usage($$anchor, $$props) {
	push($$props, true);
	const RANGES = [
		"7",
		"30",
		"90"
	];
	const OPERATOR = "operator";
	let range = state(proxy(RANGES.find((each) => each === said("days")) ?? "30"));
	let model = state(proxy(said("model") ?? ""));
	let key = state(proxy(said("key")));
	const found = new Resource(fetchAll);
	onMount(() => void found.load());
	async function buckets(kind, start) {
		const all = [];
		let page = null;
		do {
			const query = new URLSearchParams({
				start_time: String(start),
				bucket_width: "1d",
				limit: "31"
			});
			query.append("group_by", "model");
			query.append("group_by", "api_key_id");
			if (page) query.set("page", page);
			const answer = await get$1(`/v1/organization/usage/${kind}?${query}`);
			all.push(...answer.data);
			page = answer.next_page;
		} while (page);
		return all;
	}
	async function fetchAll() {
		const days = daysUntil(Date.now() / 1e3, Number(get(range)));
		const start = days[0] ?? 0;
		const [texts, vectors, keys] = await Promise.all([
			buckets("completions", start),
			buckets("embeddings", start),
			get$1("/api/keys")
		]);
		const names = new Map(keys.data.map(({ id, name }) => [id, name]));
		return {
			days,
			rows: [...rows(texts), ...rows(vectors)],
			names
		};
	}
	const days = user_derived(() => found.value?.days ?? []);
	const all = user_derived(() => found.value?.rows ?? []);
	const models = user_derived(() => by(get(all), "model").map(({ name }) => name));
	const keys = user_derived(() => by(get(all), "key").map(({ name }) => name));
	const wanted = user_derived(() => get(all).filter((row) => (get(model) === "" || row.model === get(model)) && (get(key) === null || row.key === get(key))));
	const daily = user_derived(() => byDay(get(wanted), get(days)));
	const total = user_derived(() => sum(get(wanted)));
	const busiest = user_derived(() => get(daily).reduce((best, { requests }, i) => requests > (get(daily)[best]?.requests ?? 0) ? i : best, 0));
	function nameOf(key) {
		if (key === "") return p("keys.anybody");
		if (key === OPERATOR) return p("keys.operator");
		return found.value?.names.get(key) ?? key;
	}
	user_effect(() => {
		say({
			days: get(range) === "30" ? null : get(range),
			model: get(model) || null,
			key: get(key)
		});
	});
	{
		const actions = ($$anchor) => {
			var fragment_1 = root();
			var div = first_child(fragment_1);
			var node = child(div);
			{
				let $0 = user_derived(() => p("usage.range"));
				Segments(node, {
					get label() {
						return get($0);
					},
					get options() {
						return RANGES;
					},
					names: (n) => p("usage.days", { n }),
					onchange: () => void found.load(),
					get value() {
						return get(range);
					},
					set value($$value) {
						set(range, $$value, true);
					}
				});
			}
			reset(div);
			var button = sibling(div, 2);
			var text = only_child(button, true);
			template_effect(($0) => {
				button.disabled = get(wanted).length === 0;
				set_text(text, $0);
			}, [() => p("usage.csv")]);
			delegated("click", button, () => save("usage.csv", csv(get(wanted), nameOf), "text/csv"));
			append($$anchor, fragment_1);
		};
		let $0 = user_derived(() => t("app.page.usage"));
		let $1 = user_derived(() => found.value !== null);
		Page($$anchor, {
			get title() {
				return get($0);
			},
			get ready() {
				return get($1);
			},
			get failure() {
				return found.failure;
			},
			onretry: () => void found.load(),
			actions,
			children: ($$anchor, $$slotProps) => {
				var fragment_2 = comment();
				var node_1 = first_child(fragment_2);
				var consequent = ($$anchor) => {
					var p_1 = root_1();
					var text_1 = only_child(p_1, true);
					template_effect(($0) => set_text(text_1, $0), [() => p("usage.none")]);
					append($$anchor, p_1);
				};
				var alternate = ($$anchor) => {
					var fragment_3 = root_3();
					var div_1 = first_child(fragment_3);
					var label = child(div_1);
					var text_2 = child(label);
					var select = sibling(text_2);
					var option = child(select);
					var text_3 = only_child(option, true);
					option.value = option.__value = "";
					var node_2 = sibling(option);
					each(node_2, 16, () => get(models), (each) => each, ($$anchor, each) => {
						var option_1 = root_2();
						var text_4 = only_child(option_1, true);
						var option_1_value = {};
						template_effect(() => {
							set_text(text_4, each);
							if (option_1_value !== (option_1_value = each)) option_1.value = (option_1.__value = option_1_value) ?? "";
						});
						append($$anchor, option_1);
					});
					reset(select);
					init_select(select);
					reset(label);
					var label_1 = sibling(label, 2);
					var text_5 = child(label_1);
					var select_1 = sibling(text_5);
					var option_2 = child(select_1);
					var text_6 = only_child(option_2, true);
					option_2.value = (option_2.__value = null, "");
					var node_3 = sibling(option_2);
					each(node_3, 16, () => get(keys), (each) => each, ($$anchor, each) => {
						var option_3 = root_2();
						var text_7 = only_child(option_3, true);
						var option_3_value = {};
						template_effect(($0) => {
							set_text(text_7, $0);
							if (option_3_value !== (option_3_value = each)) option_3.value = (option_3.__value = option_3_value) ?? "";
						}, [() => nameOf(each)]);
						append($$anchor, option_3);
					});
					reset(select_1);
					init_select(select_1);
					reset(label_1);
					reset(div_1);
					var node_4 = sibling(div_1, 2);
					{
						let $0 = user_derived(() => p("usage.requests"));
						let $1 = user_derived(() => p("usage.requestsSum", {
							n: number(get(total).requests),
							days: number(get(days).length),
							day: day(get(days)[get(busiest)] ?? 86400),
							most: number(get(daily)[get(busiest)]?.requests ?? 0)
						}));
						let $2 = user_derived(() => [{
							name: p("usage.requests"),
							values: get(daily).map(({ requests }) => requests)
						}]);
						Bars(node_4, {
							get title() {
								return get($0);
							},
							get summary() {
								return get($1);
							},
							get days() {
								return get(days);
							},
							get series() {
								return get($2);
							}
						});
					}
					var node_5 = sibling(node_4, 2);
					{
						let $0 = user_derived(() => p("usage.tokens"));
						let $1 = user_derived(() => p("usage.tokensSum", {
							input: short(get(total).input),
							output: short(get(total).output),
							cached: short(get(total).cached)
						}));
						let $2 = user_derived(() => [{
							name: p("usage.input"),
							values: get(daily).map(({ input }) => input)
						}, {
							name: p("usage.output"),
							values: get(daily).map(({ output }) => output)
						}]);
						Bars(node_5, {
							get title() {
								return get($0);
							},
							get summary() {
								return get($1);
							},
							get days() {
								return get(days);
							},
							get series() {
								return get($2);
							}
						});
					}
					var node_6 = sibling(node_5, 2);
					{
						let $0 = user_derived(() => p("usage.byModel"));
						let $1 = user_derived(() => p("usage.model"));
						let $2 = user_derived(() => by(get(wanted), "model"));
						Shares(node_6, {
							get title() {
								return get($0);
							},
							get label() {
								return get($1);
							},
							get rows() {
								return get($2);
							},
							nameOf: (name) => name
						});
					}
					var node_7 = sibling(node_6, 2);
					{
						let $0 = user_derived(() => p("usage.byKey"));
						let $1 = user_derived(() => p("usage.key"));
						let $2 = user_derived(() => by(get(wanted), "key"));
						Shares(node_7, {
							get title() {
								return get($0);
							},
							get label() {
								return get($1);
							},
							get rows() {
								return get($2);
							},
							nameOf
						});
					}
					template_effect(($0, $1, $2, $3) => {
						set_text(text_2, `${$0 ?? ""} `);
						set_text(text_3, $1);
						set_text(text_5, `${$2 ?? ""} `);
						set_text(text_6, $3);
					}, [
						() => p("usage.model"),
						() => p("usage.all"),
						() => p("usage.key"),
						() => p("usage.all")
					]);
					bind_select_value(select, () => get(model), ($$value) => set(model, $$value));
					bind_select_value(select_1, () => get(key), ($$value) => set(key, $$value));
					append($$anchor, fragment_3);
				};
				if_block(node_1, ($$render) => {
					if (get(all).length === 0) $$render(consequent);
					else $$render(alternate, -1);
				});
				append($$anchor, fragment_2);
			},
			$$slots: {
				actions: true,
				default: true
			}
		});
	}
	pop();
}
delegate(["click"]);
export { Usage as default };
