const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["./PresetDialog.js","./shared.js","./shared10.js","./shared8.js","./shared7.js","./shared6.js","./shared3.js","./shared24.js","./shared12.js","./Icon.css","./Dialog.css","./PresetDialog.css","./ShareDialog.js","./shared25.js","./shared9.js","./ShareDialog.css","./CodeDialog.js","./shared4.js","./shared23.js","./Segments.css","./CodeDialog.css"])))=>i.map(i=>d[i]);
import { $ as user_effect, B as append, E as set_style, H as from_html, I as if_block, J as event, K as delegate, L as await_block, M as snippet, N as each, Q as template_effect, T as init_select, V as comment, W as props_id, Y as get, _t as to_array, at as sibling, c as __vitePreload, ct as state, dt as pop, ft as push, gt as noop, ht as reset, it as only_child, j as component, lt as user_derived, m as spread_props, nt as child, p as prop, q as delegated, rt as first_child, s as t, st as set, tt as $window, w as bind_select_value, x as set_attribute, z as set_text } from "./shared.js";
import { t as commands } from "./shared2.js";
import { n as href, r as router } from "./shared3.js";
import { a as inDialog, t as MOD } from "./shared5.js";
import { t as Icon } from "./shared12.js";
import { t as ErrorBox } from "./shared18.js";
import { n as chosen, r as models, t as aliases } from "./shared21.js";
// src/pages/playground/Frame.svelte
var root$4 = from_html(`<a class="svelte-197r4yx"> </a>`);
var root_1$2 = from_html(`<div class="page svelte-197r4yx"><section class="work svelte-197r4yx"><h1 class="unseen"> </h1> <div class="tools svelte-197r4yx"><nav class="svelte-197r4yx"></nav> <span class="space"></span> <!></div> <!></section> <aside class="svelte-197r4yx"><!></aside></div>`);
function Frame($$anchor, $$props) {
	push($$props, true);
	const MODES = [
		["/playground/chat", "mode.chat"],
		["/playground/complete", "mode.complete"],
		["/playground/code", "mode.code"],
		["/playground/embeddings", "mode.embeddings"],
		["/playground/compare", "mode.compare"]
	];
	var div = root_1$2();
	var section = child(div);
	var h1 = child(section);
	var text = only_child(h1, true);
	var div_1 = sibling(h1, 2);
	var nav = child(div_1);
	each(nav, 21, () => MODES, ([path, key]) => path, ($$anchor, $$item) => {
		var $$array = user_derived(() => to_array(get($$item), 2));
		let path = () => get($$array)[0];
		let key = () => get($$array)[1];
		var a = root$4();
		var text_1 = only_child(a, true);
		template_effect(($0, $1) => {
			set_attribute(a, "href", $0);
			set_attribute(a, "aria-current", router.path === path() ? "page" : void 0);
			set_text(text_1, $1);
		}, [() => href(path()), () => t(key())]);
		append($$anchor, a);
	});
	reset(nav);
	var node = sibling(nav, 4);
	snippet(node, () => $$props.tools);
	reset(div_1);
	var node_1 = sibling(div_1, 2);
	snippet(node_1, () => $$props.children);
	reset(section);
	var aside = sibling(section, 2);
	var node_2 = child(aside);
	snippet(node_2, () => $$props.knobs);
	reset(aside);
	reset(div);
	template_effect(($0, $1) => {
		set_attribute(section, "aria-label", $$props.name);
		set_text(text, $$props.name);
		set_attribute(nav, "aria-label", $0);
		set_attribute(aside, "aria-label", $1);
	}, [() => t("mode.label"), () => t("play.params")]);
	append($$anchor, div);
	pop();
}
// src/pages/playground/ModeTools.svelte
var root$3 = from_html(`<button class="plain"><!> </button> <button class="plain"><!> </button> <button class="plain"><!> </button> <!> <!>`, 1);
function ModeTools($$anchor, $$props) {
	push($$props, true);
	let kind = prop($$props, "kind", 3, "writers");
	let dialog = state(null);
	user_effect(() => commands.offer(() => {
		const action = (name, run) => ({
			name,
			kind: t("palette.action"),
			run
		});
		return [
			action(t("app.presets"), () => set(dialog, "presets")),
			action(t("play.share"), () => set(dialog, "share")),
			...$$props.code ? [action(t("play.code"), view)] : [],
			...$$props.onmodel ? models[kind()].map((name) => ({
				name,
				kind: t("palette.model"),
				run: () => $$props.onmodel(name)
			})) : []
		];
	}));
	const close = () => set(dialog, null);
	function view() {
		$$props.onview?.();
		set(dialog, "code");
	}
	function keyed(event) {
		if (event.defaultPrevented || inDialog() || !(event.ctrlKey || event.metaKey)) return;
		if (event.key === "s" && !event.shiftKey) set(dialog, "presets");
		else if (event.key === "C" && event.shiftKey && $$props.code) view();
		else return;
		event.preventDefault();
	}
	var fragment = root$3();
	event("keydown", $window, keyed);
	var button = first_child(fragment);
	var node = child(button);
	Icon(node, { name: "preset" });
	var text = sibling(node, 1, true);
	reset(button);
	var button_1 = sibling(button, 2);
	var node_1 = child(button_1);
	Icon(node_1, { name: "share" });
	var text_1 = sibling(node_1, 1, true);
	reset(button_1);
	var button_2 = sibling(button_1, 2);
	var node_2 = child(button_2);
	Icon(node_2, { name: "code" });
	var text_2 = sibling(node_2, 1, true);
	reset(button_2);
	var node_3 = sibling(button_2, 2);
	snippet(node_3, () => $$props.children ?? noop);
	var node_4 = sibling(node_3, 2);
	var consequent = ($$anchor) => {
		var fragment_1 = comment();
		var node_5 = first_child(fragment_1);
		await_block(node_5, () => __vitePreload(() => import("./PresetDialog.js"), __vite__mapDeps([0,1,2,3,4,5,6,7,8,9,10,11]), import.meta.url), null, ($$anchor, $$source) => {
			var $$value = user_derived(() => {
				var { default: PresetDialog } = get($$source);
				return { PresetDialog };
			});
			var PresetDialog = user_derived(() => get($$value).PresetDialog);
			var fragment_2 = comment();
			var node_6 = first_child(fragment_2);
			component(node_6, () => get(PresetDialog), ($$anchor, PresetDialog_1) => {
				PresetDialog_1($$anchor, {
					get mode() {
						return $$props.mode;
					},
					get start() {
						return $$props.start;
					},
					get onopen() {
						return $$props.onopen;
					},
					onclose: close
				});
			});
			append($$anchor, fragment_2);
		});
		append($$anchor, fragment_1);
	};
	var consequent_1 = ($$anchor) => {
		var fragment_3 = comment();
		var node_7 = first_child(fragment_3);
		await_block(node_7, () => __vitePreload(() => import("./ShareDialog.js"), __vite__mapDeps([12,1,13,14,3,4,5,6,7,8,9,10,15]), import.meta.url), null, ($$anchor, $$source) => {
			var $$value = user_derived(() => {
				var { default: ShareDialog } = get($$source);
				return { ShareDialog };
			});
			var ShareDialog = user_derived(() => get($$value).ShareDialog);
			var fragment_4 = comment();
			var node_8 = first_child(fragment_4);
			component(node_8, () => get(ShareDialog), ($$anchor, ShareDialog_1) => {
				ShareDialog_1($$anchor, {
					get start() {
						return $$props.start;
					},
					onclose: close
				});
			});
			append($$anchor, fragment_4);
		});
		append($$anchor, fragment_3);
	};
	var consequent_2 = ($$anchor) => {
		var fragment_5 = comment();
		var node_9 = first_child(fragment_5);
		await_block(node_9, () => __vitePreload(() => import("./CodeDialog.js"), __vite__mapDeps([16,1,17,6,13,7,8,9,10,18,19,20]), import.meta.url), null, ($$anchor, $$source) => {
			var $$value = user_derived(() => {
				var { default: CodeDialog } = get($$source);
				return { CodeDialog };
			});
			var CodeDialog = user_derived(() => get($$value).CodeDialog);
			var fragment_6 = comment();
			var node_10 = first_child(fragment_6);
			{
				let $0 = user_derived(() => $$props.code());
				component(node_10, () => get(CodeDialog), ($$anchor, CodeDialog_1) => {
					CodeDialog_1($$anchor, spread_props(() => get($0), { onclose: close }));
				});
			}
			append($$anchor, fragment_6);
		});
		append($$anchor, fragment_5);
	};
	if_block(node_4, ($$render) => {
		if (get(dialog) === "presets") $$render(consequent);
		else if (get(dialog) === "share") $$render(consequent_1, 1);
		else if (get(dialog) === "code" && $$props.code) $$render(consequent_2, 2);
	});
	template_effect(($0, $1, $2) => {
		set_attribute(button, "title", `${MOD ?? ""}+S`);
		set_text(text, $0);
		set_text(text_1, $1);
		button_2.disabled = !$$props.code;
		set_attribute(button_2, "title", `${MOD ?? ""}+Shift+C`);
		set_text(text_2, $2);
	}, [
		() => t("app.presets"),
		() => t("play.share"),
		() => t("play.code")
	]);
	delegated("click", button, () => set(dialog, "presets"));
	delegated("click", button_1, () => set(dialog, "share"));
	delegated("click", button_2, view);
	append($$anchor, fragment);
	pop();
}
delegate(["click"]);
// src/ui/About.svelte
var root$2 = from_html(` <code class="svelte-1bmiiuv"> </code>`, 1);
var root_1$1 = from_html(`<div class="row svelte-1bmiiuv"><!> <button class="plain svelte-1bmiiuv"><!></button></div> <div class="text svelte-1bmiiuv"><p> <!></p> <!></div>`, 1);
function About($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let open = state(false);
	var fragment = root_1$1();
	var div = first_child(fragment);
	var node = child(div);
	snippet(node, () => $$props.label);
	var button = sibling(node, 2);
	var node_1 = child(button);
	Icon(node_1, { name: "info" });
	reset(button);
	reset(div);
	var div_1 = sibling(div, 2);
	var p = child(div_1);
	var text_1 = child(p, true);
	var node_2 = sibling(text_1);
	var consequent = ($$anchor) => {
		var fragment_1 = root$2();
		var text_2 = first_child(fragment_1, true);
		text_2.nodeValue = " ";
		var code = sibling(text_2);
		var text_3 = only_child(code, true);
		template_effect(() => set_text(text_3, $$props.api));
		append($$anchor, fragment_1);
	};
	if_block(node_2, ($$render) => {
		if ($$props.api) $$render(consequent);
	});
	reset(p);
	var node_3 = sibling(p, 2);
	var consequent_1 = ($$anchor) => {
		var fragment_2 = comment();
		var node_4 = first_child(fragment_2);
		snippet(node_4, () => $$props.more ?? noop);
		append($$anchor, fragment_2);
	};
	if_block(node_3, ($$render) => {
		if (get(open)) $$render(consequent_1);
	});
	reset(div_1);
	template_effect(($0) => {
		set_attribute(button, "aria-label", $0);
		set_attribute(button, "aria-expanded", get(open));
		set_attribute(button, "aria-controls", id);
		set_attribute(div_1, "id", id);
		set_attribute(div_1, "hidden", !get(open));
		set_text(text_1, $$props.text);
	}, [() => t("param.about", { name: $$props.name })]);
	delegated("click", button, () => set(open, !get(open)));
	append($$anchor, fragment);
	pop();
}
delegate(["click"]);
// src/ui/Bar.svelte
var root$1 = from_html(`<span class="bar svelte-kbmo8j"><span class="svelte-kbmo8j"></span></span>`);
function Bar($$anchor, $$props) {
	var span = root$1();
	var span_1 = child(span);
	let styles;
	reset(span);
	template_effect(() => styles = set_style(span_1, "", styles, { width: `${$$props.share * 100}%` }));
	append($$anchor, span);
}
// src/pages/playground/ModelMenu.svelte
var root = from_html(`<p class="muted"> </p>`);
var root_1 = from_html(`<p> </p>`);
var root_2 = from_html(`<label> </label> <!>`, 1);
var root_3 = from_html(`<option> </option>`);
var root_4 = from_html(`<button class="plain"><!></button>`);
var root_5 = from_html(`<!> <div class="model svelte-z6aa56"><select><optgroup></optgroup><optgroup></optgroup></select> <!></div>`, 1);
function ModelMenu($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let value = prop($$props, "value", 15), kind = prop($$props, "kind", 3, "writers"), bare = prop($$props, "bare", 3, false);
	const own = user_derived(() => models[kind()]);
	user_effect(() => {
		if (models.all.length > 0) value(chosen(models.all, value(), get(own)));
	});
	var fragment = root_5();
	var node = first_child(fragment);
	var consequent_3 = ($$anchor) => {
		var fragment_1 = root_2();
		var label_1 = first_child(fragment_1);
		var text = only_child(label_1, true);
		var node_1 = sibling(label_1, 2);
		var consequent = ($$anchor) => {
			{
				let $0 = user_derived(() => t("models.refresh"));
				ErrorBox($$anchor, {
					get failure() {
						return models.failure;
					},
					get action() {
						return get($0);
					},
					onaction: () => models.load()
				});
			}
		};
		var consequent_1 = ($$anchor) => {
			var p = root();
			var text_1 = only_child(p, true);
			template_effect(($0) => set_text(text_1, $0), [() => t("models.loading")]);
			append($$anchor, p);
		};
		var consequent_2 = ($$anchor) => {
			var p_1 = root_1();
			var text_2 = only_child(p_1, true);
			template_effect(($0) => set_text(text_2, $0), [() => t(kind() === "embedders" ? "models.noEmbedders" : "models.none")]);
			append($$anchor, p_1);
		};
		if_block(node_1, ($$render) => {
			if (models.failure) $$render(consequent);
			else if (models.loading && models.all.length === 0) $$render(consequent_1, 1);
			else if (get(own).length === 0) $$render(consequent_2, 2);
		});
		template_effect(($0) => {
			set_attribute(label_1, "for", id);
			set_text(text, $0);
		}, [() => $$props.label ?? t("models.label")]);
		append($$anchor, fragment_1);
	};
	if_block(node, ($$render) => {
		if (!bare()) $$render(consequent_3);
	});
	var div = sibling(node, 2);
	var select = child(div);
	var optgroup = child(select);
	each(optgroup, 20, () => get(own), (name) => name, ($$anchor, name) => {
		var option = root_3();
		var text_3 = only_child(option, true);
		var option_value = {};
		template_effect(() => {
			set_text(text_3, name);
			if (option_value !== (option_value = name)) option.__value = option_value;
		});
		append($$anchor, option);
	});
	reset(optgroup);
	var optgroup_1 = sibling(optgroup);
	each(optgroup_1, 20, () => aliases(models.all, get(own)), (name) => name, ($$anchor, name) => {
		var option_1 = root_3();
		var text_4 = only_child(option_1, true);
		var option_1_value = {};
		template_effect(() => {
			set_text(text_4, name);
			if (option_1_value !== (option_1_value = name)) option_1.__value = option_1_value;
		});
		append($$anchor, option_1);
	});
	reset(optgroup_1);
	reset(select);
	init_select(select);
	var node_2 = sibling(select, 2);
	var consequent_4 = ($$anchor) => {
		var button = root_4();
		var node_3 = child(button);
		Icon(node_3, { name: "reload" });
		reset(button);
		template_effect(($0, $1) => {
			set_attribute(button, "aria-label", $0);
			set_attribute(button, "title", $1);
		}, [() => t("models.refresh"), () => t("models.refresh")]);
		delegated("click", button, () => models.load());
		append($$anchor, button);
	};
	if_block(node_2, ($$render) => {
		if (!bare()) $$render(consequent_4);
	});
	reset(div);
	template_effect(($0, $1) => {
		set_attribute(select, "id", id);
		select.disabled = get(own).length === 0;
		set_attribute(select, "aria-label", bare() ? $$props.label : void 0);
		set_attribute(optgroup, "label", $0);
		set_attribute(optgroup_1, "label", $1);
	}, [() => t("models.own"), () => t("models.aliases")]);
	bind_select_value(select, value);
	append($$anchor, fragment);
	pop();
}
delegate(["click"]);
export { Frame as a, ModeTools as i, Bar as n, About as r, ModelMenu as t };
