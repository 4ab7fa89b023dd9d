import { An as user_derived, Bt as bind_checked, Cn as child, Dt as t, En as sibling, In as reset, Lt as onMount, Mn as pop, Nn as push, On as set, Tn as only_child, Tt as number, U as Failure, Ut as remove_input_defaults, Wt as set_attribute, Xt as set_class, Zt as clsx, _n as get, b as Failed, cn as append, hn as delegated, in as if_block, kn as state, mn as delegate, nn as index, q as inspectPrompt, sn as set_text, t as Dialog, tn as each, un as from_html, wn as first_child, yn as template_effect } from "./shared.js";
import { t as copy } from "./shared2.js";
// src/pages/playground/PromptDialog.svelte
var root = from_html(`<p class="muted"> </p>`);
var root_1 = from_html(`<span> </span>`);
var root_2 = from_html(`<div class="row svelte-1afk8r6"><span class="number"> </span> <label class="check ends"><input type="checkbox"/> </label> <button> </button></div> <div tabindex="0" role="region"></div>`, 1);
var root_3 = from_html(`<p class="muted"> </p> <!>`, 1);
function PromptDialog($$anchor, $$props) {
	push($$props, true);
	let prompt = state(null);
	let failure = state(null);
	let copied = state(false);
	let cut = state(false);
	const pieces = user_derived(() => {
		const decoder = new TextDecoder();
		return (get(prompt)?.tokens ?? []).map(({ id, bytes, special }) => ({
			id,
			special,
			text: decoder.decode(Uint8Array.from(bytes), { stream: true })
		}));
	});
	onMount(() => void load());
	async function load() {
		set(failure, null);
		try {
			set(prompt, await inspectPrompt($$props.request));
		} catch (error) {
			set(failure, error instanceof Failure ? error : new Failure(String(error)));
		}
	}
	{
		let $0 = user_derived(() => t("prompt.title"));
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
				var p = first_child(fragment_1);
				var text = only_child(p, true);
				var node = sibling(p, 2);
				var consequent = ($$anchor) => {
					Failed($$anchor, {
						get failure() {
							return get(failure);
						},
						again: () => void load()
					});
				};
				var consequent_1 = ($$anchor) => {
					var p_1 = root();
					var text_1 = only_child(p_1, true);
					template_effect(($0) => set_text(text_1, $0), [() => t("status.loading")]);
					append($$anchor, p_1);
				};
				var alternate = ($$anchor) => {
					const whole = user_derived(() => get(prompt));
					var fragment_3 = root_2();
					var div = first_child(fragment_3);
					var span = child(div);
					var text_2 = only_child(span, true);
					var label = sibling(span, 2);
					var input = child(label);
					remove_input_defaults(input);
					var text_3 = sibling(input, 1, true);
					reset(label);
					var button = sibling(label, 2);
					var text_4 = only_child(button, true);
					reset(div);
					var div_1 = sibling(div, 2);
					let classes;
					each(div_1, 21, () => get(pieces), index, ($$anchor, token) => {
						var span_1 = root_1();
						var text_5 = only_child(span_1, true);
						template_effect(() => {
							set_class(span_1, 1, clsx({ special: get(token).special }), "svelte-1afk8r6");
							set_attribute(span_1, "title", `#${get(token).id ?? ""}`);
							set_text(text_5, get(token).text);
						});
						append($$anchor, span_1);
					});
					reset(div_1);
					template_effect(($0, $1, $2, $3) => {
						set_text(text_2, $0);
						set_text(text_3, $1);
						set_text(text_4, $2);
						classes = set_class(div_1, 1, "text writing svelte-1afk8r6", null, classes, { cut: get(cut) });
						set_attribute(div_1, "aria-label", $3);
					}, [
						() => t("status.room", {
							used: number(get(whole).tokens.length),
							context: number(get(whole).context)
						}),
						() => t("prompt.cut"),
						() => t(get(copied) ? "copied" : "copy"),
						() => t("prompt.title")
					]);
					bind_checked(input, () => get(cut), ($$value) => set(cut, $$value));
					delegated("click", button, async () => set(copied, await copy(get(whole).prompt), true));
					append($$anchor, fragment_3);
				};
				if_block(node, ($$render) => {
					if (get(failure)) $$render(consequent);
					else if (get(prompt) === null) $$render(consequent_1, 1);
					else $$render(alternate, -1);
				});
				template_effect(($0) => set_text(text, $0), [() => t("prompt.about")]);
				append($$anchor, fragment_1);
			},
			$$slots: { default: true }
		});
	}
	pop();
}
delegate(["click"]);
export { PromptDialog as default };
