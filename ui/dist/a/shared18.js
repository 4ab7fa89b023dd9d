import { B as append, G as text, H as from_html, I as if_block, K as delegate, Q as template_effect, Y as get, at as sibling, dt as pop, ft as push, ht as reset, it as only_child, lt as user_derived, nt as child, p as prop, q as delegated, s as t, z as set_text } from "./shared.js";
// src/ui/ErrorBox.svelte
var root = from_html(`<span> </span>`);
var root_1 = from_html(`<div class="error svelte-gw58yb" role="alert"><p><strong> </strong></p> <p> <!></p> <p class="details svelte-gw58yb"> <!></p> <button> </button></div>`);
function ErrorBox($$anchor, $$props) {
	push($$props, true);
	let partial = prop($$props, "partial", 3, false);
	const details = user_derived(() => [
		$$props.failure.status || null,
		$$props.failure.type,
		$$props.failure.code,
		$$props.failure.param
	].filter(Boolean));
	var div = root_1();
	var p = child(div);
	var strong = child(p);
	var text$1 = only_child(strong, true);
	reset(p);
	var p_1 = sibling(p, 2);
	var text_1 = child(p_1, true);
	var node = sibling(text_1);
	var consequent = ($$anchor) => {
		var text_2 = text();
		template_effect(($0) => set_text(text_2, ` ${$0 ?? ""}`), [() => t("error.keep")]);
		append($$anchor, text_2);
	};
	if_block(node, ($$render) => {
		if (partial()) $$render(consequent);
	});
	reset(p_1);
	var p_2 = sibling(p_1, 2);
	var text_3 = child(p_2);
	var node_1 = sibling(text_3);
	var consequent_1 = ($$anchor) => {
		var span = root();
		var text_4 = only_child(span);
		template_effect(($0) => set_text(text_4, `${$0 ?? ""} ${$$props.failure.requestId ?? ""}`), [() => t("error.id")]);
		append($$anchor, span);
	};
	if_block(node_1, ($$render) => {
		if ($$props.failure.requestId) $$render(consequent_1);
	});
	reset(p_2);
	var button = sibling(p_2, 2);
	var text_5 = only_child(button, true);
	reset(div);
	template_effect(($0, $1) => {
		set_text(text$1, $0);
		set_text(text_1, $$props.failure.message);
		set_text(text_3, `${$1 ?? ""} `);
		set_text(text_5, $$props.action);
	}, [() => $$props.failure.status === 0 ? t("error.lost") : t("error.title"), () => get(details).join(" · ")]);
	delegated("click", button, function(...$$args) {
		$$props.onaction?.apply(this, $$args);
	});
	append($$anchor, div);
	pop();
}
delegate(["click"]);
export { ErrorBox as t };
