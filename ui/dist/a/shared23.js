import { B as append, D as set_class, E as set_style, H as from_html, K as delegate, N as each, Q as template_effect, W as props_id, _ as bind_group, at as sibling, b as remove_input_defaults, dt as pop, ft as push, ht as reset, nt as child, p as prop, q as delegated, x as set_attribute, z as set_text } from "./shared.js";
// src/ui/Segments.svelte
var root = from_html(`<label><input class="unseen svelte-1qlbtbo" type="radio"/> </label>`);
var root_1 = from_html(`<div class="segments svelte-1qlbtbo" role="radiogroup"></div>`);
function Segments($$anchor, $$props) {
	const group = props_id();
	push($$props, true);
	const binding_group = [];
	let value = prop($$props, "value", 15);
	var div = root_1();
	let styles;
	each(div, 20, () => $$props.options, (option) => option, ($$anchor, option) => {
		var label_1 = root();
		let classes;
		var input = child(label_1);
		remove_input_defaults(input);
		var input_value;
		var text = sibling(input);
		reset(label_1);
		template_effect(($0) => {
			classes = set_class(label_1, 1, "svelte-1qlbtbo", null, classes, { on: value() === option });
			set_attribute(input, "name", group);
			if (input_value !== (input_value = option)) input.value = (input.__value = input_value) ?? "";
			set_text(text, ` ${$0 ?? ""}`);
		}, [() => $$props.names(option)]);
		delegated("change", input, function(...$$args) {
			$$props.onchange?.apply(this, $$args);
		});
		bind_group(binding_group, [], input, () => {
			return value();
		}, value);
		append($$anchor, label_1);
	});
	reset(div);
	template_effect(() => {
		set_attribute(div, "aria-label", $$props.label);
		styles = set_style(div, "", styles, { "--columns": $$props.columns ?? $$props.options.length });
	});
	append($$anchor, div);
	pop();
}
delegate(["change"]);
export { Segments as t };
