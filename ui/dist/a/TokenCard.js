import { An as user_derived, Cn as child, Dt as t, En as sibling, Et as percent, F as covered, I as logprob, In as reset, L as probability, Lt as onMount, Mn as pop, Nn as push, Q as Icon, R as textOf, St as counted, Tn as only_child, Tt as number, Wt as set_attribute, Xt as set_class, Yt as set_style, _n as get, cn as append, hn as delegated, in as if_block, m as Bar, mn as delegate, nn as index, sn as set_text, tn as each, un as from_html, wn as first_child, yn as template_effect, z as visible, zt as bind_this } from "./shared.js";
// src/pages/playground/TokenCard.svelte
var root = from_html(`<p class="part svelte-1lrgen"> </p>`);
var root_1 = from_html(`<span class="what svelte-1lrgen"> </span>`);
var root_2 = from_html(`<button class="plain what svelte-1lrgen"> <span class="unseen"> </span></button>`);
var root_3 = from_html(`<span class="what muted svelte-1lrgen"> </span>`);
var root_4 = from_html(`<li><code class="piece"> </code> <span class="number svelte-1lrgen"> </span> <!> <!></li>`);
var root_5 = from_html(`<ul class="bare svelte-1lrgen"></ul>`);
var root_6 = from_html(`<br/> `, 1);
var root_7 = from_html(`<!> <!> <p class="total svelte-1lrgen"> <!></p>`, 1);
var root_8 = from_html(`<p class="total svelte-1lrgen"> <br/> </p>`);
var root_9 = from_html(`<div class="card svelte-1lrgen" role="dialog" tabindex="-1"><header class="svelte-1lrgen"><h2> </h2> <button class="plain"><!></button></header> <!> <!></div>`);
function TokenCard($$anchor, $$props) {
	push($$props, true);
	const WIDTH = 340;
	let card;
	const left = user_derived(() => Math.max(8, Math.min($$props.place.left, $$props.width - WIDTH - 8)));
	onMount(() => {
		card.scrollIntoView({ block: "nearest" });
		if ($$props.focus) (card.querySelector("li button") ?? card).focus();
	});
	function branch(token, candidate) {
		$$props.branches?.take($$props.cell, token, candidate);
		$$props.onclose();
	}
	function named(token, { name }) {
		const before = $$props.cell.tokens.slice(0, token).map((t) => t.name);
		const whole = token > 0 ? textOf([...before, name]) : null;
		return whole === null ? visible(name) : `${visible(name)} → ${visible(whole)}`;
	}
	function moved(event) {
		const step = {
			ArrowUp: -1,
			ArrowDown: 1
		}[event.key];
		if (!step) return;
		event.preventDefault();
		const buttons = [...card.querySelectorAll("li button")];
		const at = buttons.indexOf(document.activeElement);
		buttons[Math.max(0, Math.min(buttons.length - 1, at + step))]?.focus();
	}
	var div = root_9();
	let styles;
	var header = child(div);
	var h2 = child(header);
	var text = only_child(h2, true);
	var button = sibling(h2, 2);
	var node = child(button);
	Icon(node, { name: "close" });
	reset(button);
	reset(header);
	var node_1 = sibling(header, 2);
	each(node_1, 17, () => $$props.cell.tokens, index, ($$anchor, token, i) => {
		var fragment = root_7();
		var node_2 = first_child(fragment);
		var consequent = ($$anchor) => {
			var p = root();
			var text_1 = only_child(p, true);
			template_effect(($0) => set_text(text_1, $0), [() => t("token.part", {
				n: i + 1,
				of: $$props.cell.tokens.length
			})]);
			append($$anchor, p);
		};
		if_block(node_2, ($$render) => {
			if ($$props.cell.tokens.length > 1) $$render(consequent);
		});
		var node_3 = sibling(node_2, 2);
		var consequent_4 = ($$anchor) => {
			var ul = root_5();
			each(ul, 21, () => get(token).top, (candidate) => candidate.name, ($$anchor, candidate) => {
				const share = user_derived(() => Math.exp(get(candidate).logprob));
				var li = root_4();
				let classes;
				var code = child(li);
				var text_2 = only_child(code, true);
				var span = sibling(code, 2);
				var text_3 = only_child(span, true);
				var node_4 = sibling(span, 2);
				Bar(node_4, { get share() {
					return get(share);
				} });
				var node_5 = sibling(node_4, 2);
				var consequent_1 = ($$anchor) => {
					var span_1 = root_1();
					var text_4 = only_child(span_1, true);
					template_effect(($0) => set_text(text_4, $0), [() => t("token.sampled")]);
					append($$anchor, span_1);
				};
				var consequent_2 = ($$anchor) => {
					var button_1 = root_2();
					var text_5 = child(button_1, true);
					var span_2 = sibling(text_5);
					var text_6 = only_child(span_2);
					reset(button_1);
					template_effect(($0, $1) => {
						set_text(text_5, $0);
						set_text(text_6, `: ${$1 ?? ""}`);
					}, [() => t("token.continue"), () => visible(get(candidate).name)]);
					delegated("click", button_1, () => branch(i, get(candidate)));
					append($$anchor, button_1);
				};
				var d = user_derived(() => $$props.branches?.can($$props.cell, i, get(candidate)));
				var consequent_3 = ($$anchor) => {
					var span_3 = root_3();
					var text_7 = only_child(span_3, true);
					template_effect(($0, $1) => {
						set_attribute(span_3, "title", $0);
						set_text(text_7, $1);
					}, [() => t("token.withinWhy"), () => t("token.within")]);
					append($$anchor, span_3);
				};
				if_block(node_5, ($$render) => {
					if (get(candidate).name === get(token).name) $$render(consequent_1);
					else if (get(d)) $$render(consequent_2, 1);
					else if ($$props.branches) $$render(consequent_3, 2);
				});
				reset(li);
				template_effect(($0, $1) => {
					classes = set_class(li, 1, "svelte-1lrgen", null, classes, { taken: get(candidate).name === get(token).name });
					set_text(text_2, $0);
					set_text(text_3, $1);
				}, [() => named(i, get(candidate)), () => percent(get(share))]);
				append($$anchor, li);
			});
			reset(ul);
			append($$anchor, ul);
		};
		if_block(node_3, ($$render) => {
			if (get(token).top.length > 0) $$render(consequent_4);
		});
		var p_1 = sibling(node_3, 2);
		var text_8 = child(p_1);
		var node_6 = sibling(text_8);
		var consequent_5 = ($$anchor) => {
			var fragment_1 = root_6();
			var text_9 = sibling(first_child(fragment_1), 1, true);
			template_effect(($0) => set_text(text_9, $0), [() => t("token.covered", {
				percent: percent(covered(get(token))),
				n: 5
			})]);
			append($$anchor, fragment_1);
		};
		if_block(node_6, ($$render) => {
			if (get(token).top.length > 0) $$render(consequent_5);
		});
		reset(p_1);
		template_effect(($0) => set_text(text_8, `${$0 ?? ""} `), [() => counted("token.total.one", "token.total.many", 1).replace("{logprob}", number(logprob([get(token)]), 2))]);
		append($$anchor, fragment);
	});
	var node_7 = sibling(node_1, 2);
	var consequent_6 = ($$anchor) => {
		var p_2 = root_8();
		var text_10 = child(p_2);
		var text_11 = sibling(text_10, 2, true);
		reset(p_2);
		template_effect(($0, $1) => {
			set_text(text_10, `${$0 ?? ""} `);
			set_text(text_11, $1);
		}, [() => counted("token.total.one", "token.total.many", $$props.cell.tokens.length).replace("{logprob}", number(logprob($$props.cell.tokens), 2)), () => t("token.character", { percent: percent(probability($$props.cell)) })]);
		append($$anchor, p_2);
	};
	if_block(node_7, ($$render) => {
		if ($$props.cell.tokens.length > 1) $$render(consequent_6);
	});
	reset(div);
	bind_this(div, ($$value) => card = $$value, () => card);
	template_effect(($0, $1, $2) => {
		set_attribute(div, "aria-label", $0);
		styles = set_style(div, "", styles, {
			left: `${get(left) ?? ""}px`,
			top: `${$$props.place.top ?? ""}px`,
			width: "min(340px, calc(100% - 16px))"
		});
		set_text(text, $1);
		set_attribute(button, "aria-label", $2);
	}, [
		() => t("token.title", {
			n: $$props.index + 1,
			of: $$props.of
		}),
		() => t("token.title", {
			n: $$props.index + 1,
			of: $$props.of
		}),
		() => t("close")
	]);
	delegated("keydown", div, moved);
	delegated("click", button, function(...$$args) {
		$$props.onclose?.apply(this, $$args);
	});
	append($$anchor, div);
	pop();
}
delegate(["keydown", "click"]);
export { TokenCard as default };
