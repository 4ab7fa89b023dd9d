import { An as user_derived, Cn as child, Dt as t, En as sibling, In as reset, Mn as pop, Nn as push, On as set, Tn as only_child, Ut as remove_input_defaults, Vt as bind_value, Wt as set_attribute, _n as get, at as presets, cn as append, dt as open, gn as event, hn as delegated, in as if_block, kn as state, lt as excerpt, mn as delegate, sn as set_text, tn as each, un as from_html, ut as modeOf, vn as tick, wn as first_child, wt as language, yn as template_effect, zt as bind_this } from "./shared.js";
// src/pages/presets/Presets.svelte
var root = from_html(`<span> </span> <button class="plain"> </button>`, 1);
var root_1 = from_html(`<span class="wrong"> </span>`);
var root_2 = from_html(`<p class="empty muted svelte-1ixe3h7"> </p>`);
var root_3 = from_html(`<form class="row svelte-1ixe3h7"><input class="svelte-1ixe3h7"/> <button class="primary"> </button> <button type="button"> </button></form>`);
var root_4 = from_html(`<div class="row"><h2> </h2> <span class="space"></span> <button> </button> <button> </button> <button> </button></div>`);
var root_5 = from_html(`<span> </span>`);
var root_6 = from_html(`<li><!> <p class="excerpt muted"> </p> <p class="facts"><span> </span> <!> <span> </span></p></li>`);
var root_7 = from_html(`<li class="muted"> </li>`);
var root_8 = from_html(`<ul class="entries svelte-1ixe3h7"></ul>`);
var root_9 = from_html(`<section aria-labelledby="presets" class="svelte-1ixe3h7"><header class="svelte-1ixe3h7"><h1 id="presets"> </h1> <input type="search" class="svelte-1ixe3h7"/></header> <div class="notice svelte-1ixe3h7" role="status"><!> <!></div> <!></section>`);
function Presets($$anchor, $$props) {
	push($$props, true);
	presets.read();
	let sought = state("");
	let renaming = state(null);
	let name = state("");
	let field = state(void 0);
	let refused = state(null);
	let removed = state(null);
	const found = user_derived(() => presets.all.filter((preset) => {
		return `${preset.name} ${excerpt(preset.start)}`.toLowerCase().includes(get(sought).trim().toLowerCase());
	}));
	const time = user_derived(() => new Intl.DateTimeFormat(language.tag, {
		dateStyle: "medium",
		timeStyle: "short"
	}));
	async function rename(preset) {
		set(renaming, preset.id, true);
		set(name, preset.name, true);
		set(refused, null);
		await tick();
		get(field)?.select();
	}
	function renamed(event) {
		event.preventDefault();
		if (get(renaming)) set(refused, presets.rename(get(renaming), get(name)), true);
		if (get(refused) === null) set(renaming, null);
	}
	function remove(preset) {
		presets.remove(preset.id);
		set(removed, preset);
	}
	function restore() {
		if (get(removed)) set(refused, presets.restore(get(removed)), true);
		set(removed, null);
	}
	var section = root_9();
	var header = child(section);
	var h1 = child(header);
	var text_1 = only_child(h1, true);
	var input = sibling(h1, 2);
	remove_input_defaults(input);
	reset(header);
	var div = sibling(header, 2);
	var node = child(div);
	var consequent = ($$anchor) => {
		var fragment = root();
		var span = first_child(fragment);
		var text_2 = only_child(span, true);
		var button = sibling(span, 2);
		var text_3 = only_child(button, true);
		template_effect(($0, $1) => {
			set_text(text_2, $0);
			set_text(text_3, $1);
		}, [() => t("presets.removed", { name: get(removed).name }), () => t("play.undo")]);
		delegated("click", button, restore);
		append($$anchor, fragment);
	};
	if_block(node, ($$render) => {
		if (get(removed)) $$render(consequent);
	});
	var node_1 = sibling(node, 2);
	var consequent_1 = ($$anchor) => {
		var span_1 = root_1();
		var text_4 = only_child(span_1, true);
		template_effect(($0) => set_text(text_4, $0), [() => t(get(refused))]);
		append($$anchor, span_1);
	};
	if_block(node_1, ($$render) => {
		if (get(refused)) $$render(consequent_1);
	});
	reset(div);
	var node_2 = sibling(div, 2);
	var consequent_2 = ($$anchor) => {
		var p = root_2();
		var text_5 = only_child(p, true);
		template_effect(($0) => set_text(text_5, $0), [() => t("presets.none")]);
		append($$anchor, p);
	};
	var alternate_1 = ($$anchor) => {
		var ul = root_8();
		each(ul, 21, () => get(found), (preset) => preset.id, ($$anchor, preset) => {
			const mode = user_derived(() => modeOf(get(preset).start));
			var li = root_6();
			var node_3 = child(li);
			var consequent_3 = ($$anchor) => {
				var form = root_3();
				var input_1 = child(form);
				remove_input_defaults(input_1);
				bind_this(input_1, ($$value) => set(field, $$value), () => get(field));
				var button_1 = sibling(input_1, 2);
				var text_6 = only_child(button_1, true);
				var button_2 = sibling(button_1, 2);
				var text_7 = only_child(button_2, true);
				reset(form);
				template_effect(($0, $1, $2) => {
					set_attribute(input_1, "aria-label", $0);
					set_attribute(input_1, "maxlength", 80);
					set_text(text_6, $1);
					set_text(text_7, $2);
				}, [
					() => t("preset.name"),
					() => t("preset.save"),
					() => t("cancel")
				]);
				event("submit", form, renamed);
				delegated("keydown", input_1, (event) => event.key === "Escape" && set(renaming, null));
				bind_value(input_1, () => get(name), ($$value) => set(name, $$value));
				delegated("click", button_2, () => set(renaming, null));
				append($$anchor, form);
			};
			var alternate = ($$anchor) => {
				var div_1 = root_4();
				var h2 = child(div_1);
				var text_8 = only_child(h2, true);
				var button_3 = sibling(h2, 4);
				var text_9 = only_child(button_3, true);
				var button_4 = sibling(button_3, 2);
				var text_10 = only_child(button_4, true);
				var button_5 = sibling(button_4, 2);
				var text_11 = only_child(button_5, true);
				reset(div_1);
				template_effect(($0, $1, $2, $3, $4, $5) => {
					set_text(text_8, get(preset).name);
					set_attribute(button_3, "aria-label", `${$0 ?? ""}: ${get(preset).name ?? ""}`);
					set_text(text_9, $1);
					set_attribute(button_4, "aria-label", `${$2 ?? ""}: ${get(preset).name ?? ""}`);
					set_text(text_10, $3);
					set_attribute(button_5, "aria-label", `${$4 ?? ""}: ${get(preset).name ?? ""}`);
					set_text(text_11, $5);
				}, [
					() => t("preset.open"),
					() => t("preset.open"),
					() => t("presets.rename"),
					() => t("presets.rename"),
					() => t("chat.remove"),
					() => t("chat.remove")
				]);
				delegated("click", button_3, () => open(get(preset).start));
				delegated("click", button_4, () => rename(get(preset)));
				delegated("click", button_5, () => remove(get(preset)));
				append($$anchor, div_1);
			};
			if_block(node_3, ($$render) => {
				if (get(renaming) === get(preset).id) $$render(consequent_3);
				else $$render(alternate, -1);
			});
			var p_1 = sibling(node_3, 2);
			var text_12 = only_child(p_1, true);
			var p_2 = sibling(p_1, 2);
			var span_2 = child(p_2);
			var text_13 = only_child(span_2, true);
			var node_4 = sibling(span_2, 2);
			var consequent_4 = ($$anchor) => {
				var span_3 = root_5();
				var text_14 = only_child(span_3, true);
				template_effect(() => set_text(text_14, get(preset).start.params.model ?? ""));
				append($$anchor, span_3);
			};
			if_block(node_4, ($$render) => {
				if ("params" in get(preset).start) $$render(consequent_4);
			});
			var span_4 = sibling(node_4, 2);
			var text_15 = only_child(span_4, true);
			reset(p_2);
			reset(li);
			template_effect(($0, $1, $2) => {
				set_text(text_12, $0);
				set_text(text_13, $1);
				set_text(text_15, $2);
			}, [
				() => excerpt(get(preset).start),
				() => t(`mode.${get(mode)}`),
				() => get(time).format(get(preset).at)
			]);
			append($$anchor, li);
		}, ($$anchor) => {
			var li_1 = root_7();
			var text_16 = only_child(li_1, true);
			template_effect(($0) => set_text(text_16, $0), [() => t("examples.none")]);
			append($$anchor, li_1);
		});
		reset(ul);
		append($$anchor, ul);
	};
	if_block(node_2, ($$render) => {
		if (presets.all.length === 0) $$render(consequent_2);
		else $$render(alternate_1, -1);
	});
	reset(section);
	template_effect(($0, $1, $2) => {
		set_text(text_1, $0);
		set_attribute(input, "aria-label", $1);
		set_attribute(input, "placeholder", $2);
	}, [
		() => t("app.presets"),
		() => t("examples.search"),
		() => t("examples.search")
	]);
	bind_value(input, () => get(sought), ($$value) => set(sought, $$value));
	append($$anchor, section);
	pop();
}
delegate(["click", "keydown"]);
export { Presets as default };
