import { $ as DEFAULTS, An as user_derived, Cn as child, Dt as t, En as sibling, In as reset, Mn as pop, Nn as push, Tn as only_child, _n as get, a as history, cn as append, hn as delegated, i as session, in as if_block, ln as comment, mn as delegate, nt as restored, sn as set_text, t as Dialog, tn as each, un as from_html, wn as first_child, wt as language, yn as template_effect } from "./shared.js";
// src/pages/playground/HistoryDialog.svelte
var root = from_html(`<p class="muted"> </p>`);
var root_1 = from_html(`<li><p class="excerpt"><span class="muted"> </span> </p> <p class="facts"><span> </span> <span> </span> <span><code>temperature</code> </span> <button class="plain ends"> </button></p></li>`);
var root_2 = from_html(`<ul class="entries svelte-ctpvfg"></ul> <button> </button>`, 1);
function HistoryDialog($$anchor, $$props) {
	push($$props, true);
	const time = user_derived(() => new Intl.DateTimeFormat(language.tag, {
		dateStyle: "medium",
		timeStyle: "short"
	}));
	function reopen({ request, document }) {
		session.open(document);
		const { injectStart, injectRestart, show, seed } = session.params;
		const kept = restored(DEFAULTS, {
			model: request.model,
			temperature: request.temperature,
			maxTokens: request.max_tokens,
			stop: request.stop ?? [],
			topP: request.top_p,
			frequencyPenalty: request.frequency_penalty,
			presencePenalty: request.presence_penalty,
			bestOf: request.best_of ?? 1
		});
		Object.assign(session.params, {
			...kept,
			injectStart,
			injectRestart,
			show,
			seed
		});
		session.sent = request;
		$$props.onclose();
	}
	{
		let $0 = user_derived(() => t("play.history"));
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
				var fragment_1 = comment();
				var node = first_child(fragment_1);
				var consequent = ($$anchor) => {
					var p = root();
					var text = only_child(p, true);
					template_effect(($0) => set_text(text, $0), [() => t("history.none")]);
					append($$anchor, p);
				};
				var alternate = ($$anchor) => {
					var fragment_2 = root_2();
					var ul = first_child(fragment_2);
					each(ul, 21, () => history.entries, (entry) => entry.at, ($$anchor, entry) => {
						const computed_const = user_derived(() => {
							return get(entry);
						});
						var li = root_1();
						var p_1 = child(li);
						var span = child(p_1);
						var text_1 = only_child(span, true);
						var text_2 = sibling(span, 1, true);
						reset(p_1);
						var p_2 = sibling(p_1, 2);
						var span_1 = child(p_2);
						var text_3 = only_child(span_1, true);
						var span_2 = sibling(span_1, 2);
						var text_4 = only_child(span_2, true);
						var span_3 = sibling(span_2, 2);
						var text_5 = sibling(child(span_3));
						reset(span_3);
						var button = sibling(span_3, 2);
						var text_6 = only_child(button, true);
						reset(p_2);
						reset(li);
						template_effect(($0, $1, $2, $3) => {
							set_text(text_1, $0);
							set_text(text_2, $1);
							set_text(text_3, $2);
							set_text(text_4, get(computed_const).request.model);
							set_text(text_5, ` ${get(computed_const).request.temperature ?? ""}`);
							set_text(text_6, $3);
						}, [
							() => get(computed_const).request.prompt.slice(-120),
							() => get(computed_const).document.text.slice(get(computed_const).request.prompt.length).slice(0, 240),
							() => get(time).format(get(entry).at),
							() => t("history.open")
						]);
						delegated("click", button, () => reopen(get(entry)));
						append($$anchor, li);
					});
					reset(ul);
					var button_1 = sibling(ul, 2);
					var text_7 = only_child(button_1, true);
					template_effect(($0) => set_text(text_7, $0), [() => t("history.clear")]);
					delegated("click", button_1, () => history.clear());
					append($$anchor, fragment_2);
				};
				if_block(node, ($$render) => {
					if (history.entries.length === 0) $$render(consequent);
					else $$render(alternate, -1);
				});
				append($$anchor, fragment_1);
			},
			$$slots: { default: true }
		});
	}
	pop();
}
delegate(["click"]);
export { HistoryDialog as default };
