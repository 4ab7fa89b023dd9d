import { An as user_derived, Cn as child, Dt as t, En as sibling, In as reset, It as found, Mn as pop, Nn as push, On as set, Tn as only_child, Ut as remove_input_defaults, Vt as bind_value, Wt as set_attribute, _n as get, cn as append, fn as props_id, hn as delegated, ht as composing, in as if_block, kn as state, mn as delegate, nn as index, sn as set_text, t as Dialog, tn as each, un as from_html, vn as tick, wn as first_child, yn as template_effect, zt as bind_this } from "./shared.js";
// src/ui/Palette.svelte
var root = from_html(`<p class="muted"> </p>`);
var root_1 = from_html(`<div class="command svelte-19b0pul" role="option" tabindex="-1"><span class="svelte-19b0pul"> </span> <span class="muted svelte-19b0pul"> </span></div>`);
var root_2 = from_html(`<input role="combobox" aria-expanded="true" autocomplete="off"/> <!> <div class="list svelte-19b0pul" role="listbox"></div>`, 1);
function Palette($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	const MOST = 50;
	let written = state("");
	let active = state(0);
	let list = state(void 0);
	const matches = user_derived(() => found($$props.commands, get(written)).slice(0, MOST));
	async function run(command) {
		if (!command) return;
		$$props.onclose();
		await tick();
		command.run();
	}
	function keyed(event) {
		if (composing(event)) return;
		const step = {
			ArrowDown: 1,
			ArrowUp: -1
		}[event.key];
		if (step) set(active, Math.max(0, Math.min(get(matches).length - 1, get(active) + step)), true);
		else if (event.key === "Enter") run(get(matches)[get(active)]);
		else return;
		event.preventDefault();
		tick().then(() => {
			get(list)?.querySelector("[aria-selected=\"true\"]")?.scrollIntoView({ block: "nearest" });
		});
	}
	{
		let $0 = user_derived(() => t("palette.title"));
		Dialog($$anchor, {
			get title() {
				return get($0);
			},
			open: true,
			get onclose() {
				return $$props.onclose;
			},
			children: ($$anchor, $$slotProps) => {
				var fragment_1 = root_2();
				var input = first_child(fragment_1);
				remove_input_defaults(input);
				var node = sibling(input, 2);
				var consequent = ($$anchor) => {
					var p = root();
					var text = only_child(p, true);
					template_effect(($0) => set_text(text, $0), [() => t("examples.none")]);
					append($$anchor, p);
				};
				if_block(node, ($$render) => {
					if (get(matches).length === 0) $$render(consequent);
				});
				var div = sibling(node, 2);
				each(div, 21, () => get(matches), index, ($$anchor, command, i) => {
					var div_1 = root_1();
					var span = child(div_1);
					var text_1 = only_child(span, true);
					var span_1 = sibling(span, 2);
					var text_2 = only_child(span_1, true);
					reset(div_1);
					template_effect(() => {
						set_attribute(div_1, "id", `${id}-${i}`);
						set_attribute(div_1, "aria-selected", i === get(active));
						set_text(text_1, get(command).name);
						set_text(text_2, get(command).kind);
					});
					delegated("click", div_1, () => void run(get(command)));
					append($$anchor, div_1);
				});
				reset(div);
				bind_this(div, ($$value) => set(list, $$value), () => get(list));
				template_effect(($0, $1, $2) => {
					set_attribute(input, "aria-label", $0);
					set_attribute(input, "aria-controls", `${id}-list`);
					set_attribute(input, "aria-activedescendant", get(matches).length > 0 ? `${id}-${get(active)}` : void 0);
					set_attribute(input, "placeholder", $1);
					set_attribute(div, "id", `${id}-list`);
					set_attribute(div, "aria-label", $2);
				}, [
					() => t("palette.title"),
					() => t("palette.placeholder"),
					() => t("palette.title")
				]);
				delegated("keydown", input, keyed);
				bind_value(input, () => get(written), (value) => {
					set(written, value, true);
					set(active, 0);
				});
				append($$anchor, fragment_1);
			},
			$$slots: { default: true }
		});
	}
	pop();
}
delegate(["keydown", "click"]);
export { Palette as default };
