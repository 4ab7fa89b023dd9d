import { An as user_derived, Cn as child, Dt as t, En as sibling, In as reset, Mn as pop, Nn as push, Tn as only_child, Tt as number, Xt as set_class, _n as get, cn as append, hn as delegated, i as session, in as if_block, mn as delegate, nn as index, r as bestOf, sn as set_text, tn as each, un as from_html, yn as template_effect } from "./shared.js";
// src/pages/playground/Candidates.svelte
var root = from_html(`<strong class="svelte-dzvswm"> </strong>`);
var root_1 = from_html(`<span class="number"> </span>`);
var root_2 = from_html(`<span> </span>`);
var root_3 = from_html(`<button class="plain"> <span class="unseen"></span></button>`);
var root_4 = from_html(`<li><p class="excerpt"> </p> <p class="facts"><!> <!> <!> <!></p></li>`);
var root_5 = from_html(`<section aria-labelledby="candidates" class="svelte-dzvswm"><h2 id="candidates"> </h2> <ol class="svelte-dzvswm"></ol></section>`);
function Candidates($$anchor, $$props) {
	push($$props, true);
	const best = user_derived(() => session.running ? null : bestOf(session.answers));
	var section = root_5();
	var h2 = child(section);
	var text = only_child(h2, true);
	var ol = sibling(h2, 2);
	each(ol, 21, () => session.answers, index, ($$anchor, answer, i) => {
		var li = root_4();
		let classes;
		var p = child(li);
		var text_1 = only_child(p, true);
		var p_1 = sibling(p, 2);
		var node = child(p_1);
		var consequent = ($$anchor) => {
			var strong = root();
			var text_2 = only_child(strong);
			template_effect(($0) => set_text(text_2, `★ ${$0 ?? ""}`), [() => t("best.winner")]);
			append($$anchor, strong);
		};
		if_block(node, ($$render) => {
			if (get(answer) === get(best)) $$render(consequent);
		});
		var node_1 = sibling(node, 2);
		var consequent_1 = ($$anchor) => {
			var span = root_1();
			var text_3 = only_child(span, true);
			template_effect(($0) => set_text(text_3, $0), [() => t("best.mean", { logprob: number(get(answer).mean, 3) })]);
			append($$anchor, span);
		};
		var d = user_derived(() => Number.isFinite(get(answer).mean));
		if_block(node_1, ($$render) => {
			if (get(d)) $$render(consequent_1);
		});
		var node_2 = sibling(node_1, 2);
		var consequent_2 = ($$anchor) => {
			var span_1 = root_2();
			var text_4 = only_child(span_1, true);
			template_effect(($0) => set_text(text_4, $0), [() => t("best.running")]);
			append($$anchor, span_1);
		};
		if_block(node_2, ($$render) => {
			if (session.running && !get(answer).finished) $$render(consequent_2);
		});
		var node_3 = sibling(node_2, 2);
		var consequent_3 = ($$anchor) => {
			var button = root_3();
			var text_5 = child(button, true);
			var span_2 = sibling(text_5);
			span_2.textContent = i + 1;
			reset(button);
			template_effect(($0) => set_text(text_5, $0), [() => t("best.use")]);
			delegated("click", button, () => session.choose(get(answer)));
			append($$anchor, button);
		};
		if_block(node_3, ($$render) => {
			if (!session.running) $$render(consequent_3);
		});
		reset(p_1);
		reset(li);
		template_effect(($0) => {
			classes = set_class(li, 1, "svelte-dzvswm", null, classes, { best: get(answer) === get(best) });
			set_text(text_1, $0);
		}, [() => get(answer).text.trim() || t("best.empty")]);
		append($$anchor, li);
	});
	reset(ol);
	reset(section);
	template_effect(($0) => set_text(text, $0), [() => t("best.title")]);
	append($$anchor, section);
	pop();
}
delegate(["click"]);
export { Candidates as default };
