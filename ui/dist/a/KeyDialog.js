import { An as user_derived, Bt as bind_checked, Cn as child, Dn as proxy, Dt as t, En as sibling, In as reset, Mn as pop, Nn as push, On as set, Tn as only_child, Ut as remove_input_defaults, Vt as bind_value, Wt as set_attribute, _n as get, bt as key, cn as append, fn as props_id, gn as event, hn as delegated, in as if_block, kn as state, mn as delegate, sn as set_text, t as Dialog, un as from_html, wn as first_child, yn as template_effect } from "./shared.js";
// src/ui/KeyDialog.svelte
var root = from_html(`<p> </p> <p class="muted"> </p>`, 1);
var root_1 = from_html(`<p class="muted"> </p>`);
var root_2 = from_html(`<button type="button"> </button>`);
var root_3 = from_html(`<form class="svelte-1paprtx"><!> <label> </label> <input type="password" autocomplete="off" placeholder="sk-…"/> <label class="check"><input type="checkbox"/> </label> <div class="row svelte-1paprtx"><!> <button class="primary"> </button></div></form>`);
function KeyDialog($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let value = state("");
	let remember = state(proxy(key.kept));
	function use(event) {
		event.preventDefault();
		if (get(value).trim() !== "") key.set(get(value), get(remember));
		set(value, "");
	}
	{
		let $0 = user_derived(() => t("key.title"));
		let $1 = user_derived(() => key.wanted !== null);
		Dialog($$anchor, {
			get title() {
				return get($0);
			},
			get open() {
				return get($1);
			},
			onclose: () => key.wanted = null,
			children: ($$anchor, $$slotProps) => {
				var form = root_3();
				var node = child(form);
				var consequent = ($$anchor) => {
					var fragment_1 = root();
					var p = first_child(fragment_1);
					var text = only_child(p, true);
					var p_1 = sibling(p, 2);
					var text_1 = only_child(p_1, true);
					template_effect(($0) => {
						set_text(text, key.wanted);
						set_text(text_1, $0);
					}, [() => t("key.why")]);
					append($$anchor, fragment_1);
				};
				var consequent_1 = ($$anchor) => {
					var p_2 = root_1();
					var text_2 = only_child(p_2, true);
					template_effect(($0) => set_text(text_2, $0), [() => t("key.none")]);
					append($$anchor, p_2);
				};
				if_block(node, ($$render) => {
					if (key.wanted) $$render(consequent);
					else if (!key.value) $$render(consequent_1, 1);
				});
				var label = sibling(node, 2);
				var text_3 = only_child(label, true);
				var input = sibling(label, 2);
				remove_input_defaults(input);
				var label_1 = sibling(input, 2);
				var input_1 = child(label_1);
				remove_input_defaults(input_1);
				var text_4 = sibling(input_1, 1, true);
				reset(label_1);
				var div = sibling(label_1, 2);
				var node_1 = child(div);
				var consequent_2 = ($$anchor) => {
					var button = root_2();
					var text_5 = only_child(button, true);
					template_effect(($0) => set_text(text_5, $0), [() => t("key.forget")]);
					delegated("click", button, () => key.set("", false));
					append($$anchor, button);
				};
				if_block(node_1, ($$render) => {
					if (key.value) $$render(consequent_2);
				});
				var button_1 = sibling(node_1, 2);
				var text_6 = only_child(button_1, true);
				reset(div);
				reset(form);
				template_effect(($0, $1, $2, $3) => {
					set_attribute(label, "for", id);
					set_text(text_3, $0);
					set_attribute(input, "id", id);
					set_text(text_4, $1);
					button_1.disabled = $2;
					set_text(text_6, $3);
				}, [
					() => t("key.label"),
					() => t("key.remember"),
					() => get(value).trim() === "",
					() => t("key.use")
				]);
				event("submit", form, use);
				bind_value(input, () => get(value), ($$value) => set(value, $$value));
				bind_checked(input_1, () => get(remember), ($$value) => set(remember, $$value));
				append($$anchor, form);
			},
			$$slots: { default: true }
		});
	}
	pop();
}
delegate(["click"]);
export { KeyDialog as default };
