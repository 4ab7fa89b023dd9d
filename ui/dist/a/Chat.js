const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["./Markdown.js","./shared.js","./shared.css","./shared2.js","./Markdown.css","./ConversationsDialog.js","./shared4.js","./shared5.js","./ConversationsDialog.css","./PromptDialog.js","./PromptDialog.css"])))=>i.map(i=>d[i]);
import { $t as component, An as user_derived, B as faultOf, C as FORMATS, Cn as child, Dt as t, En as sibling, Fn as next, H as toolOf, In as reset, Jt as init_select, Lt as onMount, M as toJsonl, Mn as pop, N as toolsOf, Nn as push, On as set, Ot as __vitePreload, Q as Icon, Rt as prop, S as Counting, Sn as $window, St as counted, T as WrongLine, Tn as only_child, V as isTool, Vt as bind_value, Wt as set_attribute, Xt as set_class, Zt as clsx, _ as ModeTools, _n as get, an as await_block, b as Failed, bn as user_effect, c as layout, cn as append, d as Parameters, fn as props_id, ft as startOf, g as Numbers, gn as event, gt as inDialog, h as About, hn as delegated, in as if_block, jn as remove_textarea_child, k as fromJsonl, kn as state, ln as comment, mn as delegate, n as Tokens, nn as index, p as Segments, pn as text, qt as bind_select_value, sn as set_text, tn as each, un as from_html, v as models, vn as tick, vt as sends, wn as first_child, y as Frame, yn as template_effect, yt as submits, zt as bind_this } from "./shared.js";
import { t as download } from "./shared4.js";
import { i as text$1, n as conversation, t as CHAT_DEFAULTS } from "./shared5.js";
import { t as copy } from "./shared2.js";
// src/pages/playground/ToolsEditor.svelte
var root$3 = from_html(`<span> </span>`);
var root_1$3 = from_html(`<p class="muted"> </p>`);
var root_2$2 = from_html(`<code> </code>:`, 1);
var root_3$2 = from_html(`<!> `, 1);
var root_4$2 = from_html(`<textarea class="field mono" rows="3" spellcheck="false"></textarea> <div class="row svelte-s0efva"><span><!></span> <button class="plain ends"> </button></div>`, 1);
var root_5$2 = from_html(`<button> </button>`);
var root_6$2 = from_html(`<option> </option>`);
var root_7$2 = from_html(`<label> </label> <select><option> </option><option> </option><option> </option><!></select>`, 1);
var root_8$2 = from_html(`<div class="tools svelte-s0efva"><!> <!> <!> <!> <!></div>`);
function ToolsEditor($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let params = prop($$props, "params", 7);
	const EXAMPLE = `{
  "name": "get_weather",
  "description": "The weather in a city",
  "parameters": {
    "type": "object",
    "properties": {
      "city": { "type": "string" }
    },
    "required": ["city"]
  }
}`;
	const names = user_derived(() => toolsOf(params()).map((tool) => tool.function.name));
	const card = user_derived(() => models.card(params().model));
	function fault(text) {
		const read = toolOf(text);
		return isTool(read) ? null : read;
	}
	function add() {
		let name = "get_weather";
		for (let n = 2; get(names).includes(name); n++) name = `get_weather_${n}`;
		params().tools = [...params().tools, EXAMPLE.replace("get_weather", name)];
	}
	var div = root_8$2();
	var node = child(div);
	{
		const label = ($$anchor) => {
			var span = root$3();
			var text_1 = only_child(span, true);
			template_effect(($0) => set_text(text_1, $0), [() => t("param.tools")]);
			append($$anchor, span);
		};
		let $0 = user_derived(() => t("param.tools"));
		let $1 = user_derived(() => t("param.tools.help"));
		About(node, {
			get name() {
				return get($0);
			},
			api: "tools",
			get text() {
				return get($1);
			},
			label,
			$$slots: { label: true }
		});
	}
	var node_1 = sibling(node, 2);
	var consequent = ($$anchor) => {
		var p = root_1$3();
		var text_2 = only_child(p, true);
		template_effect(($0) => set_text(text_2, $0), [() => t("tools.cannot")]);
		append($$anchor, p);
	};
	var d = user_derived(() => params().tools.length > 0 && get(card) && !get(card).can.includes("tools"));
	if_block(node_1, ($$render) => {
		if (get(d)) $$render(consequent);
	});
	var node_2 = sibling(node_1, 2);
	each(node_2, 17, () => params().tools, index, ($$anchor, text$2, i) => {
		const wrong = user_derived(() => fault(get(text$2)));
		var fragment = root_4$2();
		var textarea = first_child(fragment);
		remove_textarea_child(textarea);
		var div_1 = sibling(textarea, 2);
		var span_1 = child(div_1);
		var node_3 = child(span_1);
		var consequent_2 = ($$anchor) => {
			var fragment_1 = root_3$2();
			var node_4 = first_child(fragment_1);
			var consequent_1 = ($$anchor) => {
				var fragment_2 = root_2$2();
				var code = first_child(fragment_2);
				var text_3 = only_child(code, true);
				next();
				template_effect(() => set_text(text_3, get(wrong).path));
				append($$anchor, fragment_2);
			};
			if_block(node_4, ($$render) => {
				if (get(wrong).path !== "") $$render(consequent_1);
			});
			var text_4 = sibling(node_4);
			template_effect(($0) => set_text(text_4, ` ${$0 ?? ""}`), [() => t(get(wrong).why, { got: get(wrong).got })]);
			append($$anchor, fragment_1);
		};
		var alternate = ($$anchor) => {
			var text_5 = text();
			template_effect(($0) => set_text(text_5, $0), [() => t("tools.good")]);
			append($$anchor, text_5);
		};
		if_block(node_3, ($$render) => {
			if (get(wrong)) $$render(consequent_2);
			else $$render(alternate, -1);
		});
		reset(span_1);
		var button = sibling(span_1, 2);
		var text_6 = only_child(button, true);
		reset(div_1);
		template_effect(($0, $1, $2, $3) => {
			set_attribute(textarea, "aria-label", $0);
			set_attribute(textarea, "aria-invalid", get(wrong) !== null);
			set_attribute(textarea, "aria-describedby", `${id}-${i}`);
			set_attribute(span_1, "id", `${id}-${i}`);
			set_class(span_1, 1, clsx(get(wrong) ? "wrong" : "muted"), "svelte-s0efva");
			set_attribute(button, "aria-label", `${$1 ?? ""}: ${$2 ?? ""}`);
			set_text(text_6, $3);
		}, [
			() => t("tools.one", { n: i + 1 }),
			() => t("chat.remove"),
			() => t("tools.one", { n: i + 1 }),
			() => t("chat.remove")
		]);
		bind_value(textarea, () => get(text$2), (value) => params().tools = params().tools.with(i, value));
		delegated("click", button, () => params().tools = params().tools.toSpliced(i, 1));
		append($$anchor, fragment);
	});
	var node_5 = sibling(node_2, 2);
	var consequent_3 = ($$anchor) => {
		var button_1 = root_5$2();
		var text_7 = only_child(button_1, true);
		template_effect(($0) => set_text(text_7, $0), [() => t("tools.add")]);
		delegated("click", button_1, add);
		append($$anchor, button_1);
	};
	if_block(node_5, ($$render) => {
		if (params().tools.length < 16) $$render(consequent_3);
	});
	var node_6 = sibling(node_5, 2);
	var consequent_4 = ($$anchor) => {
		var fragment_4 = root_7$2();
		var label_1 = first_child(fragment_4);
		var text_8 = only_child(label_1, true);
		var select = sibling(label_1, 2);
		var option = child(select);
		var text_9 = only_child(option, true);
		option.value = option.__value = "auto";
		var option_1 = sibling(option);
		var text_10 = only_child(option_1, true);
		option_1.value = option_1.__value = "none";
		var option_2 = sibling(option_1);
		var text_11 = only_child(option_2, true);
		option_2.value = option_2.__value = "required";
		var node_7 = sibling(option_2);
		each(node_7, 16, () => get(names), (name) => name, ($$anchor, name) => {
			var option_3 = root_6$2();
			var text_12 = only_child(option_3, true);
			var option_3_value = {};
			template_effect(() => {
				set_text(text_12, name);
				if (option_3_value !== (option_3_value = name)) option_3.value = (option_3.__value = option_3_value) ?? "";
			});
			append($$anchor, option_3);
		});
		reset(select);
		init_select(select);
		template_effect(($0, $1, $2, $3) => {
			set_attribute(label_1, "for", `${id}-choice`);
			set_text(text_8, $0);
			set_attribute(select, "id", `${id}-choice`);
			set_text(text_9, $1);
			set_text(text_10, $2);
			set_text(text_11, $3);
		}, [
			() => t("tools.choice"),
			() => t("tools.choice.auto"),
			() => t("tools.choice.none"),
			() => t("tools.choice.required")
		]);
		bind_select_value(select, () => params().toolChoice, ($$value) => params().toolChoice = $$value);
		append($$anchor, fragment_4);
	};
	if_block(node_6, ($$render) => {
		if (get(names).length > 0) $$render(consequent_4);
	});
	reset(div);
	append($$anchor, div);
	pop();
}
delegate(["click"]);
// src/pages/playground/CallCard.svelte
var root$2 = from_html(`<label class="svelte-nqcvje"> </label> <textarea class="field mono" rows="1"></textarea> <div class="row"><button> </button></div>`, 1);
var root_1$2 = from_html(`<div class="call svelte-nqcvje" role="group"><p class="head svelte-nqcvje"><strong> </strong> <span class="muted"> </span></p> <pre class="svelte-nqcvje"> </pre> <!></div>`);
function CallCard($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	const open = user_derived(() => conversation.openCalls.some((other) => other.id === $$props.call.id));
	const last = user_derived(() => conversation.openCalls.length === 1);
	const written = user_derived(() => {
		try {
			return JSON.stringify(JSON.parse($$props.call.arguments), null, 2);
		} catch {
			return $$props.call.arguments;
		}
	});
	function answer() {
		conversation.answerCall($$props.call, conversation.results[$$props.call.id] ?? "");
	}
	var div = root_1$2();
	var p = child(div);
	var strong = child(p);
	var text = only_child(strong, true);
	var span = sibling(strong, 2);
	var text_1 = only_child(span, true);
	reset(p);
	var pre = sibling(p, 2);
	var text_2 = only_child(pre, true);
	var node = sibling(pre, 2);
	var consequent = ($$anchor) => {
		var fragment = root$2();
		var label = first_child(fragment);
		var text_3 = only_child(label, true);
		var textarea = sibling(label, 2);
		remove_textarea_child(textarea);
		set_attribute(textarea, "placeholder", "{\"ok\": true}");
		var div_1 = sibling(textarea, 2);
		var button = child(div_1);
		let classes;
		var text_4 = only_child(button, true);
		reset(div_1);
		template_effect(($0, $1) => {
			set_attribute(label, "for", id);
			set_text(text_3, $0);
			set_attribute(textarea, "id", id);
			classes = set_class(button, 1, "", null, classes, { primary: get(last) });
			set_text(text_4, $1);
		}, [() => t("call.result"), () => t(get(last) ? "call.send" : "call.add")]);
		delegated("keydown", textarea, (event) => {
			if (!submits(event)) return;
			event.preventDefault();
			answer();
		});
		bind_value(textarea, () => conversation.results[$$props.call.id] ?? "", (value) => {
			conversation.results = {
				...conversation.results,
				[$$props.call.id]: value
			};
			conversation.save();
		});
		delegated("click", button, answer);
		append($$anchor, fragment);
	};
	if_block(node, ($$render) => {
		if (get(open) && !conversation.running) $$render(consequent);
	});
	reset(div);
	template_effect(($0) => {
		set_attribute(div, "aria-label", `${$0 ?? ""} ${$$props.call.name ?? ""}`);
		set_text(text, $$props.call.name);
		set_text(text_1, $$props.call.id);
		set_text(text_2, get(written));
	}, [() => t("call.title")]);
	append($$anchor, div);
	pop();
}
delegate(["keydown", "click"]);
// src/pages/playground/TurnView.svelte
var root$1 = from_html(`<code> </code>`);
var root_1$1 = from_html(`<span class="versions svelte-1voai6e"><button class="plain svelte-1voai6e"><!></button> <span class="number"> </span> <button class="plain svelte-1voai6e"><!></button></span>`);
var root_2$1 = from_html(`<button class="plain svelte-1voai6e"> </button>`);
var root_3$1 = from_html(`<!> <button class="plain svelte-1voai6e"> </button> <button class="plain svelte-1voai6e"> </button> <button class="plain svelte-1voai6e"><!></button> <button class="plain svelte-1voai6e"><!></button> <button class="plain svelte-1voai6e"><!></button>`, 1);
var root_4$1 = from_html(`<textarea class="field svelte-1voai6e"></textarea> <div class="row svelte-1voai6e"><button class="primary svelte-1voai6e"> </button> <button class="svelte-1voai6e"> </button></div>`, 1);
var root_5$1 = from_html(`<p class="writing"> </p>`);
var root_6$1 = from_html(`<p class="muted"> </p>`);
var root_7$1 = from_html(`<p> </p>`);
var root_8$1 = from_html(`<li><div class="head svelte-1voai6e"><h2 class="svelte-1voai6e"> </h2> <!> <!> <span class="space"></span> <!></div> <!> <!></li>`);
function TurnView($$anchor, $$props) {
	push($$props, true);
	const said = user_derived(() => text$1($$props.turn));
	const cells = user_derived(() => $$props.turn.versions[$$props.turn.version]?.cells ?? []);
	const writing = user_derived(() => conversation.writing === $$props.turn.id);
	const calls = user_derived(() => $$props.turn.versions[$$props.turn.version]?.calls ?? []);
	const coloured = user_derived(() => conversation.params.show !== "off" && get(cells).length > 0);
	const lines = user_derived(() => get(coloured) ? layout(get(said), get(cells)) : []);
	let editing = state(false);
	let draft = state("");
	let area = state(void 0);
	let copied = state(false);
	async function edit() {
		set(draft, get(said), true);
		set(editing, true);
		await tick();
		get(area)?.focus();
	}
	function done() {
		if (get(draft) !== get(said)) conversation.edit($$props.turn.id, get(draft));
		set(editing, false);
	}
	function keyed(event) {
		const by = event.altKey ? {
			ArrowUp: -1,
			ArrowDown: 1
		}[event.key] : void 0;
		if (!by || conversation.running) return;
		event.preventDefault();
		conversation.move($$props.turn.id, by);
	}
	var li = root_8$1();
	var div = child(li);
	var h2 = child(div);
	var text_1 = only_child(h2, true);
	var node = sibling(h2, 2);
	var consequent = ($$anchor) => {
		var code = root$1();
		var text_2 = only_child(code, true);
		template_effect(() => set_text(text_2, $$props.turn.answers));
		append($$anchor, code);
	};
	if_block(node, ($$render) => {
		if ($$props.turn.answers !== void 0) $$render(consequent);
	});
	var node_1 = sibling(node, 2);
	var consequent_1 = ($$anchor) => {
		var span = root_1$1();
		var button = child(span);
		var node_2 = child(button);
		Icon(node_2, { name: "left" });
		reset(button);
		var span_1 = sibling(button, 2);
		var text_3 = only_child(span_1, true);
		var button_1 = sibling(span_1, 2);
		var node_3 = child(button_1);
		Icon(node_3, { name: "right" });
		reset(button_1);
		reset(span);
		template_effect(($0, $1, $2) => {
			set_attribute(button, "aria-label", $0);
			button.disabled = $$props.turn.version === 0 || conversation.running;
			set_text(text_3, $1);
			set_attribute(button_1, "aria-label", $2);
			button_1.disabled = $$props.turn.version === $$props.turn.versions.length - 1 || conversation.running;
		}, [
			() => t("play.previous"),
			() => t("play.version", {
				n: $$props.turn.version + 1,
				of: $$props.turn.versions.length
			}),
			() => t("play.next")
		]);
		delegated("click", button, () => conversation.show($$props.turn.id, $$props.turn.version - 1));
		delegated("click", button_1, () => conversation.show($$props.turn.id, $$props.turn.version + 1));
		append($$anchor, span);
	};
	if_block(node_1, ($$render) => {
		if ($$props.turn.versions.length > 1) $$render(consequent_1);
	});
	var node_4 = sibling(node_1, 4);
	var consequent_3 = ($$anchor) => {
		var fragment = root_3$1();
		var node_5 = first_child(fragment);
		var consequent_2 = ($$anchor) => {
			var button_2 = root_2$1();
			var text_4 = only_child(button_2, true);
			template_effect(($0) => set_text(text_4, $0), [() => t("play.again")]);
			delegated("click", button_2, () => void conversation.again($$props.turn.id));
			append($$anchor, button_2);
		};
		if_block(node_5, ($$render) => {
			if ($$props.turn.role === "assistant") $$render(consequent_2);
		});
		var button_3 = sibling(node_5, 2);
		var text_5 = only_child(button_3, true);
		var button_4 = sibling(button_3, 2);
		var text_6 = only_child(button_4, true);
		var button_5 = sibling(button_4, 2);
		var node_6 = child(button_5);
		Icon(node_6, { name: "up" });
		reset(button_5);
		var button_6 = sibling(button_5, 2);
		var node_7 = child(button_6);
		Icon(node_7, { name: "down" });
		reset(button_6);
		var button_7 = sibling(button_6, 2);
		var node_8 = child(button_7);
		Icon(node_8, { name: "close" });
		reset(button_7);
		template_effect(($0, $1, $2, $3, $4, $5, $6, $7) => {
			set_text(text_5, $0);
			set_text(text_6, $1);
			set_attribute(button_5, "aria-label", $2);
			set_attribute(button_5, "title", `${$3 ?? ""} (Alt+↑)`);
			button_5.disabled = $$props.at === 0;
			set_attribute(button_6, "aria-label", $4);
			set_attribute(button_6, "title", `${$5 ?? ""} (Alt+↓)`);
			button_6.disabled = $$props.at === $$props.of - 1;
			set_attribute(button_7, "aria-label", $6);
			set_attribute(button_7, "title", $7);
		}, [
			() => t("chat.edit"),
			() => t(get(copied) ? "copied" : "copy"),
			() => t("chat.up"),
			() => t("chat.up"),
			() => t("chat.down"),
			() => t("chat.down"),
			() => t("chat.remove"),
			() => t("chat.remove")
		]);
		delegated("click", button_3, edit);
		delegated("click", button_4, async () => set(copied, await copy(get(said)), true));
		delegated("click", button_5, () => conversation.move($$props.turn.id, -1));
		delegated("click", button_6, () => conversation.move($$props.turn.id, 1));
		delegated("click", button_7, () => conversation.remove($$props.turn.id));
		append($$anchor, fragment);
	};
	if_block(node_4, ($$render) => {
		if (!conversation.running) $$render(consequent_3);
	});
	reset(div);
	var node_9 = sibling(div, 2);
	var consequent_4 = ($$anchor) => {
		var fragment_1 = root_4$1();
		var textarea = first_child(fragment_1);
		remove_textarea_child(textarea);
		bind_this(textarea, ($$value) => set(area, $$value), () => get(area));
		var div_1 = sibling(textarea, 2);
		var button_8 = child(div_1);
		var text_7 = only_child(button_8, true);
		var button_9 = sibling(button_8, 2);
		var text_8 = only_child(button_9, true);
		reset(div_1);
		template_effect(($0, $1, $2) => {
			set_attribute(textarea, "aria-label", $0);
			set_text(text_7, $1);
			set_text(text_8, $2);
		}, [
			() => t("chat.edit"),
			() => t("chat.done"),
			() => t("cancel")
		]);
		delegated("keydown", textarea, (event) => {
			if (event.key === "Escape") set(editing, false);
			else if (submits(event)) done();
			else return;
			event.preventDefault();
			event.stopPropagation();
		});
		bind_value(textarea, () => get(draft), ($$value) => set(draft, $$value));
		delegated("click", button_8, done);
		delegated("click", button_9, () => set(editing, false));
		append($$anchor, fragment_1);
	};
	var consequent_5 = ($$anchor) => {
		Tokens($$anchor, {
			get lines() {
				return get(lines);
			},
			get cells() {
				return get(cells);
			},
			get show() {
				return conversation.params.show;
			},
			get running() {
				return get(writing);
			}
		});
	};
	var consequent_6 = ($$anchor) => {
		var fragment_3 = comment();
		var node_10 = first_child(fragment_3);
		await_block(node_10, () => __vitePreload(() => import("./Markdown.js"), __vite__mapDeps([0,1,2,3,4]), import.meta.url), ($$anchor) => {
			var p = root_5$1();
			var text_9 = only_child(p, true);
			template_effect(() => set_text(text_9, get(said)));
			append($$anchor, p);
		}, ($$anchor, $$source) => {
			var $$value = user_derived(() => {
				var { default: Markdown } = get($$source);
				return { Markdown };
			});
			var Markdown = user_derived(() => get($$value).Markdown);
			var fragment_4 = comment();
			var node_11 = first_child(fragment_4);
			component(node_11, () => get(Markdown), ($$anchor, Markdown_1) => {
				Markdown_1($$anchor, { get source() {
					return get(said);
				} });
			});
			append($$anchor, fragment_4);
		});
		append($$anchor, fragment_3);
	};
	var consequent_7 = ($$anchor) => {
		var p_1 = root_6$1();
		var text_10 = only_child(p_1, true);
		template_effect(($0) => set_text(text_10, $0), [() => t("status.loading")]);
		append($$anchor, p_1);
	};
	var consequent_8 = ($$anchor) => {
		var p_2 = root_7$1();
		let classes;
		var text_11 = only_child(p_2, true);
		template_effect(() => {
			classes = set_class(p_2, 1, "writing svelte-1voai6e", null, classes, { mono: $$props.turn.role === "tool" });
			set_text(text_11, get(said));
		});
		append($$anchor, p_2);
	};
	if_block(node_9, ($$render) => {
		if (get(editing)) $$render(consequent_4);
		else if (get(coloured)) $$render(consequent_5, 1);
		else if ($$props.turn.role === "assistant" && get(said) !== "") $$render(consequent_6, 2);
		else if (get(said) === "" && get(writing) && get(calls).length === 0) $$render(consequent_7, 3);
		else if (get(said) !== "") $$render(consequent_8, 4);
	});
	var node_12 = sibling(node_9, 2);
	each(node_12, 17, () => get(calls), (call) => call.id, ($$anchor, call) => {
		CallCard($$anchor, { get call() {
			return get(call);
		} });
	});
	reset(li);
	template_effect(($0) => {
		set_class(li, 1, clsx($$props.turn.role), "svelte-1voai6e");
		set_text(text_1, $0);
	}, [() => t(`role.${$$props.turn.role}`)]);
	delegated("keydown", li, keyed);
	append($$anchor, li);
	pop();
}
delegate(["keydown", "click"]);
// src/pages/playground/Chat.svelte
var root = from_html(`<!> <button class="plain"><!> </button> <button class="plain"> </button> <button class="plain"><!> </button> <button class="plain"> </button> <input hidden="" type="file" accept=".jsonl,.json"/> <button class="plain"> </button> <button class="plain"> </button>`, 1);
var root_1 = from_html(`<textarea class="field mono svelte-hmst82" rows="6"></textarea> <p class="wrong"> </p>`, 1);
var root_2 = from_html(`<div class="format svelte-hmst82"><span> </span> <!> <!></div> <!>`, 1);
var root_3 = from_html(`<p class="wrong svelte-hmst82" role="alert"> </p>`);
var root_4 = from_html(`<p class="empty muted svelte-hmst82"> </p>`);
var root_5 = from_html(`<ol class="bare"></ol>`);
var root_6 = from_html(`<button class="primary"> <kbd>Esc</kbd></button>`);
var root_7 = from_html(`<button class="primary"> <kbd>⏎</kbd></button>`);
var root_8 = from_html(`<div class="turns svelte-hmst82"><div class="system svelte-hmst82"><label class="svelte-hmst82"> </label> <textarea class="field svelte-hmst82" rows="1"></textarea></div> <!> <!> <!></div> <footer class="svelte-hmst82"><textarea class="field svelte-hmst82" rows="2"></textarea> <div class="row svelte-hmst82"><!> <button> </button> <button> </button> <span class="space"></span> <!></div> <p class="said svelte-hmst82" role="status"> </p></footer>`, 1);
var root_9 = from_html(`<!> <!>`, 1);
function Chat($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	const params = conversation.params;
	const EXAMPLE = "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}";
	const counting = new Counting();
	let draft;
	let file;
	let dialog = state(null);
	let turns;
	let wrong = state("");
	const full = user_derived(() => counting.tokens !== null && counting.context !== null && counting.tokens + params.maxTokens > counting.context);
	const schemaError = user_derived(() => {
		if (params.format !== "json_schema") return "";
		try {
			const fault = faultOf(JSON.parse(params.schema));
			if (!fault) return "";
			const why = t(fault.why, { got: fault.got });
			return fault.path === "" ? why : `${fault.path}: ${why}`;
		} catch (error) {
			return error instanceof Error ? error.message : String(error);
		}
	});
	const ready = user_derived(() => params.model !== "" && get(schemaError) === "" && !conversation.running);
	const canSend = user_derived(() => get(ready) && (conversation.draft.trim() !== "" || conversation.canAnswer));
	onMount(() => {
		const start = startOf("chat");
		conversation.readAddress();
		if (start) conversation.begin(start);
		draft.focus();
		return () => counting.stop();
	});
	user_effect(() => {
		const messages = conversation.messages();
		if (conversation.draft !== "") messages.push({
			role: "user",
			content: conversation.draft
		});
		if (conversation.running || messages.length === 0) counting.stop();
		else counting.messagesLater(params.model, messages, toolsOf(params));
	});
	user_effect(() => {
		conversation.system;
		conversation.draft;
		conversation.save();
	});
	user_effect(() => {
		conversation.turns;
		const rest = turns.scrollHeight - turns.scrollTop - turns.clientHeight;
		if (conversation.running && rest < 160) turns.scrollTop = turns.scrollHeight;
	});
	async function send() {
		if (!get(canSend)) return;
		const sent = conversation.send();
		turns.scrollTop = turns.scrollHeight;
		await sent;
	}
	function add(role) {
		if (conversation.draft.trim() !== "") conversation.add(role);
		draft.focus();
	}
	function keyed(event) {
		if (event.defaultPrevented || inDialog()) return;
		if (event.key === "Escape" && conversation.running) conversation.stop();
		else if (submits(event)) send();
		else return;
		event.preventDefault();
	}
	async function load() {
		const [chosen] = file.files ?? [];
		set(wrong, "");
		if (!chosen) return;
		try {
			conversation.load(fromJsonl(await chosen.text()));
		} catch (error) {
			if (!(error instanceof WrongLine)) throw error;
			const why = t(`jsonl.${error.why}`, {
				got: error.got,
				example: EXAMPLE
			});
			set(wrong, t("chat.wrongLine", {
				name: chosen.name,
				line: error.line,
				why
			}), true);
		}
		file.value = "";
	}
	function save() {
		download("examples.jsonl", toJsonl(conversation.messages()));
	}
	const said = user_derived(() => {
		if (conversation.running) return t("status.generating");
		if (conversation.ending === null || conversation.stats === null) return "";
		const tokens = counted("tokens.one", "tokens.many", conversation.stats.tokens);
		return t("status.done", {
			tokens,
			how: t(`status.${conversation.ending}`)
		});
	});
	var fragment = root_9();
	event("keydown", $window, keyed);
	var node = first_child(fragment);
	{
		const tools = ($$anchor) => {
			var fragment_1 = root();
			var node_1 = first_child(fragment_1);
			{
				let $0 = user_derived(() => get(ready) ? () => ({
					request: conversation.sent ?? conversation.next,
					sent: conversation.sent !== null
				}) : void 0);
				ModeTools(node_1, {
					mode: "chat",
					start: (withText) => conversation.start(withText),
					onopen: (start) => "messages" in start && conversation.begin(start),
					onmodel: (name) => params.model = name,
					get code() {
						return get($0);
					}
				});
			}
			var button = sibling(node_1, 2);
			var node_2 = child(button);
			Icon(node_2, { name: "clock" });
			var text = sibling(node_2, 1, true);
			reset(button);
			var button_1 = sibling(button, 2);
			var text_1 = only_child(button_1, true);
			var button_2 = sibling(button_1, 2);
			var node_3 = child(button_2);
			Icon(node_3, { name: "undo" });
			var text_2 = sibling(node_3, 1, true);
			reset(button_2);
			var button_3 = sibling(button_2, 2);
			var text_3 = only_child(button_3, true);
			var input = sibling(button_3, 2);
			bind_this(input, ($$value) => file = $$value, () => file);
			var button_4 = sibling(input, 2);
			var text_4 = only_child(button_4, true);
			var button_5 = sibling(button_4, 2);
			var text_5 = only_child(button_5, true);
			template_effect(($0, $1, $2, $3, $4, $5) => {
				set_text(text, $0);
				button_1.disabled = !get(ready) || conversation.next.messages.length === 0;
				set_text(text_1, $1);
				button_2.disabled = !conversation.canUndo;
				set_text(text_2, $2);
				set_text(text_3, $3);
				button_4.disabled = conversation.turns.length === 0;
				set_text(text_4, $4);
				button_5.disabled = conversation.turns.length === 0 || conversation.running;
				set_text(text_5, $5);
			}, [
				() => t("play.history"),
				() => t("prompt.show"),
				() => t("play.undo"),
				() => t("chat.import"),
				() => t("chat.export"),
				() => t("chat.new")
			]);
			delegated("click", button, () => set(dialog, "earlier"));
			delegated("click", button_1, () => set(dialog, "prompt"));
			delegated("click", button_2, () => conversation.undo());
			delegated("click", button_3, () => file.click());
			delegated("change", input, load);
			delegated("click", button_4, save);
			delegated("click", button_5, () => conversation.clear());
			append($$anchor, fragment_1);
		};
		const knobs = ($$anchor) => {
			{
				let $0 = user_derived(() => conversation.turns.at(-1)?.versions.at(-1)?.cells.at(-1)?.tokens.at(-1)?.top ?? []);
				Parameters($$anchor, {
					get params() {
						return params;
					},
					mode: "chat",
					get defaults() {
						return CHAT_DEFAULTS;
					},
					get context() {
						return counting.context;
					},
					get last() {
						return get($0);
					},
					colourless: false,
					onchange: () => conversation.saveParams(),
					children: ($$anchor, $$slotProps) => {
						var fragment_3 = root_2();
						var div = first_child(fragment_3);
						var span = child(div);
						var text_6 = only_child(span, true);
						var node_4 = sibling(span, 2);
						{
							let $0 = user_derived(() => t("param.format"));
							Segments(node_4, {
								get label() {
									return get($0);
								},
								get options() {
									return FORMATS;
								},
								names: (option) => t(`format.${option}`),
								get value() {
									return params.format;
								},
								set value($$value) {
									params.format = $$value;
								}
							});
						}
						var node_5 = sibling(node_4, 2);
						var consequent = ($$anchor) => {
							var fragment_4 = root_1();
							var textarea = first_child(fragment_4);
							remove_textarea_child(textarea);
							var p = sibling(textarea, 2);
							var text_7 = only_child(p, true);
							template_effect(($0) => {
								set_attribute(textarea, "aria-label", $0);
								set_attribute(textarea, "aria-invalid", get(schemaError) !== "");
								set_attribute(textarea, "aria-describedby", `${id}-schema`);
								set_attribute(p, "id", `${id}-schema`);
								set_text(text_7, get(schemaError));
							}, [() => t("format.json_schema")]);
							bind_value(textarea, () => params.schema, ($$value) => params.schema = $$value);
							append($$anchor, fragment_4);
						};
						if_block(node_5, ($$render) => {
							if (params.format === "json_schema") $$render(consequent);
						});
						reset(div);
						ToolsEditor(sibling(div, 2), { get params() {
							return params;
						} });
						template_effect(($0) => set_text(text_6, $0), [() => t("param.format")]);
						append($$anchor, fragment_3);
					},
					$$slots: { default: true }
				});
			}
		};
		let $0 = user_derived(() => t("mode.chat"));
		Frame(node, {
			get name() {
				return get($0);
			},
			tools,
			knobs,
			children: ($$anchor, $$slotProps) => {
				var fragment_5 = root_8();
				var div_1 = first_child(fragment_5);
				var div_2 = child(div_1);
				var label = child(div_2);
				var text_8 = only_child(label, true);
				var textarea_1 = sibling(label, 2);
				remove_textarea_child(textarea_1);
				reset(div_2);
				var node_7 = sibling(div_2, 2);
				var consequent_1 = ($$anchor) => {
					var p_1 = root_3();
					var text_9 = only_child(p_1, true);
					template_effect(() => set_text(text_9, get(wrong)));
					append($$anchor, p_1);
				};
				if_block(node_7, ($$render) => {
					if (get(wrong)) $$render(consequent_1);
				});
				var node_8 = sibling(node_7, 2);
				var consequent_2 = ($$anchor) => {
					var p_2 = root_4();
					var text_10 = only_child(p_2, true);
					template_effect(($0) => set_text(text_10, $0), [() => t("chat.empty")]);
					append($$anchor, p_2);
				};
				var alternate = ($$anchor) => {
					var ol = root_5();
					each(ol, 23, () => conversation.turns, (turn) => turn.id, ($$anchor, turn, i) => {
						TurnView($$anchor, {
							get turn() {
								return get(turn);
							},
							get at() {
								return get(i);
							},
							get of() {
								return conversation.turns.length;
							}
						});
					});
					reset(ol);
					append($$anchor, ol);
				};
				if_block(node_8, ($$render) => {
					if (conversation.turns.length === 0) $$render(consequent_2);
					else $$render(alternate, -1);
				});
				var node_9 = sibling(node_8, 2);
				var consequent_3 = ($$anchor) => {
					Failed($$anchor, {
						get failure() {
							return conversation.failure;
						},
						again: () => void send()
					});
				};
				if_block(node_9, ($$render) => {
					if (conversation.failure) $$render(consequent_3);
				});
				reset(div_1);
				bind_this(div_1, ($$value) => turns = $$value, () => turns);
				var footer = sibling(div_1, 2);
				var textarea_2 = child(footer);
				remove_textarea_child(textarea_2);
				bind_this(textarea_2, ($$value) => draft = $$value, () => draft);
				var div_3 = sibling(textarea_2, 2);
				var node_10 = child(div_3);
				var consequent_4 = ($$anchor) => {
					var button_6 = root_6();
					var text_11 = child(button_6);
					next();
					reset(button_6);
					template_effect(($0) => set_text(text_11, `${$0 ?? ""} `), [() => t("play.stop")]);
					delegated("click", button_6, () => conversation.stop());
					append($$anchor, button_6);
				};
				var alternate_1 = ($$anchor) => {
					var button_7 = root_7();
					var text_12 = child(button_7);
					next();
					reset(button_7);
					template_effect(($0) => {
						button_7.disabled = !get(canSend);
						set_text(text_12, `${$0 ?? ""} `);
					}, [() => t("chat.send")]);
					delegated("click", button_7, send);
					append($$anchor, button_7);
				};
				if_block(node_10, ($$render) => {
					if (conversation.running) $$render(consequent_4);
					else $$render(alternate_1, -1);
				});
				var button_8 = sibling(node_10, 2);
				var text_13 = only_child(button_8, true);
				var button_9 = sibling(button_8, 2);
				var text_14 = only_child(button_9, true);
				var node_11 = sibling(button_9, 4);
				{
					let $0 = user_derived(() => conversation.running ? null : counting.tokens);
					Numbers(node_11, {
						get stats() {
							return conversation.stats;
						},
						get tokens() {
							return get($0);
						},
						get context() {
							return counting.context;
						},
						get full() {
							return get(full);
						}
					});
				}
				reset(div_3);
				var p_3 = sibling(div_3, 2);
				var text_15 = only_child(p_3, true);
				reset(footer);
				template_effect(($0, $1, $2, $3, $4, $5, $6, $7) => {
					set_attribute(label, "for", `${id}-system`);
					set_text(text_8, $0);
					set_attribute(textarea_1, "id", `${id}-system`);
					set_attribute(textarea_1, "placeholder", $1);
					set_attribute(textarea_2, "aria-label", $2);
					set_attribute(textarea_2, "placeholder", $3);
					button_8.disabled = $4;
					set_text(text_13, $5);
					button_9.disabled = $6;
					set_text(text_14, $7);
					set_text(text_15, get(said));
				}, [
					() => t("role.system"),
					() => t("chat.systemPlaceholder"),
					() => t("chat.message"),
					() => t("chat.placeholder"),
					() => conversation.draft.trim() === "",
					() => t("chat.addUser"),
					() => conversation.draft.trim() === "",
					() => t("chat.addAssistant")
				]);
				bind_value(textarea_1, () => conversation.system, ($$value) => conversation.system = $$value);
				delegated("keydown", textarea_2, (event) => {
					if (!sends(event)) return;
					event.preventDefault();
					send();
				});
				bind_value(textarea_2, () => conversation.draft, ($$value) => conversation.draft = $$value);
				delegated("click", button_8, () => add("user"));
				delegated("click", button_9, () => add("assistant"));
				append($$anchor, fragment_5);
			},
			$$slots: {
				tools: true,
				knobs: true,
				default: true
			}
		});
	}
	var node_12 = sibling(node, 2);
	var consequent_5 = ($$anchor) => {
		var fragment_8 = comment();
		var node_13 = first_child(fragment_8);
		await_block(node_13, () => __vitePreload(() => import("./ConversationsDialog.js"), __vite__mapDeps([5,1,2,6,7,8]), import.meta.url), null, ($$anchor, $$source) => {
			var $$value = user_derived(() => {
				var { default: ConversationsDialog } = get($$source);
				return { ConversationsDialog };
			});
			var ConversationsDialog = user_derived(() => get($$value).ConversationsDialog);
			var fragment_9 = comment();
			var node_14 = first_child(fragment_9);
			component(node_14, () => get(ConversationsDialog), ($$anchor, ConversationsDialog_1) => {
				ConversationsDialog_1($$anchor, { onclose: () => set(dialog, null) });
			});
			append($$anchor, fragment_9);
		});
		append($$anchor, fragment_8);
	};
	var consequent_6 = ($$anchor) => {
		var fragment_10 = comment();
		var node_15 = first_child(fragment_10);
		await_block(node_15, () => __vitePreload(() => import("./PromptDialog.js"), __vite__mapDeps([9,1,2,3,10]), import.meta.url), null, ($$anchor, $$source) => {
			var $$value = user_derived(() => {
				var { default: PromptDialog } = get($$source);
				return { PromptDialog };
			});
			var PromptDialog = user_derived(() => get($$value).PromptDialog);
			var fragment_11 = comment();
			var node_16 = first_child(fragment_11);
			component(node_16, () => get(PromptDialog), ($$anchor, PromptDialog_1) => {
				PromptDialog_1($$anchor, {
					get request() {
						return conversation.next;
					},
					onclose: () => set(dialog, null)
				});
			});
			append($$anchor, fragment_11);
		});
		append($$anchor, fragment_10);
	};
	if_block(node_12, ($$render) => {
		if (get(dialog) === "earlier") $$render(consequent_5);
		else if (get(dialog) === "prompt") $$render(consequent_6, 1);
	});
	append($$anchor, fragment);
	pop();
}
delegate([
	"click",
	"change",
	"keydown"
]);
export { Chat as default };
