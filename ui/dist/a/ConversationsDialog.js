import { An as user_derived, Cn as child, Dt as t, En as sibling, In as reset, M as toJsonl, Mn as pop, Nn as push, On as set, Tn as only_child, Tt as number, Ut as remove_input_defaults, Vt as bind_value, Wt as set_attribute, _n as get, cn as append, hn as delegated, in as if_block, kn as state, ln as comment, mn as delegate, sn as set_text, t as Dialog, tn as each, un as from_html, wn as first_child, wt as language, yn as template_effect } from "./shared.js";
import { t as download } from "./shared4.js";
import { a as conversations, n as conversation, o as has, r as message, s as title } from "./shared5.js";
// src/pages/playground/ConversationsDialog.svelte
var root = from_html(`<p class="muted"> </p>`);
var root_1 = from_html(`<li><p class="excerpt"> </p> <p class="facts"><span> </span> <span> </span> <button class="plain ends"> </button> <button class="plain"> </button> <button class="plain"> </button></p></li>`);
var root_2 = from_html(`<li class="muted"> </li>`);
var root_3 = from_html(`<input type="search"/> <ul class="entries svelte-1iqi4eo"></ul> <div class="row"><button> </button> <button> </button></div>`, 1);
function ConversationsDialog($$anchor, $$props) {
	push($$props, true);
	let sought = state("");
	const found = user_derived(() => conversations.all.filter((earlier) => has(earlier, get(sought))));
	const time = user_derived(() => new Intl.DateTimeFormat(language.tag, {
		dateStyle: "medium",
		timeStyle: "short"
	}));
	function lines(all) {
		const messages = ({ system, turns }) => {
			const said = turns.map(message);
			return system.trim() === "" ? said : [{
				role: "system",
				content: system
			}, ...said];
		};
		return all.map((one) => toJsonl(messages(one))).join("");
	}
	{
		let $0 = user_derived(() => t("chats.title"));
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
					template_effect(($0) => set_text(text, $0), [() => t("chats.none")]);
					append($$anchor, p);
				};
				var alternate = ($$anchor) => {
					var fragment_2 = root_3();
					var input = first_child(fragment_2);
					remove_input_defaults(input);
					var ul = sibling(input, 2);
					each(ul, 21, () => get(found), (earlier) => earlier.id, ($$anchor, earlier) => {
						const name = user_derived(() => title(get(earlier)));
						var li = root_1();
						var p_1 = child(li);
						var text_1 = only_child(p_1, true);
						var p_2 = sibling(p_1, 2);
						var span = child(p_2);
						var text_2 = only_child(span, true);
						var span_1 = sibling(span, 2);
						var text_3 = only_child(span_1, true);
						var button = sibling(span_1, 2);
						var text_4 = only_child(button, true);
						var button_1 = sibling(button, 2);
						var text_5 = only_child(button_1, true);
						var button_2 = sibling(button_1, 2);
						var text_6 = only_child(button_2, true);
						reset(p_2);
						reset(li);
						template_effect(($0, $1, $2, $3, $4, $5, $6, $7) => {
							set_text(text_1, get(name));
							set_text(text_2, $0);
							set_text(text_3, $1);
							set_attribute(button, "aria-label", `${$2 ?? ""}: ${get(name) ?? ""}`);
							button.disabled = conversation.running;
							set_text(text_4, $3);
							set_attribute(button_1, "aria-label", `${$4 ?? ""}: ${get(name) ?? ""}`);
							set_text(text_5, $5);
							set_attribute(button_2, "aria-label", `${$6 ?? ""}: ${get(name) ?? ""}`);
							set_text(text_6, $7);
						}, [
							() => get(time).format(get(earlier).at),
							() => t("chats.turns", { n: number(get(earlier).turns.length) }),
							() => t("history.open"),
							() => t("history.open"),
							() => t("chat.export"),
							() => t("chat.export"),
							() => t("chat.remove"),
							() => t("chat.remove")
						]);
						delegated("click", button, () => {
							conversation.open(get(earlier));
							$$props.onclose();
						});
						delegated("click", button_1, () => download("conversation.jsonl", lines([get(earlier)])));
						delegated("click", button_2, () => conversations.remove(get(earlier).id));
						append($$anchor, li);
					}, ($$anchor) => {
						var li_1 = root_2();
						var text_7 = only_child(li_1, true);
						template_effect(($0) => set_text(text_7, $0), [() => t("examples.none")]);
						append($$anchor, li_1);
					});
					reset(ul);
					var div = sibling(ul, 2);
					var button_3 = child(div);
					var text_8 = only_child(button_3, true);
					var button_4 = sibling(button_3, 2);
					var text_9 = only_child(button_4, true);
					reset(div);
					template_effect(($0, $1, $2, $3) => {
						set_attribute(input, "aria-label", $0);
						set_attribute(input, "placeholder", $1);
						set_text(text_8, $2);
						set_text(text_9, $3);
					}, [
						() => t("examples.search"),
						() => t("examples.search"),
						() => t("chats.export"),
						() => t("history.clear")
					]);
					bind_value(input, () => get(sought), ($$value) => set(sought, $$value));
					delegated("click", button_3, () => download("conversations.jsonl", lines(get(found))));
					delegated("click", button_4, () => conversations.clear());
					append($$anchor, fragment_2);
				};
				if_block(node, ($$render) => {
					if (conversations.all.length === 0) $$render(consequent);
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
export { ConversationsDialog as default };
