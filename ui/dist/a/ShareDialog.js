import { An as user_derived, Bt as bind_checked, Cn as child, Dt as t, En as sibling, In as reset, Kt as set_value, Mn as pop, Nn as push, On as set, Tn as only_child, Tt as number, Ut as remove_input_defaults, Wt as set_attribute, _n as get, bn as user_effect, cn as append, fn as props_id, gn as event, hn as delegated, in as if_block, kn as state, mn as delegate, ot as link, sn as set_text, t as Dialog, un as from_html, wn as first_child, yn as template_effect } from "./shared.js";
import { t as copy } from "./shared2.js";
// src/pages/playground/ShareDialog.svelte
var root = from_html(`<p class="wrong"> </p>`);
var root_1 = from_html(`<p class="muted"> </p> <label> </label> <div class="row svelte-1hfvdir"><input class="link svelte-1hfvdir" readonly=""/> <button class="primary"> </button></div> <label class="check"><input type="checkbox"/> </label> <!>`, 1);
function ShareDialog($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	const LONG = 8e3;
	let withText = state(true);
	let address = state("");
	let copied = state(false);
	user_effect(() => {
		set(copied, false);
		link.to($$props.start(get(withText))).then((made) => set(address, made, true));
	});
	{
		let $0 = user_derived(() => t("share.title"));
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
				var fragment_1 = root_1();
				var p = first_child(fragment_1);
				var text = only_child(p, true);
				var label = sibling(p, 2);
				var text_1 = only_child(label, true);
				var div = sibling(label, 2);
				var input = child(div);
				remove_input_defaults(input);
				var button = sibling(input, 2);
				var text_2 = only_child(button, true);
				reset(div);
				var label_1 = sibling(div, 2);
				var input_1 = child(label_1);
				remove_input_defaults(input_1);
				var text_3 = sibling(input_1, 1, true);
				reset(label_1);
				var node = sibling(label_1, 2);
				var consequent = ($$anchor) => {
					var p_1 = root();
					var text_4 = only_child(p_1, true);
					template_effect(($0) => set_text(text_4, $0), [() => t("share.long", { n: number(get(address).length) })]);
					append($$anchor, p_1);
				};
				if_block(node, ($$render) => {
					if (get(address).length > LONG) $$render(consequent);
				});
				template_effect(($0, $1, $2, $3) => {
					set_text(text, $0);
					set_attribute(label, "for", id);
					set_text(text_1, $1);
					set_attribute(input, "id", id);
					set_value(input, get(address));
					set_text(text_2, $2);
					set_text(text_3, $3);
				}, [
					() => t("share.about"),
					() => t("share.link"),
					() => t(get(copied) ? "copied" : "copy"),
					() => t("preset.withText")
				]);
				event("focus", input, (event) => event.currentTarget.select());
				delegated("click", button, async () => set(copied, await copy(get(address)), true));
				bind_checked(input_1, () => get(withText), ($$value) => set(withText, $$value));
				append($$anchor, fragment_1);
			},
			$$slots: { default: true }
		});
	}
	pop();
}
delegate(["click"]);
export { ShareDialog as default };
