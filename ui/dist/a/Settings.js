import { An as user_derived, Bt as bind_checked, Cn as child, Dn as proxy, Dt as t, En as sibling, In as reset, Lt as onMount, Mn as pop, Mt as base, Nn as push, On as set, Tn as only_child, Ut as remove_input_defaults, Wt as set_attribute, Xt as set_class, _n as get, _t as sendKey, bn as user_effect, cn as append, in as if_block, it as theme, kn as state, kt as keep, mt as SEND_KEYS, p as Segments, pn as text, pt as MOD, rt as THEMES, sn as set_text, tn as each, un as from_html, wn as first_child, wt as language, xt as LANGUAGES, yn as template_effect } from "./shared.js";
import { a as p, f as moment, i as get$1, n as Resource, t as Page } from "./platform.js";
// src/pages/platform/Settings.svelte
var root = from_html(`<code class="svelte-1jt4jt9"> </code>`);
var root_1 = from_html(`<dl class="svelte-1jt4jt9"><dt class="svelte-1jt4jt9"> </dt> <dd class="svelte-1jt4jt9"> </dd> <dt class="svelte-1jt4jt9"> </dt> <dd class="svelte-1jt4jt9"> </dd> <dt class="svelte-1jt4jt9"> </dt> <dd class="svelte-1jt4jt9"> </dd> <dt class="svelte-1jt4jt9"> </dt> <dd class="svelte-1jt4jt9"><code class="svelte-1jt4jt9"> </code></dd> <dt class="svelte-1jt4jt9"> </dt> <dd class="svelte-1jt4jt9"><!></dd> <dt class="svelte-1jt4jt9"> </dt> <dd class="svelte-1jt4jt9"><a target="_blank"> </a></dd></dl>`);
var root_2 = from_html(`<tr><th scope="row"><code class="svelte-1jt4jt9"> </code> <span class="help svelte-1jt4jt9" lang="en"> </span></th><td><code class="svelte-1jt4jt9"> </code></td><td> </td></tr>`);
var root_3 = from_html(`<!> <div class="said svelte-1jt4jt9"><p class="muted"> </p> <label class="svelte-1jt4jt9"><input type="checkbox"/> </label></div> <div class="scroll"><table><thead><tr><th scope="col"> </th><th scope="col"> </th><th scope="col"> </th></tr></thead><tbody></tbody></table></div>`, 1);
var root_4 = from_html(`<section aria-labelledby="settings-title" class="svelte-1jt4jt9"><header class="svelte-1jt4jt9"><h1 id="settings-title"> </h1></header> <div class="own svelte-1jt4jt9"><h2 class="svelte-1jt4jt9"> </h2> <div class="row svelte-1jt4jt9"><span> </span> <!></div> <div class="row svelte-1jt4jt9"><span> </span> <!></div> <div class="row svelte-1jt4jt9"><span> </span> <!></div></div> <!></section>`);
function Settings($$anchor, $$props) {
	push($$props, true);
	const told = new Resource(() => get$1("/api/settings"));
	let lang = state(proxy(language.now));
	let look = state(proxy(theme.now));
	let sends = state(proxy(sendKey()));
	let onlySaid = state(false);
	const settings = user_derived(() => (told.value?.settings ?? []).filter((setting) => !get(onlySaid) || setting.from !== "default"));
	onMount(() => void told.load());
	function shown(value) {
		if (Array.isArray(value)) return value.length > 0 ? value.join(", ") : p("settings.unset");
		return value === null || value === "" ? p("settings.unset") : String(value);
	}
	user_effect(() => {
		set(lang, language.now, true);
		set(look, theme.now, true);
	});
	var section = root_4();
	var header = child(section);
	var h1 = child(header);
	var text$1 = only_child(h1, true);
	reset(header);
	var div = sibling(header, 2);
	var h2 = child(div);
	var text_1 = only_child(h2, true);
	var div_1 = sibling(h2, 2);
	var span = child(div_1);
	var text_2 = only_child(span, true);
	var node = sibling(span, 2);
	{
		let $0 = user_derived(() => p("settings.language"));
		let $1 = user_derived(() => Object.keys(LANGUAGES));
		Segments(node, {
			get label() {
				return get($0);
			},
			get options() {
				return get($1);
			},
			names: (each) => LANGUAGES[each],
			onchange: () => void language.choose(get(lang)),
			get value() {
				return get(lang);
			},
			set value($$value) {
				set(lang, $$value, true);
			}
		});
	}
	reset(div_1);
	var div_2 = sibling(div_1, 2);
	var span_1 = child(div_2);
	var text_3 = only_child(span_1, true);
	var node_1 = sibling(span_1, 2);
	{
		let $0 = user_derived(() => p("settings.theme"));
		Segments(node_1, {
			get label() {
				return get($0);
			},
			get options() {
				return THEMES;
			},
			names: (each) => t(`theme.${each}`),
			onchange: () => theme.set(get(look)),
			get value() {
				return get(look);
			},
			set value($$value) {
				set(look, $$value, true);
			}
		});
	}
	reset(div_2);
	var div_3 = sibling(div_2, 2);
	var span_2 = child(div_3);
	var text_4 = only_child(span_2, true);
	var node_2 = sibling(span_2, 2);
	{
		let $0 = user_derived(() => p("settings.send"));
		Segments(node_2, {
			get label() {
				return get($0);
			},
			get options() {
				return SEND_KEYS;
			},
			names: (each) => p(`settings.send.${each}`, { mod: MOD }),
			onchange: () => keep("sendKey", get(sends)),
			get value() {
				return get(sends);
			},
			set value($$value) {
				set(sends, $$value, true);
			}
		});
	}
	reset(div_3);
	reset(div);
	var node_3 = sibling(div, 2);
	{
		let $0 = user_derived(() => p("settings.server"));
		let $1 = user_derived(() => told.value !== null);
		Page(node_3, {
			get title() {
				return get($0);
			},
			get ready() {
				return get($1);
			},
			get failure() {
				return told.failure;
			},
			onretry: () => void told.load(),
			within: true,
			children: ($$anchor, $$slotProps) => {
				var fragment = root_3();
				var node_4 = first_child(fragment);
				var consequent_1 = ($$anchor) => {
					const computed_const = user_derived(() => {
						return told.value;
					});
					var dl = root_1();
					var dt = child(dl);
					var text_5 = only_child(dt, true);
					var dd = sibling(dt, 2);
					var text_6 = only_child(dd, true);
					var dt_1 = sibling(dd, 2);
					var text_7 = only_child(dt_1, true);
					var dd_1 = sibling(dt_1, 2);
					var text_8 = only_child(dd_1, true);
					var dt_2 = sibling(dd_1, 2);
					var text_9 = only_child(dt_2, true);
					var dd_2 = sibling(dt_2, 2);
					var text_10 = only_child(dd_2, true);
					var dt_3 = sibling(dd_2, 2);
					var text_11 = only_child(dt_3, true);
					var dd_3 = sibling(dt_3, 2);
					var code = child(dd_3);
					var text_12 = only_child(code, true);
					reset(dd_3);
					var dt_4 = sibling(dd_3, 2);
					var text_13 = only_child(dt_4, true);
					var dd_4 = sibling(dt_4, 2);
					var node_5 = child(dd_4);
					var consequent = ($$anchor) => {
						var code_1 = root();
						var text_14 = only_child(code_1, true);
						template_effect(() => set_text(text_14, get(computed_const).file));
						append($$anchor, code_1);
					};
					var alternate = ($$anchor) => {
						var text_15 = text();
						template_effect(($0) => set_text(text_15, $0), [() => p("settings.noFile")]);
						append($$anchor, text_15);
					};
					if_block(node_5, ($$render) => {
						if (get(computed_const).file) $$render(consequent);
						else $$render(alternate, -1);
					});
					reset(dd_4);
					var dt_5 = sibling(dd_4, 2);
					var text_16 = only_child(dt_5, true);
					var dd_5 = sibling(dt_5, 2);
					var a = child(dd_5);
					var text_17 = only_child(a, true);
					reset(dd_5);
					reset(dl);
					template_effect(($0, $1, $2, $3, $4, $5, $6, $7) => {
						set_text(text_5, $0);
						set_text(text_6, get(computed_const).version);
						set_text(text_7, $1);
						set_text(text_8, get(computed_const).platform);
						set_text(text_9, $2);
						set_text(text_10, $3);
						set_text(text_11, $4);
						set_text(text_12, get(computed_const).data);
						set_text(text_13, $5);
						set_text(text_16, $6);
						set_attribute(a, "href", `${base ?? ""}/a/licences.txt`);
						set_text(text_17, $7);
					}, [
						() => p("settings.version"),
						() => p("settings.platform"),
						() => p("settings.started"),
						() => moment(get(computed_const).started_at),
						() => p("settings.data"),
						() => p("settings.file"),
						() => p("settings.about"),
						() => p("settings.licences")
					]);
					append($$anchor, dl);
				};
				if_block(node_4, ($$render) => {
					if (told.value) $$render(consequent_1);
				});
				var div_4 = sibling(node_4, 2);
				var p_1 = child(div_4);
				var text_18 = only_child(p_1, true);
				var label = sibling(p_1, 2);
				var input = child(label);
				remove_input_defaults(input);
				var text_19 = sibling(input, 1, true);
				reset(label);
				reset(div_4);
				var div_5 = sibling(div_4, 2);
				var table = child(div_5);
				var thead = child(table);
				var tr = child(thead);
				var th = child(tr);
				var text_20 = only_child(th, true);
				var th_1 = sibling(th);
				var text_21 = only_child(th_1, true);
				var th_2 = sibling(th_1);
				var text_22 = only_child(th_2, true);
				reset(tr);
				reset(thead);
				var tbody = sibling(thead);
				each(tbody, 21, () => get(settings), (setting) => setting.name, ($$anchor, setting) => {
					var tr_1 = root_2();
					var th_3 = child(tr_1);
					var code_2 = child(th_3);
					var text_23 = only_child(code_2, true);
					var span_3 = sibling(code_2, 2);
					var text_24 = only_child(span_3, true);
					reset(th_3);
					var td = sibling(th_3);
					var code_3 = child(td);
					var text_25 = only_child(code_3, true);
					reset(td);
					var td_1 = sibling(td);
					let classes;
					var text_26 = only_child(td_1, true);
					reset(tr_1);
					template_effect(($0, $1) => {
						set_attribute(code_2, "title", get(setting).variable);
						set_text(text_23, get(setting).flag);
						set_text(text_24, get(setting).help);
						set_text(text_25, $0);
						classes = set_class(td_1, 1, "svelte-1jt4jt9", null, classes, { on: get(setting).from !== "default" });
						set_text(text_26, $1);
					}, [() => shown(get(setting).value), () => p(`settings.from.${get(setting).from}`)]);
					append($$anchor, tr_1);
				});
				reset(tbody);
				reset(table);
				reset(div_5);
				template_effect(($0, $1, $2, $3, $4) => {
					set_text(text_18, $0);
					set_text(text_19, $1);
					set_text(text_20, $2);
					set_text(text_21, $3);
					set_text(text_22, $4);
				}, [
					() => p("settings.why"),
					() => p("settings.changed"),
					() => p("settings.name"),
					() => p("settings.value"),
					() => p("settings.from")
				]);
				bind_checked(input, () => get(onlySaid), ($$value) => set(onlySaid, $$value));
				append($$anchor, fragment);
			},
			$$slots: { default: true }
		});
	}
	reset(section);
	template_effect(($0, $1, $2, $3, $4) => {
		set_text(text$1, $0);
		set_text(text_1, $1);
		set_text(text_2, $2);
		set_text(text_3, $3);
		set_text(text_4, $4);
	}, [
		() => t("app.page.settings"),
		() => p("settings.look"),
		() => p("settings.language"),
		() => p("settings.theme"),
		() => p("settings.send")
	]);
	append($$anchor, section);
	pop();
}
export { Settings as default };
