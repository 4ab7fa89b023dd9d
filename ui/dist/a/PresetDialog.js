import { An as user_derived, Bt as bind_checked, Cn as child, Dt as t, En as sibling, In as reset, Mn as pop, Nn as push, Nt as href, On as set, Tn as only_child, Ut as remove_input_defaults, Vt as bind_value, Wt as set_attribute, _n as get, at as presets, cn as append, fn as props_id, gn as event, hn as delegated, in as if_block, kn as state, lt as excerpt, mn as delegate, sn as set_text, t as Dialog, tn as each, un as from_html, wn as first_child, wt as language, yn as template_effect } from "./shared.js";
// src/pages/playground/PresetDialog.svelte
var root = from_html(`<p class="wrong" role="alert"> </p>`);
var root_1 = from_html(`<li><div class="row"><strong> </strong> <span class="facts"><span> </span> <span> </span></span> <button class="ends"> </button></div> <p class="excerpt muted svelte-1rtl9v9"> </p></li>`);
var root_2 = from_html(`<ul class="entries svelte-1rtl9v9"></ul>`);
var root_3 = from_html(`<form class="svelte-1rtl9v9"><label> </label> <div class="row svelte-1rtl9v9"><input autocomplete="off"/> <button class="primary"> </button></div> <label class="check"><input type="checkbox"/> </label> <!></form> <!> <p><a> </a></p>`, 1);
function PresetDialog($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let name = state("");
	let withText = state(true);
	let refused = state(null);
	presets.read();
	const own = user_derived(() => presets.of($$props.mode));
	const known = user_derived(() => presets.named($$props.mode, get(name)) !== void 0);
	const time = user_derived(() => new Intl.DateTimeFormat(language.tag, { dateStyle: "medium" }));
	function save(event) {
		event.preventDefault();
		if (get(name).trim() === "") return;
		set(refused, presets.save(get(name), $$props.start(get(withText))), true);
		if (get(refused) === null) $$props.onclose();
	}
	{
		let $0 = user_derived(() => t("preset.title"));
		Dialog($$anchor, {
			get title() {
				return get($0);
			},
			open: true,
			get onclose() {
				return $$props.onclose;
			},
			wide: true,
			children: ($$anchor, $$slotProps) => {
				var fragment_1 = root_3();
				var form = first_child(fragment_1);
				var label = child(form);
				var text = only_child(label, true);
				var div = sibling(label, 2);
				var input = child(div);
				remove_input_defaults(input);
				var button = sibling(input, 2);
				var text_1 = only_child(button, true);
				reset(div);
				var label_1 = sibling(div, 2);
				var input_1 = child(label_1);
				remove_input_defaults(input_1);
				var text_2 = sibling(input_1, 1, true);
				reset(label_1);
				var node = sibling(label_1, 2);
				var consequent = ($$anchor) => {
					var p = root();
					var text_3 = only_child(p, true);
					template_effect(($0) => {
						set_attribute(p, "id", `${id}-refused`);
						set_text(text_3, $0);
					}, [() => t(get(refused))]);
					append($$anchor, p);
				};
				if_block(node, ($$render) => {
					if (get(refused)) $$render(consequent);
				});
				reset(form);
				var node_1 = sibling(form, 2);
				var consequent_1 = ($$anchor) => {
					var ul = root_2();
					each(ul, 21, () => get(own), (preset) => preset.id, ($$anchor, preset) => {
						var li = root_1();
						var div_1 = child(li);
						var strong = child(div_1);
						var text_4 = only_child(strong, true);
						var span = sibling(strong, 2);
						var span_1 = child(span);
						var text_5 = only_child(span_1, true);
						var span_2 = sibling(span_1, 2);
						var text_6 = only_child(span_2, true);
						reset(span);
						var button_1 = sibling(span, 2);
						var text_7 = only_child(button_1, true);
						reset(div_1);
						var p_1 = sibling(div_1, 2);
						var text_8 = only_child(p_1, true);
						reset(li);
						template_effect(($0, $1, $2, $3) => {
							set_text(text_4, get(preset).name);
							set_text(text_5, $0);
							set_text(text_6, get(preset).start && "params" in get(preset).start ? get(preset).start.params.model : "");
							set_attribute(button_1, "aria-label", `${$1 ?? ""}: ${get(preset).name ?? ""}`);
							set_text(text_7, $2);
							set_text(text_8, $3);
						}, [
							() => get(time).format(get(preset).at),
							() => t("preset.open"),
							() => t("preset.open"),
							() => excerpt(get(preset).start)
						]);
						delegated("click", button_1, () => {
							$$props.onopen(get(preset).start);
							$$props.onclose();
						});
						append($$anchor, li);
					});
					reset(ul);
					append($$anchor, ul);
				};
				if_block(node_1, ($$render) => {
					if (get(own).length > 0) $$render(consequent_1);
				});
				var p_2 = sibling(node_1, 2);
				var a = child(p_2);
				var text_9 = only_child(a, true);
				reset(p_2);
				template_effect(($0, $1, $2, $3, $4, $5) => {
					set_attribute(label, "for", `${id}-name`);
					set_text(text, $0);
					set_attribute(input, "id", `${id}-name`);
					set_attribute(input, "maxlength", 80);
					set_attribute(input, "aria-describedby", get(refused) ? `${id}-refused` : void 0);
					button.disabled = $1;
					set_text(text_1, $2);
					set_text(text_2, $3);
					set_attribute(a, "href", $4);
					set_text(text_9, $5);
				}, [
					() => t("preset.name"),
					() => get(name).trim() === "",
					() => t(get(known) ? "preset.overwrite" : "preset.save"),
					() => t("preset.withText"),
					() => href("/presets"),
					() => t("preset.manage")
				]);
				event("submit", form, save);
				bind_value(input, () => get(name), ($$value) => set(name, $$value));
				bind_checked(input_1, () => get(withText), ($$value) => set(withText, $$value));
				append($$anchor, fragment_1);
			},
			$$slots: { default: true }
		});
	}
	pop();
}
delegate(["click"]);
export { PresetDialog as default };
