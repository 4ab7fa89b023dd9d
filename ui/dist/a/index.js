const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["./Models.js","./shared.js","./shared.css","./platform.js","./Page.css","./Models.css","./Files.js","./Files.css","./Keys.js","./shared2.js","./Keys.css","./Usage.js","./shared3.js","./Usage.css","./Logs.js","./Logs.css","./Settings.js","./Settings.css","./Candidates.js","./Candidates.css","./HistoryDialog.js","./HistoryDialog.css","./Chat.js","./shared4.js","./shared5.js","./Chat.css","./Code.js","./shared6.js","./Code.css","./Embeddings.js","./Embeddings.css","./Compare.js","./Compare.css","./Examples.js","./Examples.css","./Presets.js","./Presets.css","./KeyDialog.js","./KeyDialog.css","./Palette.js","./Palette.css"])))=>i.map(i=>d[i]);
import { $ as DEFAULTS, $t as component, An as user_derived, At as recall, Cn as child, Dn as proxy, Dt as t, En as sibling, Fn as next, Ft as commands, In as reset, Lt as onMount, Mn as pop, Nn as push, Nt as href, On as set, Ot as __vitePreload, Pt as router, Q as Icon, S as Counting, Sn as $window, St as counted, Tn as only_child, Tt as number, Wt as set_attribute, _ as ModeTools, _n as get, an as await_block, at as presets, b as Failed, bn as user_effect, bt as key, cn as append, d as Parameters, dt as open, ft as startOf, g as Numbers, gn as event, gt as inDialog, hn as delegated, i as session, in as if_block, it as theme, jt as connection, kn as state, kt as keep, ln as comment, mn as delegate, n as Tokens, on as mount, ot as link, pt as MOD, sn as set_text, st as MODES, tn as each, un as from_html, v as models, wn as first_child, wt as language, xn as user_pre_effect, xt as LANGUAGES, y as Frame, yn as template_effect, yt as submits, zt as bind_this } from "./shared.js";
// src/pages/platform/pages.ts
var PLATFORM = [
	{
		path: "/models",
		icon: "models",
		name: "app.page.models",
		load: () => __vitePreload(() => import("./Models.js"), __vite__mapDeps([0,1,2,3,4,5]), import.meta.url)
	},
	{
		path: "/files",
		icon: "files",
		name: "app.page.files",
		load: () => __vitePreload(() => import("./Files.js"), __vite__mapDeps([6,1,2,3,4,7]), import.meta.url)
	},
	{
		path: "/keys",
		icon: "key",
		name: "app.page.keys",
		load: () => __vitePreload(() => import("./Keys.js"), __vite__mapDeps([8,1,2,3,4,9,10]), import.meta.url)
	},
	{
		path: "/usage",
		icon: "usage",
		name: "app.page.usage",
		load: () => __vitePreload(() => import("./Usage.js"), __vite__mapDeps([11,1,2,3,4,12,13]), import.meta.url)
	},
	{
		path: "/logs",
		icon: "logs",
		name: "app.page.logs",
		load: () => __vitePreload(() => import("./Logs.js"), __vite__mapDeps([14,1,2,3,4,12,15]), import.meta.url)
	},
	{
		path: "/settings",
		icon: "settings",
		name: "app.page.settings",
		load: () => __vitePreload(() => import("./Settings.js"), __vite__mapDeps([16,1,2,3,4,17]), import.meta.url)
	}
];
function platformPage(path) {
	return PLATFORM.find((page) => path === page.path || path.startsWith(`${page.path}/`));
}
// src/pages/playground/hints.svelte.ts
var ORDER = [
	"submit",
	"click",
	"branch",
	"more"
];
var Hints = class {
	#next = state(proxy(recall("hints", 0)));
	get now() {
		return ORDER[get(this.#next)] ?? null;
	}
	get first() {
		return get(this.#next) === 0;
	}
	did(action) {
		if (this.now === action) this.#set(get(this.#next) + 1);
	}
	dismiss() {
		this.#set(ORDER.length);
	}
	#set(next) {
		set(this.#next, next, true);
		keep("hints", next);
	}
};
var hints = new Hints();
// src/pages/playground/Surface.svelte
var root$2 = from_html(`<div class="scroller svelte-1pbvs33"><div class="stack svelte-1pbvs33"><!> <textarea class="writing svelte-1pbvs33" spellcheck="false" autocapitalize="off"></textarea></div></div>`);
function Surface($$anchor, $$props) {
	push($$props, true);
	const text = session.document;
	const branches = {
		can: (...to) => session.branched(...to) !== null,
		take: (...to) => {
			hints.did("branch");
			session.branch(...to);
		}
	};
	let scroller;
	let area;
	let tokens;
	let atEnd = true;
	user_pre_effect(() => {
		text.lines;
		if (scroller) atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 48;
	});
	user_effect(() => {
		text.lines;
		if (session.running && atEnd) scroller.scrollTop = scroller.scrollHeight;
	});
	user_effect(() => {
		if (session.running || area.value === text.text) return;
		area.value = text.text;
		if (document.activeElement === area) area.setSelectionRange(text.text.length, text.text.length);
	});
	function clicked(event) {
		if (!(area.selectionStart !== area.selectionEnd) && session.params.show !== "off") tokens.openAt(event.clientX, event.clientY);
		else tokens.close();
	}
	function focus() {
		area.focus();
	}
	var $$exports = { focus };
	var div = root$2();
	var div_1 = child(div);
	var node = child(div_1);
	bind_this(Tokens(node, {
		get lines() {
			return text.lines;
		},
		get cells() {
			return text.cells;
		},
		get show() {
			return session.params.show;
		},
		get running() {
			return session.running;
		},
		get branches() {
			return branches;
		},
		onopen: () => hints.did("click")
	}), ($$value) => tokens = $$value, () => tokens);
	var textarea = sibling(node, 2);
	bind_this(textarea, ($$value) => area = $$value, () => area);
	reset(div_1);
	reset(div);
	bind_this(div, ($$value) => scroller = $$value, () => scroller);
	template_effect(($0, $1) => {
		set_attribute(textarea, "aria-label", $0);
		set_attribute(textarea, "placeholder", $1);
		textarea.readOnly = session.running;
	}, [() => t("play.text"), () => t("play.placeholder")]);
	delegated("input", textarea, () => {
		tokens.close();
		session.edit(area.value);
	});
	delegated("click", textarea, clicked);
	delegated("keydown", textarea, (event) => {
		if (event.key === "Escape") tokens.close();
		if (!submits(event)) return;
		event.preventDefault();
		$$props.onsubmit();
	});
	append($$anchor, div);
	return pop($$exports);
}
delegate([
	"input",
	"click",
	"keydown"
]);
// src/pages/playground/Complete.svelte
var root$1 = from_html(`<button class="plain"><!> </button>`);
var root_1$1 = from_html(`<p class="hint svelte-6ar501"><span> </span> <button class="plain svelte-6ar501"> </button></p>`);
var root_2$1 = from_html(`<button class="primary"> <kbd>Esc</kbd></button>`);
var root_3$1 = from_html(`<button class="primary"> <kbd> </kbd></button>`);
var root_4$1 = from_html(`<span class="versions svelte-6ar501"><button class="plain"><!></button> <span class="number"> </span> <button class="plain"><!></button></span>`);
var root_5$1 = from_html(`<p class="warning svelte-6ar501"> </p>`);
var root_6 = from_html(`<!> <!> <!> <!> <footer class="svelte-6ar501"><!> <button><!> </button> <button><!> </button> <!> <span class="space"></span> <!></footer> <!> <p class="said svelte-6ar501" role="status"> </p>`, 1);
var root_7 = from_html(`<!> <!>`, 1);
function Complete($$anchor, $$props) {
	push($$props, true);
	let surface;
	let history = state(false);
	let patient = state(false);
	const counting = new Counting();
	const full = user_derived(() => counting.tokens !== null && counting.context !== null && counting.tokens + session.params.maxTokens > counting.context);
	onMount(() => {
		const start = startOf("complete");
		session.readAddress();
		if (start) session.begin(start);
		else if (hints.first && session.document.text === "") session.edit(t("play.example"));
		surface.focus();
		return () => counting.stop();
	});
	user_effect(() => {
		if (!session.running) counting.later(session.params.model, session.document.text);
		else counting.stop();
	});
	user_effect(() => {
		const waits = session.running && session.stats === null;
		const timer = setTimeout(() => set(patient, waits, true), waits ? 150 : 0);
		return () => clearTimeout(timer);
	});
	async function submit() {
		if (session.running || session.params.model === "") return;
		hints.did("submit");
		await session.submit();
	}
	function keyed(event) {
		if (event.defaultPrevented || inDialog()) return;
		if (event.key === "Escape" && session.running) session.stop();
		else if (submits(event)) submit();
		else return;
		event.preventDefault();
	}
	const said = user_derived(() => {
		if (session.running) {
			const finished = session.answers.filter((answer) => answer.finished).length;
			if (session.params.bestOf > 1 && session.answers.length > 0) return t("status.candidates", {
				done: finished,
				of: session.answers.length
			});
			return t(get(patient) ? "status.loading" : "status.generating");
		}
		if (session.ending === null || session.stats === null) return "";
		const tokens = counted("tokens.one", "tokens.many", session.stats.tokens);
		return t("status.done", {
			tokens,
			how: t(`status.${session.ending}`)
		});
	});
	var fragment = root_7();
	event("keydown", $window, keyed);
	var node = first_child(fragment);
	{
		const tools = ($$anchor) => {
			ModeTools($$anchor, {
				mode: "complete",
				start: (withText) => session.start(withText),
				onopen: (start) => "prompt" in start && session.begin(start),
				onmodel: (name) => session.params.model = name,
				code: () => ({
					request: session.sent ?? session.next,
					sent: session.sent !== null
				}),
				onview: () => hints.did("more"),
				children: ($$anchor, $$slotProps) => {
					var button = root$1();
					var node_1 = child(button);
					Icon(node_1, { name: "clock" });
					var text = sibling(node_1, 1, true);
					reset(button);
					template_effect(($0) => set_text(text, $0), [() => t("play.history")]);
					delegated("click", button, () => set(history, true));
					append($$anchor, button);
				},
				$$slots: { default: true }
			});
		};
		const knobs = ($$anchor) => {
			{
				let $0 = user_derived(() => session.document.cells.at(-1)?.tokens.at(-1)?.top ?? []);
				let $1 = user_derived(() => !session.running && session.sent !== null && session.document.cells.length === 0);
				Parameters($$anchor, {
					get params() {
						return session.params;
					},
					mode: "complete",
					get defaults() {
						return DEFAULTS;
					},
					get context() {
						return counting.context;
					},
					get last() {
						return get($0);
					},
					get colourless() {
						return get($1);
					},
					onchange: () => session.saveParams()
				});
			}
		};
		let $0 = user_derived(() => t("mode.complete"));
		Frame(node, {
			get name() {
				return get($0);
			},
			tools,
			knobs,
			children: ($$anchor, $$slotProps) => {
				var fragment_3 = root_6();
				var node_2 = first_child(fragment_3);
				var consequent = ($$anchor) => {
					var p = root_1$1();
					var span = child(p);
					var text_1 = only_child(span, true);
					var button_1 = sibling(span, 2);
					var text_2 = only_child(button_1, true);
					reset(p);
					template_effect(($0, $1) => {
						set_text(text_1, $0);
						set_text(text_2, $1);
					}, [() => t(`hint.${hints.now}`, { key: `${MOD}+Enter` }), () => t("hint.dismiss")]);
					delegated("click", button_1, () => hints.dismiss());
					append($$anchor, p);
				};
				if_block(node_2, ($$render) => {
					if (hints.now && !session.running) $$render(consequent);
				});
				var node_3 = sibling(node_2, 2);
				bind_this(Surface(node_3, { onsubmit: submit }), ($$value) => surface = $$value, () => surface);
				var node_4 = sibling(node_3, 2);
				var consequent_1 = ($$anchor) => {
					var fragment_4 = comment();
					var node_5 = first_child(fragment_4);
					await_block(node_5, () => __vitePreload(() => import("./Candidates.js"), __vite__mapDeps([18,1,2,19]), import.meta.url), null, ($$anchor, $$source) => {
						var $$value = user_derived(() => {
							var { default: Candidates } = get($$source);
							return { Candidates };
						});
						var Candidates = user_derived(() => get($$value).Candidates);
						var fragment_5 = comment();
						var node_6 = first_child(fragment_5);
						component(node_6, () => get(Candidates), ($$anchor, Candidates_1) => {
							Candidates_1($$anchor, {});
						});
						append($$anchor, fragment_5);
					});
					append($$anchor, fragment_4);
				};
				if_block(node_4, ($$render) => {
					if (session.answers.length > 1) $$render(consequent_1);
				});
				var node_7 = sibling(node_4, 2);
				var consequent_2 = ($$anchor) => {
					Failed($$anchor, {
						get failure() {
							return session.failure;
						},
						again: () => void submit()
					});
				};
				if_block(node_7, ($$render) => {
					if (session.failure) $$render(consequent_2);
				});
				var footer = sibling(node_7, 2);
				var node_8 = child(footer);
				var consequent_3 = ($$anchor) => {
					var button_2 = root_2$1();
					var text_3 = child(button_2);
					next();
					reset(button_2);
					template_effect(($0) => set_text(text_3, `${$0 ?? ""} `), [() => t("play.stop")]);
					delegated("click", button_2, () => session.stop());
					append($$anchor, button_2);
				};
				var alternate = ($$anchor) => {
					var button_3 = root_3$1();
					var text_4 = child(button_3);
					var kbd = sibling(text_4);
					var text_5 = only_child(kbd);
					reset(button_3);
					template_effect(($0) => {
						button_3.disabled = session.params.model === "";
						set_text(text_4, `${$0 ?? ""} `);
						set_text(text_5, `${MOD ?? ""} ⏎`);
					}, [() => t("play.submit")]);
					delegated("click", button_3, submit);
					append($$anchor, button_3);
				};
				if_block(node_8, ($$render) => {
					if (session.running) $$render(consequent_3);
					else $$render(alternate, -1);
				});
				var button_4 = sibling(node_8, 2);
				var node_9 = child(button_4);
				Icon(node_9, { name: "undo" });
				var text_6 = sibling(node_9, 1, true);
				reset(button_4);
				var button_5 = sibling(button_4, 2);
				var node_10 = child(button_5);
				Icon(node_10, { name: "again" });
				var text_7 = sibling(node_10, 1, true);
				reset(button_5);
				var node_11 = sibling(button_5, 2);
				var consequent_4 = ($$anchor) => {
					var span_1 = root_4$1();
					var button_6 = child(span_1);
					var node_12 = child(button_6);
					Icon(node_12, { name: "left" });
					reset(button_6);
					var span_2 = sibling(button_6, 2);
					var text_8 = only_child(span_2, true);
					var button_7 = sibling(span_2, 2);
					var node_13 = child(button_7);
					Icon(node_13, { name: "right" });
					reset(button_7);
					reset(span_1);
					template_effect(($0, $1, $2) => {
						set_attribute(button_6, "aria-label", $0);
						button_6.disabled = session.version === 0 || session.running;
						set_text(text_8, $1);
						set_attribute(button_7, "aria-label", $2);
						button_7.disabled = session.version === session.versions.length - 1 || session.running;
					}, [
						() => t("play.previous"),
						() => t("play.version", {
							n: session.version + 1,
							of: session.versions.length
						}),
						() => t("play.next")
					]);
					delegated("click", button_6, () => session.show(session.version - 1));
					delegated("click", button_7, () => session.show(session.version + 1));
					append($$anchor, span_1);
				};
				if_block(node_11, ($$render) => {
					if (session.versions.length > 1) $$render(consequent_4);
				});
				var node_14 = sibling(node_11, 4);
				{
					let $0 = user_derived(() => session.running ? null : counting.tokens);
					Numbers(node_14, {
						get stats() {
							return session.stats;
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
				reset(footer);
				var node_15 = sibling(footer, 2);
				var consequent_5 = ($$anchor) => {
					var p_1 = root_5$1();
					var text_9 = only_child(p_1, true);
					template_effect(($0) => set_text(text_9, $0), [() => t("status.context", {
						used: number(counting.tokens),
						context: number(counting.context)
					})]);
					append($$anchor, p_1);
				};
				if_block(node_15, ($$render) => {
					if (get(full) && counting.tokens !== null && counting.context !== null && !session.running) $$render(consequent_5);
				});
				var p_2 = sibling(node_15, 2);
				var text_10 = only_child(p_2, true);
				template_effect(($0, $1) => {
					button_4.disabled = !session.canUndo;
					set_text(text_6, $0);
					button_5.disabled = !session.canRepeat;
					set_text(text_7, $1);
					set_text(text_10, get(said));
				}, [() => t("play.undo"), () => t("play.again")]);
				delegated("click", button_4, () => session.undo());
				delegated("click", button_5, () => void session.again());
				append($$anchor, fragment_3);
			},
			$$slots: {
				tools: true,
				knobs: true,
				default: true
			}
		});
	}
	var node_16 = sibling(node, 2);
	var consequent_6 = ($$anchor) => {
		var fragment_7 = comment();
		var node_17 = first_child(fragment_7);
		await_block(node_17, () => __vitePreload(() => import("./HistoryDialog.js"), __vite__mapDeps([20,1,2,21]), import.meta.url), null, ($$anchor, $$source) => {
			var $$value = user_derived(() => {
				var { default: HistoryDialog } = get($$source);
				return { HistoryDialog };
			});
			var HistoryDialog = user_derived(() => get($$value).HistoryDialog);
			var fragment_8 = comment();
			var node_18 = first_child(fragment_8);
			component(node_18, () => get(HistoryDialog), ($$anchor, HistoryDialog_1) => {
				HistoryDialog_1($$anchor, { onclose: () => set(history, false) });
			});
			append($$anchor, fragment_8);
		});
		append($$anchor, fragment_7);
	};
	if_block(node_16, ($$render) => {
		if (get(history)) $$render(consequent_6);
	});
	append($$anchor, fragment);
	pop();
}
delegate(["click"]);
// src/App.svelte
var root = from_html(`<a class="svelte-1n46o8q"><!><span class="svelte-1n46o8q"> </span></a>`);
var root_1 = from_html(`<div class="down svelte-1n46o8q" role="alert"><span> </span> <button> </button></div>`);
var root_2 = from_html(`<div class="fill svelte-1n46o8q"><!></div>`);
var root_3 = from_html(`<div class="missing svelte-1n46o8q"><p> </p> <button> </button></div>`);
var root_4 = from_html(`<div class="missing svelte-1n46o8q"><h1> </h1> <p><code> </code></p> <a class="button"> </a></div>`);
var root_5 = from_html(`<a class="skip svelte-1n46o8q" href="#work"> </a> <div class="frame svelte-1n46o8q"><nav class="svelte-1n46o8q"><a class="brand svelte-1n46o8q"><svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true" class="svelte-1n46o8q"><path d="M4 12 16 5l12 7zM7 14h4v9H7zm7 0h4v9h-4zm7 0h4v9h-4zM4 25h24v3H4z"></path></svg> <span class="svelte-1n46o8q">Lyceum</span></a> <div class="pages svelte-1n46o8q"><a class="svelte-1n46o8q"><!><span class="svelte-1n46o8q"> </span></a> <a class="svelte-1n46o8q"><!><span class="svelte-1n46o8q"> </span></a> <a class="svelte-1n46o8q"><!><span class="svelte-1n46o8q"> </span></a> <hr class="svelte-1n46o8q"/> <!></div> <div class="ends svelte-1n46o8q"><button class="plain svelte-1n46o8q"><!><span class="svelte-1n46o8q"> </span></button> <button class="plain svelte-1n46o8q"><!><span class="svelte-1n46o8q"><span class="unseen"> </span> </span></button> <button class="plain svelte-1n46o8q"><span class="glyph svelte-1n46o8q" aria-hidden="true">文</span><span class="svelte-1n46o8q"> </span></button></div></nav> <main id="work" class="svelte-1n46o8q"><!> <!> <!></main></div> <!> <!>`, 1);
function App($$anchor, $$props) {
	push($$props, true);
	const HOME = "/playground/complete";
	const EXAMPLES = "/examples";
	const PRESETS = "/presets";
	const LATER = new Map([
		["/playground/chat", () => __vitePreload(() => import("./Chat.js"), __vite__mapDeps([22,1,2,23,24,9,25]), import.meta.url)],
		["/playground/code", () => __vitePreload(() => import("./Code.js"), __vite__mapDeps([26,1,2,27,28]), import.meta.url)],
		["/playground/embeddings", () => __vitePreload(() => import("./Embeddings.js"), __vite__mapDeps([29,1,2,9,23,30]), import.meta.url)],
		["/playground/compare", () => __vitePreload(() => import("./Compare.js"), __vite__mapDeps([31,1,2,27,23,32]), import.meta.url)],
		[EXAMPLES, () => __vitePreload(() => import("./Examples.js"), __vite__mapDeps([33,1,2,34]), import.meta.url)],
		[PRESETS, () => __vitePreload(() => import("./Presets.js"), __vite__mapDeps([35,1,2,36]), import.meta.url)]
	]);
	const platform = user_derived(() => platformPage(router.path));
	const later = user_derived(() => LATER.get(router.path) ?? get(platform)?.load);
	const inPlayground = user_derived(() => router.path.startsWith("/playground"));
	const other = user_derived(() => language.now === "en" ? "zh" : "en");
	user_effect(() => {
		if (router.path === "/" || router.path === "/playground") router.go(HOME, "replace");
	});
	user_effect(() => {
		const titles = {
			[EXAMPLES]: t("app.examples"),
			[PRESETS]: t("app.presets")
		};
		const name = get(inPlayground) ? t("app.playground") : titles[router.path] ?? "";
		const title = get(platform) ? t(get(platform).name) : name;
		document.title = title === "" ? "Lyceum" : `${title} · Lyceum`;
	});
	let palette = state(false);
	function everywhere() {
		const page = (path, name) => ({
			name,
			kind: t("palette.page"),
			run: () => router.go(path)
		});
		const action = (name, run) => ({
			name,
			kind: t("palette.action"),
			run
		});
		return [
			...MODES.map((mode) => page(`/playground/${mode}`, t(`mode.${mode}`))),
			page(EXAMPLES, t("app.examples")),
			page(PRESETS, t("app.presets")),
			...PLATFORM.map(({ path, name }) => page(path, t(name))),
			...presets.all.map(({ name, start }) => ({
				name,
				kind: t("palette.preset"),
				run: () => open(start)
			})),
			action(t("app.key"), () => key.wanted = ""),
			action(`${t("app.theme")}: ${t(`theme.${theme.now}`)}`, () => theme.next()),
			action(LANGUAGES[get(other)], () => void language.choose(get(other)))
		];
	}
	function keyed(event) {
		if (event.key === "k" && (event.ctrlKey || event.metaKey) && !inDialog()) {
			event.preventDefault();
			presets.read();
			set(palette, true);
		}
		if (event.key !== "F6") return;
		event.preventDefault();
		const regions = [...document.querySelectorAll("nav, main section, main aside")];
		regions[(regions.findIndex((region) => region.contains(document.activeElement)) + (event.shiftKey ? -1 : 1) + regions.length) % regions.length]?.querySelector("textarea, a, button, select, input")?.focus();
	}
	var fragment = root_5();
	event("keydown", $window, keyed);
	var a = first_child(fragment);
	var text = only_child(a, true);
	var div = sibling(a, 2);
	var nav = child(div);
	var a_1 = child(nav);
	var div_1 = sibling(a_1, 2);
	var a_2 = child(div_1);
	var node = child(a_2);
	Icon(node, { name: "play" });
	var span = sibling(node);
	var text_1 = only_child(span, true);
	reset(a_2);
	var a_3 = sibling(a_2, 2);
	var node_1 = child(a_3);
	Icon(node_1, { name: "examples" });
	var span_1 = sibling(node_1);
	var text_2 = only_child(span_1, true);
	reset(a_3);
	var a_4 = sibling(a_3, 2);
	var node_2 = child(a_4);
	Icon(node_2, { name: "preset" });
	var span_2 = sibling(node_2);
	var text_3 = only_child(span_2, true);
	reset(a_4);
	var node_3 = sibling(a_4, 4);
	each(node_3, 17, () => PLATFORM, ({ path, icon, name }) => path, ($$anchor, $$item) => {
		let path = () => get($$item).path;
		let icon = () => get($$item).icon;
		let name = () => get($$item).name;
		var a_5 = root();
		var node_4 = child(a_5);
		Icon(node_4, { get name() {
			return icon();
		} });
		var span_3 = sibling(node_4);
		var text_4 = only_child(span_3, true);
		reset(a_5);
		template_effect(($0, $1) => {
			set_attribute(a_5, "href", $0);
			set_attribute(a_5, "aria-current", get(platform)?.path === path() ? "page" : void 0);
			set_text(text_4, $1);
		}, [() => href(path()), () => t(name())]);
		append($$anchor, a_5);
	});
	reset(div_1);
	var div_2 = sibling(div_1, 2);
	var button = child(div_2);
	var node_5 = child(button);
	Icon(node_5, { name: "key" });
	var span_4 = sibling(node_5);
	var text_5 = only_child(span_4, true);
	reset(button);
	var button_1 = sibling(button, 2);
	var node_6 = child(button_1);
	Icon(node_6, { name: "theme" });
	var span_5 = sibling(node_6);
	var span_6 = child(span_5);
	var text_6 = only_child(span_6);
	var text_7 = sibling(span_6, 1, true);
	reset(span_5);
	reset(button_1);
	var button_2 = sibling(button_1, 2);
	var span_7 = sibling(child(button_2));
	var text_8 = only_child(span_7, true);
	reset(button_2);
	reset(div_2);
	reset(nav);
	var main = sibling(nav, 2);
	var node_7 = child(main);
	var consequent = ($$anchor) => {
		var div_3 = root_1();
		var span_8 = child(div_3);
		var text_9 = only_child(span_8, true);
		var button_3 = sibling(span_8, 2);
		var text_10 = only_child(button_3, true);
		reset(div_3);
		template_effect(($0, $1) => {
			set_text(text_9, $0);
			set_text(text_10, $1);
		}, [() => t("app.down"), () => t("app.retry")]);
		delegated("click", button_3, () => void connection.check());
		append($$anchor, div_3);
	};
	if_block(node_7, ($$render) => {
		if (connection.down) $$render(consequent);
	});
	var node_8 = sibling(node_7, 2);
	var consequent_1 = ($$anchor) => {
		var div_4 = root_1();
		var span_9 = child(div_4);
		var text_11 = only_child(span_9, true);
		var button_4 = sibling(span_9, 2);
		var text_12 = only_child(button_4, true);
		reset(div_4);
		template_effect(($0, $1) => {
			set_text(text_11, $0);
			set_text(text_12, $1);
		}, [() => t("app.brokenLink"), () => t("close")]);
		delegated("click", button_4, () => link.broken = false);
		append($$anchor, div_4);
	};
	if_block(node_8, ($$render) => {
		if (link.broken) $$render(consequent_1);
	});
	var node_9 = sibling(node_8, 2);
	var consequent_2 = ($$anchor) => {
		var div_5 = root_2();
		Complete(child(div_5), {});
		reset(div_5);
		append($$anchor, div_5);
	};
	var consequent_3 = ($$anchor) => {
		var fragment_1 = comment();
		var node_11 = first_child(fragment_1);
		await_block(node_11, () => get(later)(), null, ($$anchor, $$source) => {
			var $$value = user_derived(() => {
				var { default: Page } = get($$source);
				return { Page };
			});
			var Page = user_derived(() => get($$value).Page);
			var div_6 = root_2();
			var node_12 = child(div_6);
			component(node_12, () => get(Page), ($$anchor, Page_1) => {
				Page_1($$anchor, {});
			});
			reset(div_6);
			append($$anchor, div_6);
		}, ($$anchor) => {
			var div_7 = root_3();
			var p = child(div_7);
			var text_13 = only_child(p, true);
			var button_5 = sibling(p, 2);
			var text_14 = only_child(button_5, true);
			reset(div_7);
			template_effect(($0, $1) => {
				set_text(text_13, $0);
				set_text(text_14, $1);
			}, [() => t("app.notFetched"), () => t("error.again")]);
			delegated("click", button_5, () => location.reload());
			append($$anchor, div_7);
		});
		append($$anchor, fragment_1);
	};
	var consequent_4 = ($$anchor) => {
		var div_8 = root_4();
		var h1 = child(div_8);
		var text_15 = only_child(h1, true);
		var p_1 = sibling(h1, 2);
		var code = child(p_1);
		var text_16 = only_child(code, true);
		reset(p_1);
		var a_6 = sibling(p_1, 2);
		var text_17 = only_child(a_6, true);
		reset(div_8);
		template_effect(($0, $1, $2) => {
			set_text(text_15, $0);
			set_text(text_16, router.path);
			set_attribute(a_6, "href", $1);
			set_text(text_17, $2);
		}, [
			() => t("app.missing"),
			() => href(HOME),
			() => t("app.home")
		]);
		append($$anchor, div_8);
	};
	if_block(node_9, ($$render) => {
		if (router.path === HOME) $$render(consequent_2);
		else if (get(later)) $$render(consequent_3, 1);
		else if (router.path !== "/" && router.path !== "/playground") $$render(consequent_4, 2);
	});
	reset(main);
	reset(div);
	var node_13 = sibling(div, 2);
	var consequent_5 = ($$anchor) => {
		var fragment_2 = comment();
		var node_14 = first_child(fragment_2);
		await_block(node_14, () => __vitePreload(() => import("./KeyDialog.js"), __vite__mapDeps([37,1,2,38]), import.meta.url), null, ($$anchor, $$source) => {
			var $$value = user_derived(() => {
				var { default: KeyDialog } = get($$source);
				return { KeyDialog };
			});
			var KeyDialog = user_derived(() => get($$value).KeyDialog);
			var fragment_3 = comment();
			var node_15 = first_child(fragment_3);
			component(node_15, () => get(KeyDialog), ($$anchor, KeyDialog_1) => {
				KeyDialog_1($$anchor, {});
			});
			append($$anchor, fragment_3);
		});
		append($$anchor, fragment_2);
	};
	if_block(node_13, ($$render) => {
		if (key.wanted !== null) $$render(consequent_5);
	});
	var node_16 = sibling(node_13, 2);
	var consequent_6 = ($$anchor) => {
		var fragment_4 = comment();
		var node_17 = first_child(fragment_4);
		await_block(node_17, () => __vitePreload(() => import("./Palette.js"), __vite__mapDeps([39,1,2,40]), import.meta.url), null, ($$anchor, $$source) => {
			var $$value = user_derived(() => {
				var { default: Palette } = get($$source);
				return { Palette };
			});
			var Palette = user_derived(() => get($$value).Palette);
			var fragment_5 = comment();
			var node_18 = first_child(fragment_5);
			{
				let $0 = user_derived(() => [...commands.all, ...everywhere()]);
				component(node_18, () => get(Palette), ($$anchor, Palette_1) => {
					Palette_1($$anchor, {
						get commands() {
							return get($0);
						},
						onclose: () => set(palette, false)
					});
				});
			}
			append($$anchor, fragment_5);
		});
		append($$anchor, fragment_4);
	};
	if_block(node_16, ($$render) => {
		if (get(palette)) $$render(consequent_6);
	});
	template_effect(($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) => {
		set_text(text, $0);
		set_attribute(nav, "aria-label", $1);
		set_attribute(a_1, "href", $2);
		set_attribute(a_2, "href", $3);
		set_attribute(a_2, "aria-current", get(inPlayground) ? "page" : void 0);
		set_text(text_1, $4);
		set_attribute(a_3, "href", $5);
		set_attribute(a_3, "aria-current", router.path === EXAMPLES ? "page" : void 0);
		set_text(text_2, $6);
		set_attribute(a_4, "href", $7);
		set_attribute(a_4, "aria-current", router.path === PRESETS ? "page" : void 0);
		set_text(text_3, $8);
		set_text(text_5, $9);
		set_text(text_6, `${$10 ?? ""}:`);
		set_text(text_7, $11);
		set_attribute(button_2, "lang", get(other));
		set_text(text_8, LANGUAGES[get(other)]);
	}, [
		() => t("app.skip"),
		() => t("app.regions"),
		() => href("/"),
		() => href(HOME),
		() => t("app.playground"),
		() => href(EXAMPLES),
		() => t("app.examples"),
		() => href(PRESETS),
		() => t("app.presets"),
		() => t("app.key"),
		() => t("app.theme"),
		() => t(`theme.${theme.now}`)
	]);
	delegated("click", button, () => key.wanted = "");
	delegated("click", button_1, () => theme.next());
	delegated("click", button_2, () => void language.choose(get(other)));
	append($$anchor, fragment);
	pop();
}
delegate(["click"]);
// src/main.ts
theme.start();
key.start();
router.start();
models.load();
await Promise.all([language.start(), link.start()]);
var target = document.getElementById("app");
if (target) mount(App, { target });
