import { $ as user_effect, B as append, D as set_class, H as from_html, I as if_block, J as event, K as delegate, M as snippet, Q as template_effect, W as props_id, Y as get, at as sibling, ct as state, dt as pop, ft as push, h as bind_this, ht as reset, it as only_child, nt as child, p as prop, q as delegated, rt as first_child, s as t, st as set, x as set_attribute, z as set_text } from "./shared.js";
import { t as Icon } from "./shared12.js";
// src/ui/Dialog.svelte
var root = from_html(`<header class="svelte-1v9wgu6"><h2> </h2> <button class="plain"><!></button></header> <!>`, 1);
var root_1 = from_html(`<dialog><!></dialog>`);
function Dialog($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let wide = prop($$props, "wide", 3, false);
	let dialog = state(void 0);
	user_effect(() => {
		const before = document.activeElement;
		if ($$props.open && get(dialog) && !get(dialog).open) get(dialog).showModal();
		else if (!$$props.open && get(dialog)?.open) get(dialog).close();
		return () => {
			if (document.activeElement === document.body && before instanceof HTMLElement) before.focus();
		};
	});
	var dialog_1 = root_1();
	let classes;
	var node = child(dialog_1);
	var consequent = ($$anchor) => {
		var fragment = root();
		var header = first_child(fragment);
		var h2 = child(header);
		var text = only_child(h2, true);
		var button = sibling(h2, 2);
		var node_1 = child(button);
		Icon(node_1, { name: "close" });
		reset(button);
		reset(header);
		var node_2 = sibling(header, 2);
		snippet(node_2, () => $$props.children);
		template_effect(($0) => {
			set_attribute(h2, "id", id);
			set_text(text, $$props.title);
			set_attribute(button, "aria-label", $0);
		}, [() => t("close")]);
		delegated("click", button, () => get(dialog)?.close());
		append($$anchor, fragment);
	};
	if_block(node, ($$render) => {
		if ($$props.open) $$render(consequent);
	});
	reset(dialog_1);
	bind_this(dialog_1, ($$value) => set(dialog, $$value), () => get(dialog));
	template_effect(() => {
		set_attribute(dialog_1, "aria-labelledby", id);
		classes = set_class(dialog_1, 1, "svelte-1v9wgu6", null, classes, { wide: wide() });
	});
	event("close", dialog_1, function(...$$args) {
		$$props.onclose?.apply(this, $$args);
	});
	append($$anchor, dialog_1);
	pop();
}
delegate(["click"]);
export { Dialog as t };
