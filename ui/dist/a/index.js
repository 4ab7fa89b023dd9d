const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["./Models.js","./shared.js","./platform.js","./Page.css","./shared2.js","./Models.css","./Files.js","./Files.css","./Keys.js","./Keys.css","./Usage.js","./shared4.js","./Usage.css","./Logs.js","./shared3.js","./Logs.css","./Settings.js","./Settings.css","./Chat.js","./Chat.css","./Examples.js","./Examples.css"])))=>i.map(i=>d[i]);
import { $ as child, A as snippet$1, B as from_html, C as bind_select_value, D as clsx, E as set_class, F as await_block, G as delegated, H as props_id, I as mount, K as event, L as set_text, M as index, N as key$1, P as if_block, Q as $window, R as append, S as set_value, T as set_style, U as text, V as from_svg, W as delegate, X as user_effect, Y as template_effect, Z as user_pre_effect, _ as bind_value, a as number, at as state, b as set_attribute, c as forget, ct as pop, d as onMount, dt as next, et as first_child, f as prop, ft as reset, g as bind_group, h as bind_checked, i as language, it as set, j as each, k as component, l as keep, lt as push, m as bind_this, mt as to_array, n as counted, nt as sibling, o as percent, ot as user_derived, p as spread_props, pt as noop, q as get, rt as proxy, s as t, st as remove_textarea_child, t as LANGUAGES$1, tt as only_child, u as recall, ut as snapshot, w as init_select, y as remove_input_defaults, z as comment } from "./shared.js";
import { n as href, r as router, t as base } from "./shared2.js";
// src/lib/connection.svelte.ts
var EVERY_MS = 2e3;
var Connection = class {
	#down = state(false);
	get down() {
		return get(this.#down);
	}
	set down(value) {
		set(this.#down, value, true);
	}
	#timer;
	#waiting = [];
	lost(failure) {
		if (!this.down) {
			this.down = true;
			this.#later();
		}
		return failure;
	}
	found() {
		clearTimeout(this.#timer);
		this.down = false;
		for (const tell of this.#waiting.splice(0)) tell();
	}
	onceBack(then) {
		this.#waiting.push(then);
	}
	async check() {
		clearTimeout(this.#timer);
		try {
			await fetch(`${base}/health`, { cache: "no-store" });
			this.found();
		} catch {
			this.#later();
		}
	}
	#later() {
		this.#timer = setTimeout(() => void this.check(), EVERY_MS);
	}
};
var connection = new Connection();
// src/lib/key.svelte.ts
var Key = class {
	#value = state("");
	get value() {
		return get(this.#value);
	}
	set value(value) {
		set(this.#value, value, true);
	}
	#wanted = state(null);
	get wanted() {
		return get(this.#wanted);
	}
	set wanted(value) {
		set(this.#wanted, value, true);
	}
	#waiting = [];
	start() {
		this.value = recall("key", "", sessionStorage) || recall("key", "");
	}
	ask(why) {
		this.wanted = why;
	}
	set(value, remember) {
		this.value = value.trim();
		this.wanted = null;
		forget("key");
		forget("key", sessionStorage);
		if (this.value) keep("key", this.value, remember ? localStorage : sessionStorage);
		for (const tell of this.#waiting.splice(0)) tell();
	}
	get kept() {
		return recall("key", "") !== "";
	}
	onceSet(then) {
		this.#waiting.push(then);
	}
};
var key = new Key();
// src/lib/theme.svelte.ts
var THEMES = [
	"system",
	"light",
	"dark"
];
var Themes = class {
	#now = state("system");
	get now() {
		return get(this.#now);
	}
	set now(value) {
		set(this.#now, value, true);
	}
	start() {
		this.set(recall("theme", "system"));
	}
	set(theme) {
		this.now = THEMES.includes(theme) ? theme : "system";
		document.documentElement.dataset.theme = this.now;
		keep("theme", this.now);
	}
	next() {
		this.set(THEMES[(THEMES.indexOf(this.now) + 1) % THEMES.length] ?? "system");
	}
};
var theme = new Themes();
// \0vite/preload-helper.js
var scriptRel = (function detectScriptRel() {
	const relList = typeof document !== "undefined" && document.createElement("link").relList;
	return relList && relList.supports && relList.supports("modulepreload") ? "modulepreload" : "preload";
})();
var assetsURL = function(dep, importerUrl) {
	return new URL(dep, importerUrl).href;
};
var seen = {};
var isCssPreloadUrl = function isCssPreloadUrl(url) {
	return url.pathname.endsWith(".css");
};
var preloadOnce = function preloadOnce(seen, href, preload) {
	if (href in seen) return seen[href];
	const promise = preload();
	if (!promise) {
		seen[href] = void 0;
		return;
	}
	const preloadPromise = promise.then(() => {
		seen[href] = void 0;
	}, (err) => {
		seen[href] = void 0;
		throw err;
	});
	seen[href] = preloadPromise;
	return preloadPromise;
};
var __vitePreload = function preload(baseModule, deps, importerUrl) {
	let promise = Promise.resolve();
	if (deps && deps.length > 0) {
		let preloadedHrefs;
		const cspNonceMeta = document.querySelector("meta[property=csp-nonce]");
		const cspNonce = cspNonceMeta?.nonce || cspNonceMeta?.getAttribute("nonce");
		function allSettled(promises) {
			return Promise.all(promises.map((p) => Promise.resolve(p).then((value) => ({
				status: "fulfilled",
				value
			}), (reason) => ({
				status: "rejected",
				reason
			}))));
		}
		function importMetaResolve(specifier) {
			if (import.meta.resolve) return new URL(import.meta.resolve(specifier));
			return new URL(specifier, import.meta.url);
		}
		promise = allSettled(deps.map((depString) => {
			depString = assetsURL(depString, importerUrl);
			const dep = importMetaResolve(depString);
			const isCss = isCssPreloadUrl(dep);
			return preloadOnce(seen, dep.href, () => {
				if (preloadedHrefs === void 0) {
					preloadedHrefs = {
						all: new Set(),
						styles: new Set()
					};
					const links = document.getElementsByTagName("link");
					for (let i = links.length - 1; i >= 0; i--) {
						const link = links[i];
						preloadedHrefs.all.add(link.href);
						if (link.rel === "stylesheet") preloadedHrefs.styles.add(link.href);
					}
				}
				if ((isCss ? preloadedHrefs.styles : preloadedHrefs.all).has(dep.href)) return;
				const link = document.createElement("link");
				link.rel = isCss ? "stylesheet" : scriptRel;
				if (!isCss) link.as = "script";
				link.crossOrigin = "";
				link.href = dep.href;
				if (cspNonce) link.setAttribute("nonce", cspNonce);
				document.head.appendChild(link);
				if (isCss) return new Promise((res, rej) => {
					const handleSettle = (e) => {
						link.removeEventListener("load", handleSettle);
						link.removeEventListener("error", handleSettle);
						if (e.type === "error") rej(new Error(`Unable to preload CSS for ${dep}`));
						else res(e);
					};
					link.addEventListener("load", handleSettle);
					link.addEventListener("error", handleSettle);
				});
			});
		}).filter((p) => p !== void 0));
	}
	function handlePreloadError(err) {
		const e = new Event("vite:preloadError", { cancelable: true });
		e.payload = err;
		window.dispatchEvent(e);
		if (!e.defaultPrevented) throw err;
	}
	return promise.then((res) => {
		for (const item of res || []) {
			if (item.status !== "rejected") continue;
			handlePreloadError(item.reason);
		}
		return baseModule().catch(handlePreloadError);
	});
};
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
		load: () => __vitePreload(() => import("./Files.js"), __vite__mapDeps([6,1,2,3,7]), import.meta.url)
	},
	{
		path: "/keys",
		icon: "key",
		name: "app.page.keys",
		load: () => __vitePreload(() => import("./Keys.js"), __vite__mapDeps([8,1,2,3,9]), import.meta.url)
	},
	{
		path: "/usage",
		icon: "usage",
		name: "app.page.usage",
		load: () => __vitePreload(() => import("./Usage.js"), __vite__mapDeps([10,1,2,3,11,12]), import.meta.url)
	},
	{
		path: "/logs",
		icon: "logs",
		name: "app.page.logs",
		load: () => __vitePreload(() => import("./Logs.js"), __vite__mapDeps([13,1,2,3,14,11,15]), import.meta.url)
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
// src/lib/keys.ts
function composing(event) {
	return event.isComposing || event.keyCode === 229;
}
function submits(event) {
	return event.key === "Enter" && (event.ctrlKey || event.metaKey) && !composing(event);
}
function enters(event) {
	return event.key === "Enter" && !event.shiftKey && !event.altKey && !composing(event);
}
var SEND_KEYS = ["enter", "mod"];
function sendKey() {
	return recall("sendKey", "enter") === "mod" ? "mod" : "enter";
}
function sends(event) {
	return sendKey() === "mod" ? submits(event) : enters(event);
}
var MOD = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform ?? "") ? "⌘" : "Ctrl";
// src/lib/sse.ts
async function* events(body) {
	const reader = body.getReader();
	const decoder = new TextDecoder();
	let rest = "";
	let data = [];
	try {
		for (;;) {
			const { done, value } = await reader.read();
			rest += decoder.decode(value, { stream: !done });
			const lines = rest.split(/\r\n|\n|\r(?!$)/);
			rest = lines.pop() ?? "";
			for (const line of lines) if (line === "" && data.length > 0) {
				yield data.join("\n");
				data = [];
			} else if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5));
			if (done) return;
		}
	} finally {
		await reader.cancel().catch(() => void 0);
	}
}
// src/lib/api.ts
var Failure = class extends Error {
	status;
	type;
	code;
	param;
	requestId;
	constructor(message, status = 0, more = {}) {
		super(message);
		this.status = status;
		this.type = more.type ?? null;
		this.code = more.code ?? null;
		this.param = more.param ?? null;
		this.requestId = more.requestId ?? null;
	}
};
function endpoint(path) {
	return `${location.origin}${base}/v1${path}`;
}
async function models$1() {
	return (await (await ask("/v1/models")).json()).data;
}
async function tokenize(model, input, signal) {
	return await (await ask("/v1/tokenize", {
		model,
		input
	}, signal)).json();
}
async function countMessages(model, input, signal) {
	return (await (await ask("/v1/responses/input_tokens", {
		model,
		input
	}, signal)).json()).input_tokens;
}
async function* stream(path, body, signal) {
	const answer = await ask(path, body, signal);
	if (!answer.body) throw new Failure("The answer has no body.", answer.status);
	const requestId = answer.headers.get("x-request-id");
	try {
		for await (const data of events(answer.body)) {
			if (data === "[DONE]") return;
			const chunk = JSON.parse(data);
			if ("error" in chunk) throw new Failure(chunk.error.message, answer.status, {
				...chunk.error,
				requestId
			});
			yield chunk;
		}
	} catch (error) {
		if (error instanceof Failure || signal.aborted) throw error;
		throw connection.lost(new Failure(String(error)));
	}
	throw connection.lost(new Failure("The stream ended early.", 0, { requestId }));
}
async function ask(path, body, signal, method = body ? "POST" : "GET") {
	const headers = {};
	if (body) headers["content-type"] = "application/json";
	if (key.value) headers["authorization"] = `Bearer ${key.value}`;
	const request = {
		method,
		headers
	};
	if (body) request.body = JSON.stringify(body);
	if (signal) request.signal = signal;
	let answer;
	try {
		answer = await fetch(base + path, request);
	} catch (error) {
		if (signal?.aborted) throw error;
		throw connection.lost(new Failure(String(error)));
	}
	connection.found();
	if (answer.ok) return answer;
	const failure = await refusal(answer);
	if (failure.status === 401) key.ask(failure.message);
	throw failure;
}
async function refusal(answer) {
	const requestId = answer.headers.get("x-request-id");
	try {
		const { error } = await answer.json();
		return new Failure(error.message, answer.status, {
			...error,
			requestId
		});
	} catch {
		return new Failure(`${answer.status} ${answer.statusText}`, answer.status, { requestId });
	}
}
function upload(path, form, progress, signal) {
	const request = new XMLHttpRequest();
	request.open("POST", base + path);
	if (key.value) request.setRequestHeader("authorization", `Bearer ${key.value}`);
	request.upload.onprogress = (event) => progress(event.loaded, event.total);
	signal.addEventListener("abort", () => request.abort());
	return new Promise((done, failed) => {
		const lost = () => failed(connection.lost(new Failure("The file did not arrive.")));
		request.onerror = lost;
		request.onabort = () => failed(new DOMException("", "AbortError"));
		request.onload = async () => {
			connection.found();
			const { status, responseText } = request;
			if (status < 300) return done(JSON.parse(responseText));
			const requestId = request.getResponseHeader("x-request-id");
			const failure = await refusal(new Response(responseText, {
				status,
				headers: requestId ? { "x-request-id": requestId } : {}
			}));
			if (status === 401) key.ask(failure.message);
			failed(failure);
		};
		request.send(form);
	});
}
// src/lib/models.svelte.ts
var WRITES = "gpt-3.5-turbo-instruct";
var EMBEDS = "text-embedding-3-small";
function writers(all) {
	const embedder = all.find((model) => model.id === EMBEDS)?.root;
	return all.filter((m) => m.id === m.root && m.id !== embedder).map((m) => m.id);
}
function aliases(all) {
	const known = writers(all);
	return all.filter((m) => m.id !== m.root && known.includes(m.root)).map((m) => m.id);
}
function chosen(all, wished) {
	if (all.some((model) => model.id === wished)) return wished;
	return all.find((model) => model.id === WRITES)?.root ?? writers(all)[0] ?? "";
}
var Models = class {
	#all = state([]);
	get all() {
		return get(this.#all);
	}
	set all(value) {
		set(this.#all, value);
	}
	#loading = state(true);
	get loading() {
		return get(this.#loading);
	}
	set loading(value) {
		set(this.#loading, value, true);
	}
	#failure = state(null);
	get failure() {
		return get(this.#failure);
	}
	set failure(value) {
		set(this.#failure, value);
	}
	async load() {
		this.loading = true;
		this.failure = null;
		try {
			this.all = await models$1();
		} catch (error) {
			this.failure = error instanceof Failure ? error : new Failure(String(error));
			if (this.failure.status === 401) key.onceSet(() => void this.load());
			else if (this.failure.status === 0) connection.onceBack(() => void this.load());
		}
		this.loading = false;
	}
};
var models = new Models();
// src/lib/start.ts
var waiting = null;
function open(start) {
	waiting = start;
	router.go("prompt" in start ? "/playground/complete" : "/playground/chat");
}
function completeStart() {
	if (!waiting || !("prompt" in waiting)) return null;
	const start = waiting;
	waiting = null;
	return start;
}
function chatStart() {
	if (!waiting || "prompt" in waiting) return null;
	const start = waiting;
	waiting = null;
	return start;
}
// src/ui/ErrorBox.svelte
var root$18 = from_html(`<span> </span>`);
var root_1$16 = from_html(`<div class="error svelte-gw58yb" role="alert"><p><strong> </strong></p> <p> <!></p> <p class="details svelte-gw58yb"> <!></p> <button> </button></div>`);
function ErrorBox($$anchor, $$props) {
	push($$props, true);
	let partial = prop($$props, "partial", 3, false);
	const details = user_derived(() => [
		$$props.failure.status || null,
		$$props.failure.type,
		$$props.failure.code,
		$$props.failure.param
	].filter(Boolean));
	var div = root_1$16();
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
		var span = root$18();
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
// src/ui/Icon.svelte
var root$17 = from_svg(`<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" class="svelte-123hemx"><path></path></svg>`);
function Icon($$anchor, $$props) {
	const PATHS = {
		play: "M3 2.5h10v3H3zM3 8h6M3 11h10M3 14h7",
		examples: "M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z",
		code: "M5.5 4 2 8l3.5 4M10.5 4 14 8l-3.5 4",
		undo: "M6 3 2.5 6.5 6 10M3 6.5h6.5a3.5 3.5 0 0 1 0 7H7",
		again: "M13 8a5 5 0 1 1-1.5-3.5M13 2v3.5H9.5",
		clock: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2M8 4.5V8l2.5 2",
		up: "M3 10l5-5 5 5",
		down: "M3 6l5 5 5-5",
		left: "M10 3 5 8l5 5",
		right: "M6 3l5 5-5 5",
		close: "M4 4l8 8M12 4l-8 8",
		theme: "M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12",
		key: "M10.5 2.5a3 3 0 1 1-2.3 4.9L3 12.6V14h2v-1.5h1.5V11l1.7-1.7",
		reload: "M13 8a5 5 0 1 1-1.5-3.5M13 2v3.5H9.5",
		models: "M8 2 14 5 8 8 2 5zM2 8l6 3 6-3M2 11l6 3 6-3",
		files: "M4 1.5h5l3 3v10H4zM9 1.5v3h3",
		usage: "M2.5 13.5h11M4 13V8M8 13V3M12 13V6",
		logs: "M3 4h10M3 8h10M3 12h6",
		settings: "M2 5h6M12 5h2M2 11h2M8 11h6M10 3v4M6 9v4",
		info: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2M8 7.2v4M8 4.6v1"
	};
	var svg = root$17();
	var path = only_child(svg);
	template_effect(() => set_attribute(path, "d", PATHS[$$props.name]));
	append($$anchor, svg);
}
// src/lib/lines.ts
function begins({ cell, start }) {
	return cell?.start === start;
}
function layout(text, cells, before = [], from = 0) {
	let kept = before.findIndex((line) => line.end >= from);
	if (kept < 0) kept = before.length;
	const lines = before.slice(0, kept);
	let pieces = (before[kept]?.pieces ?? []).filter((piece) => piece.start + piece.text.length < from);
	let start = lines.at(-1)?.end ?? 0;
	let at = end(pieces.at(-1)) ?? start;
	let next = cellAt(cells, at);
	for (;;) {
		const newline = text.indexOf("\n", at);
		const lineEnd = newline < 0 ? text.length : newline + 1;
		while (at < lineEnd) {
			const cell = cells[next];
			const inside = cell !== void 0 && cell.start <= at;
			const stops = [lineEnd, inside ? cell.end : cell?.start ?? lineEnd];
			if (inside && newline > at) stops.push(newline);
			const stop = Math.min(...stops);
			const piece = {
				start: at,
				text: text.slice(at, stop)
			};
			pieces.push(inside ? {
				...piece,
				cell,
				index: next
			} : {
				...piece,
				cell: null,
				index: -1
			});
			at = stop;
			while ((cells[next]?.end ?? Infinity) <= at) next++;
		}
		lines.push({
			start,
			end: lineEnd,
			pieces
		});
		if (newline < 0) return lines;
		start = lineEnd;
		pieces = [];
	}
}
function end(piece) {
	return piece && piece.start + piece.text.length;
}
function cellAt(cells, place) {
	let [low, high] = [0, cells.length];
	while (low < high) {
		const middle = low + high >> 1;
		if ((cells[middle]?.end ?? 0) <= place) low = middle + 1;
		else high = middle;
	}
	return low;
}
function commonPrefix(a, b) {
	const most = Math.min(a.length, b.length);
	let at = 0;
	while (at < most && a.charCodeAt(at) === b.charCodeAt(at)) at++;
	return at;
}
// src/lib/document.svelte.ts
var Document = class {
	#text = state("");
	get text() {
		return get(this.#text);
	}
	set text(value) {
		set(this.#text, value);
	}
	#cells = state([]);
	get cells() {
		return get(this.#cells);
	}
	set cells(value) {
		set(this.#cells, value);
	}
	#lines = state(layout("", []));
	get lines() {
		return get(this.#lines);
	}
	set lines(value) {
		set(this.#lines, value);
	}
	edit(text) {
		const same = commonPrefix(this.text, text);
		this.restore({
			text,
			cells: this.cells.filter((cell) => cell.end <= same)
		});
	}
	restore({ text, cells }) {
		const from = Math.min(commonPrefix(this.text, text), this.#changed(cells));
		this.lines = layout(text, cells, this.lines, from);
		this.text = text;
		this.cells = cells;
	}
	get snapshot() {
		return {
			text: this.text,
			cells: this.cells
		};
	}
	#changed(cells) {
		const most = Math.min(this.cells.length, cells.length) - 1;
		let same = 0;
		while (same < most && this.cells[same] === cells[same]) same++;
		return Math.min(this.cells[same]?.start ?? Infinity, cells[same]?.start ?? Infinity);
	}
};
// src/lib/later.ts
var QUIET_MS = 400;
function later(work) {
	let timer;
	const run = () => {
		if (timer === void 0) return;
		clearTimeout(timer);
		timer = void 0;
		work();
	};
	addEventListener("pagehide", run);
	return () => {
		clearTimeout(timer);
		timer = setTimeout(run, QUIET_MS);
	};
}
// src/lib/pace.ts
var Pace = class {
	#started = performance.now();
	#first = null;
	#last = 0;
	beat() {
		this.#last = performance.now();
		this.#first ??= this.#last;
	}
	stats(counted, usage) {
		const tokens = usage?.completion_tokens ?? counted;
		const seconds = (this.#last - (this.#first ?? 0)) / 1e3;
		return {
			promptTokens: usage?.prompt_tokens ?? null,
			tokens,
			firstMs: this.#first === null ? null : this.#first - this.#started,
			perSecond: tokens > 1 && seconds > 0 ? (tokens - 1) / seconds : null
		};
	}
};
// src/lib/request.ts
var SHOW = [
	"off",
	"most",
	"least",
	"full"
];
var DEFAULTS = {
	model: "",
	temperature: 1,
	maxTokens: 256,
	stop: [],
	topP: 1,
	frequencyPenalty: 0,
	presencePenalty: 0,
	bestOf: 1,
	injectStart: "",
	injectRestart: "",
	show: "full",
	seed: null
};
var LIMITS = {
	temperature: {
		min: 0,
		max: 2,
		step: .01
	},
	maxTokens: {
		min: 1,
		max: 2048,
		step: 1
	},
	topP: {
		min: 0,
		max: 1,
		step: .01
	},
	frequencyPenalty: {
		min: 0,
		max: 2,
		step: .01
	},
	presencePenalty: {
		min: 0,
		max: 2,
		step: .01
	},
	bestOf: {
		min: 1,
		max: 20,
		step: 1
	}
};
function sampled(params, seed) {
	const body = {
		model: params.model,
		temperature: params.temperature,
		max_tokens: params.maxTokens,
		top_p: params.topP,
		frequency_penalty: params.frequencyPenalty,
		presence_penalty: params.presencePenalty,
		seed,
		stream: true,
		stream_options: { include_usage: true }
	};
	if (params.stop.length > 0) body.stop = params.stop;
	return body;
}
function completionBody(params, prompt, seed) {
	const { model, ...rest } = sampled(params, seed);
	const body = {
		model,
		prompt,
		...rest
	};
	if (params.bestOf > 1) {
		body.n = params.bestOf;
		body.best_of = params.bestOf;
	}
	if (params.show !== "off") body.logprobs = 5;
	else if (params.bestOf > 1) body.logprobs = 0;
	return body;
}
function anySeed() {
	return Math.floor(Math.random() * 2 ** 31);
}
function restored(defaults, kept) {
	const params = {
		...defaults,
		...kept
	};
	for (const [name, { min, max }] of Object.entries(LIMITS)) {
		const field = name;
		const value = Number(params[field]);
		params[field] = Number.isFinite(value) ? Math.min(max, Math.max(min, value)) : defaults[field];
	}
	if (!SHOW.includes(params.show)) params.show = defaults.show;
	if (!Array.isArray(params.stop)) params.stop = [];
	return params;
}
var encoder = new TextEncoder();
function bytes(name) {
	const spelt = /^bytes:((?:\\x[0-9a-f]{2})+)$/.exec(name)?.[1];
	if (spelt === void 0) return encoder.encode(name);
	return Uint8Array.from(spelt.slice(2).split("\\x"), (byte) => parseInt(byte, 16));
}
function spelt(bytes) {
	const text = decoded(bytes);
	if (text !== null) return text;
	return `bytes:${Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}`;
}
function decoded(bytes) {
	try {
		return new TextDecoder("utf-8", {
			fatal: true,
			ignoreBOM: true
		}).decode(bytes);
	} catch {
		return null;
	}
}
function textOf(names) {
	const parts = names.map(bytes);
	const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return decoded(whole);
}
function visible(name) {
	if (/^bytes:(\\x[0-9a-f]{2})+$/.test(name)) return Array.from(bytes(name), (b) => b.toString(16).toUpperCase().padStart(2, "0")).join(" ");
	return name.replaceAll("\n", "⏎").replaceAll("	", "⇥").replace(/^ +| +$/g, (spaces) => "␣".repeat(spaces.length));
}
function logprob(tokens) {
	return tokens.reduce((sum, token) => sum + token.logprob, 0);
}
function probability(cell) {
	return Math.exp(logprob(cell.tokens));
}
function covered(token) {
	return token.top.slice(0, 5).reduce((sum, c) => sum + Math.exp(c.logprob), 0);
}
function tempered(top, temperature) {
	const best = Math.max(...top.map((c) => c.logprob));
	if (temperature < .001) return top.map((c) => c.logprob === best ? 1 : 0);
	const weights = top.map((c) => Math.exp((c.logprob - best) / temperature));
	const sum = weights.reduce((a, b) => a + b, 0);
	return weights.map((w) => w / sum);
}
var Reader = class {
	text = "";
	cells = [];
	count = 0;
	#start;
	#before;
	#chars = 0;
	#units = 0;
	constructor(prompt) {
		this.#start = prompt.length;
		this.#before = characters(prompt);
	}
	add(text, logprobs) {
		this.text += text;
		if (!logprobs) {
			this.count += text === "" ? 0 : 1;
			return;
		}
		logprobs.tokens.forEach((name, i) => {
			const start = this.#start + this.#unitsBefore((logprobs.text_offset[i] ?? 0) - this.#before);
			const token = {
				name,
				logprob: logprobs.token_logprobs[i] ?? 0,
				top: sorted(logprobs.top_logprobs[i] ?? {})
			};
			const last = this.cells.at(-1);
			if (last?.start === start) last.tokens.push(token);
			else {
				if (last) last.end = start;
				this.cells.push({
					start,
					end: start,
					tokens: [token]
				});
			}
			this.count++;
		});
		const last = this.cells.at(-1);
		if (last) last.end = this.#start + this.text.length;
	}
	get mean() {
		const tokens = this.cells.flatMap((cell) => cell.tokens);
		return tokens.length === 0 ? -Infinity : logprob(tokens) / tokens.length;
	}
	#unitsBefore(chars) {
		while (this.#chars < chars && this.#units < this.text.length) {
			this.#units += (this.text.codePointAt(this.#units) ?? 0) > 65535 ? 2 : 1;
			this.#chars++;
		}
		return this.#units;
	}
};
function sorted(top) {
	return Object.entries(top).map(([name, logprob]) => ({
		name,
		logprob
	})).sort((a, b) => b.logprob - a.logprob);
}
function characters(text) {
	let count = 0;
	for (const _ of text) count++;
	return count;
}
// src/pages/playground/history.svelte.ts
var NAME = "complete.history";
var MOST = 40;
var History = class {
	#entries = state(recall(NAME, []));
	get entries() {
		return get(this.#entries);
	}
	set entries(value) {
		set(this.#entries, value);
	}
	add(request, document) {
		this.entries = [{
			at: Date.now(),
			request,
			document
		}, ...this.entries].slice(0, MOST);
		this.#save();
	}
	clear() {
		this.entries = [];
		this.#save();
	}
	#save = later(() => {
		while (!keep(NAME, this.entries) && this.entries.length > 0) this.entries = this.entries.slice(0, Math.floor(this.entries.length / 2));
	});
};
var history = new History();
// src/pages/playground/session.svelte.ts
var DRAFT = "complete.draft";
var PARAMS = "complete.params";
var Session = class {
	document = new Document();
	#params = state(proxy(restored(DEFAULTS, recall(PARAMS, {}))));
	get params() {
		return get(this.#params);
	}
	set params(value) {
		set(this.#params, value, true);
	}
	#running = state(false);
	get running() {
		return get(this.#running);
	}
	set running(value) {
		set(this.#running, value, true);
	}
	#ending = state(null);
	get ending() {
		return get(this.#ending);
	}
	set ending(value) {
		set(this.#ending, value, true);
	}
	#failure = state(null);
	get failure() {
		return get(this.#failure);
	}
	set failure(value) {
		set(this.#failure, value);
	}
	#stats = state(null);
	get stats() {
		return get(this.#stats);
	}
	set stats(value) {
		set(this.#stats, value);
	}
	#sent = state(null);
	get sent() {
		return get(this.#sent);
	}
	set sent(value) {
		set(this.#sent, value);
	}
	#answers = state([]);
	get answers() {
		return get(this.#answers);
	}
	set answers(value) {
		set(this.#answers, value);
	}
	#versions = state([]);
	get versions() {
		return get(this.#versions);
	}
	set versions(value) {
		set(this.#versions, value);
	}
	#version = state(0);
	get version() {
		return get(this.#version);
	}
	set version(value) {
		set(this.#version, value, true);
	}
	#steps = state([]);
	#prompt = null;
	#abort = null;
	constructor() {
		this.document.restore(recall(DRAFT, {
			text: "",
			cells: []
		}));
	}
	get canUndo() {
		return get(this.#steps).length > 0 && !this.running;
	}
	get canRepeat() {
		return this.versions.length > 0 && !this.running;
	}
	get next() {
		const { params, document } = this;
		return completionBody(params, document.text + params.injectStart, params.seed ?? anySeed());
	}
	async submit() {
		if (this.running || this.params.model === "") return;
		const { text, cells } = this.document.snapshot;
		this.#remember();
		this.versions = [];
		await this.#answer({
			text: text + this.params.injectStart,
			cells
		});
	}
	async again() {
		if (!this.canRepeat || !this.#prompt) return;
		this.#remember();
		this.versions = this.versions.with(this.version, this.document.snapshot);
		await this.#answer(this.#prompt);
	}
	async branch(cell, token, candidate) {
		const prompt = this.branched(cell, token, candidate);
		if (!prompt || this.running) return;
		this.#remember();
		if (this.versions.length === 0) this.version = 0;
		this.versions = this.versions.toSpliced(this.version, 1, this.document.snapshot);
		await this.#answer(prompt);
	}
	branched(cell, token, candidate) {
		const kept = cell.tokens.slice(0, token);
		const text = textOf([...kept.map((t) => t.name), candidate.name]);
		const instead = cell.tokens[token];
		if (text === null || !instead) return null;
		const start = cell.start;
		const tokens = [...kept, {
			...instead,
			...candidate
		}];
		const before = this.document.cells.filter((other) => other.end <= start);
		return {
			text: this.document.text.slice(0, start) + text,
			cells: [...before, {
				start,
				end: start + text.length,
				tokens
			}]
		};
	}
	stop() {
		this.#abort?.abort();
	}
	undo() {
		if (!this.canUndo) return;
		this.#back();
		this.#quiet();
		this.save();
	}
	show(version) {
		const snapshot = this.versions[version];
		if (!snapshot || this.running) return;
		this.versions = this.versions.with(this.version, this.document.snapshot);
		this.version = version;
		this.document.restore(this.versions[version] ?? snapshot);
		this.save();
	}
	choose(answer) {
		if (this.running || !this.#prompt) return;
		this.#remember();
		this.#place(this.#prompt, answer);
	}
	edit(text) {
		this.document.edit(text);
		this.save();
	}
	open(snapshot) {
		if (this.running) return;
		this.#remember();
		this.document.restore(snapshot);
		this.versions = [];
		this.answers = [];
		this.#quiet();
		this.save();
	}
	begin({ prompt, params }) {
		if (this.running) return;
		this.open({
			text: prompt,
			cells: []
		});
		Object.assign(this.params, {
			...DEFAULTS,
			model: this.params.model,
			...params
		});
		this.sent = null;
	}
	save = later(() => {
		if (!keep(DRAFT, this.document.snapshot)) keep(DRAFT, {
			text: this.document.text,
			cells: []
		});
	});
	saveParams = later(() => keep(PARAMS, this.params));
	#quiet() {
		this.ending = null;
		this.failure = null;
		this.stats = null;
	}
	#remember() {
		const { versions, version, answers } = this;
		const step = {
			document: this.document.snapshot,
			versions,
			version,
			answers
		};
		set(this.#steps, [...get(this.#steps).slice(-49), step]);
	}
	async #answer(prompt) {
		const params = snapshot(this.params);
		const body = completionBody(params, prompt.text, params.seed ?? anySeed());
		this.#quiet();
		this.running = true;
		this.sent = body;
		this.#prompt = prompt;
		this.answers = [];
		this.document.restore(prompt);
		const abort = new AbortController();
		this.#abort = abort;
		const run = new Run(this, prompt, params.bestOf);
		try {
			for await (const chunk of stream("/v1/completions", body, abort.signal)) run.take(chunk);
			this.ending = run.ending;
		} catch (error) {
			this.ending = abort.signal.aborted ? "stopped" : "failed";
			if (!abort.signal.aborted) this.failure = error instanceof Failure ? error : new Failure(String(error));
		}
		run.flush();
		this.running = false;
		if (run.count > 0) this.#finish(prompt, run);
		else this.#back();
		this.save();
	}
	#back() {
		const step = get(this.#steps).at(-1);
		if (!step) return;
		set(this.#steps, get(this.#steps).slice(0, -1));
		this.document.restore(step.document);
		this.versions = step.versions;
		this.version = step.version;
		this.answers = step.answers;
	}
	#finish(prompt, run) {
		const best = run.best;
		if (this.params.bestOf > 1) this.answers = run.answers;
		this.#place(prompt, best);
		if (this.sent) history.add(this.sent, this.document.snapshot);
	}
	#place(prompt, answer) {
		const text = prompt.text + answer.text + this.params.injectRestart;
		this.document.restore({
			text,
			cells: [...prompt.cells, ...answer.cells]
		});
		this.versions = [...this.versions, this.document.snapshot];
		this.version = this.versions.length - 1;
		this.save();
	}
};
var Run = class {
	ending = "stop";
	#session;
	#prompt;
	#readers;
	#finished = new Set();
	#pace = new Pace();
	#usage = null;
	#frame = 0;
	constructor(session, prompt, answers) {
		this.#session = session;
		this.#prompt = prompt;
		this.#readers = Array.from({ length: answers }, () => new Reader(prompt.text));
	}
	take(chunk) {
		for (const choice of chunk.choices) {
			this.#readers[choice.index]?.add(choice.text, choice.logprobs);
			if (choice.finish_reason) {
				this.#finished.add(choice.index);
				this.ending = choice.finish_reason;
			}
			if (choice.text !== "" || choice.logprobs?.tokens.length) this.#pace.beat();
		}
		if (chunk.usage) this.#usage = chunk.usage;
		this.#frame ||= requestAnimationFrame(() => this.flush());
	}
	flush() {
		cancelAnimationFrame(this.#frame);
		this.#frame = 0;
		const [reader] = this.#readers;
		if (this.#readers.length === 1 && reader) {
			const { text, cells } = this.#prompt;
			this.#session.document.restore({
				text: text + reader.text,
				cells: [...cells, ...reader.cells]
			});
		} else this.#session.answers = this.answers;
		this.#session.stats = this.#pace.stats(this.count, this.#usage);
	}
	get count() {
		return this.#readers.reduce((sum, reader) => sum + reader.count, 0);
	}
	get answers() {
		return this.#readers.map((reader, i) => ({
			text: reader.text,
			cells: reader.cells,
			mean: reader.mean,
			finished: this.#finished.has(i)
		}));
	}
	get best() {
		const answers = this.answers;
		const whole = answers.filter((answer) => answer.finished);
		return bestOf(whole.length > 0 ? whole : answers);
	}
};
function bestOf(answers) {
	return answers.reduce((best, answer) => answer.mean > best.mean ? answer : best);
}
var session = new Session();
// src/pages/playground/Candidates.svelte
var root$16 = from_html(`<strong class="svelte-dzvswm"> </strong>`);
var root_1$15 = from_html(`<span class="number"> </span>`);
var root_2$9 = from_html(`<span> </span>`);
var root_3$6 = from_html(`<button class="plain svelte-dzvswm"> <span class="unseen"></span></button>`);
var root_4$5 = from_html(`<li><p class="text svelte-dzvswm"> </p> <p class="row svelte-dzvswm"><!> <!> <!> <!></p></li>`);
var root_5$3 = from_html(`<section aria-labelledby="candidates" class="svelte-dzvswm"><h2 id="candidates"> </h2> <ol class="svelte-dzvswm"></ol></section>`);
function Candidates($$anchor, $$props) {
	push($$props, true);
	const best = user_derived(() => session.running ? null : bestOf(session.answers));
	var section = root_5$3();
	var h2 = child(section);
	var text = only_child(h2, true);
	var ol = sibling(h2, 2);
	each(ol, 21, () => session.answers, index, ($$anchor, answer, i) => {
		var li = root_4$5();
		let classes;
		var p = child(li);
		var text_1 = only_child(p, true);
		var p_1 = sibling(p, 2);
		var node = child(p_1);
		var consequent = ($$anchor) => {
			var strong = root$16();
			var text_2 = only_child(strong);
			template_effect(($0) => set_text(text_2, `★ ${$0 ?? ""}`), [() => t("best.winner")]);
			append($$anchor, strong);
		};
		if_block(node, ($$render) => {
			if (get(answer) === get(best)) $$render(consequent);
		});
		var node_1 = sibling(node, 2);
		var consequent_1 = ($$anchor) => {
			var span = root_1$15();
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
			var span_1 = root_2$9();
			var text_4 = only_child(span_1, true);
			template_effect(($0) => set_text(text_4, $0), [() => t("best.running")]);
			append($$anchor, span_1);
		};
		if_block(node_2, ($$render) => {
			if (session.running && !get(answer).finished) $$render(consequent_2);
		});
		var node_3 = sibling(node_2, 2);
		var consequent_3 = ($$anchor) => {
			var button = root_3$6();
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
// src/lib/clipboard.ts
async function copy(text) {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		return copySelected(text);
	}
}
function copySelected(text) {
	const area = document.createElement("textarea");
	area.value = text;
	area.readOnly = true;
	(document.querySelector("dialog[open]") ?? document.body).append(area);
	area.select();
	const copied = document.execCommand("copy");
	area.remove();
	return copied;
}
// src/lib/snippets.ts
var LANGUAGES = [
	"curl",
	"python",
	"python-0.27",
	"node",
	"rust",
	"lyceum"
];
var NAMES = {
	curl: "curl",
	python: "Python",
	"python-0.27": "Python 0.27",
	node: "Node.js",
	rust: "Rust",
	lyceum: "lyceum"
};
function snippet(language, body, address, keyed) {
	return WRITERS[language](body, address, keyed);
}
function whole(body) {
	const { stream: _, stream_options: __, ...rest } = body;
	return rest;
}
var COMPLETIONS = {
	path: "/completions",
	python: "completions",
	python027: "Completion",
	piece: {
		python: "choice.text",
		python027: "choice.text",
		node: "choice.text",
		rust: `choice["text"]`
	},
	text: {
		python: "choice.text",
		node: "choice.text",
		rust: `choice["text"]`
	}
};
var CHAT = {
	path: "/chat/completions",
	python: "chat.completions",
	python027: "ChatCompletion",
	piece: {
		python: `choice.delta.content or ""`,
		python027: `choice.delta.get("content", "")`,
		node: `choice.delta.content ?? ""`,
		rust: `choice["delta"]["content"]`
	},
	text: {
		python: "choice.message.content",
		node: "choice.message.content",
		rust: `choice["message"]["content"]`
	}
};
function endpointOf(body) {
	return "messages" in body ? CHAT : COMPLETIONS;
}
var WRITERS = {
	curl: (body, address, keyed) => {
		const lines = [`curl ${body.stream ? "-N " : ""}${address}${endpointOf(body).path}`, `-H "Content-Type: application/json"`];
		if (keyed) lines.push(`-H "Authorization: Bearer $OPENAI_API_KEY"`);
		lines.push(`-d ${shell(JSON.stringify(body, null, 2))}`);
		return lines.join(" \\\n  ") + "\n";
	},
	python: (body, address, keyed) => {
		const { python: name, piece, text } = endpointOf(body);
		return `# pip install openai
${keyed ? "import os\n\n" : ""}from openai import OpenAI

client = OpenAI(base_url=${python(address)}, api_key=${pythonKey(keyed)})

answer = client.${name}.create(
${keywords(body)})
${pythonOutput(body, piece.python, text.python)}`;
	},
	"python-0.27": (body, address, keyed) => {
		const { python027: name, piece, text } = endpointOf(body);
		return `# pip install openai==0.27.10
${keyed ? "import os\n\n" : ""}import openai

openai.api_base = ${python(address)}
openai.api_key = ${pythonKey(keyed)}

answer = openai.${name}.create(
${keywords(body)})
${pythonOutput(body, piece.python027, text.python)}`;
	},
	node: (body, address, keyed) => {
		const { python: name, piece, text } = endpointOf(body);
		return `// npm install openai
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: ${JSON.stringify(address)},
  apiKey: ${keyed ? "process.env.OPENAI_API_KEY" : `"none"`},
});

const answer = await client.${name}.create(${JSON.stringify(body, null, 2)});
${nodeOutput(body, piece.node, text.node)}`;
	},
	rust: (body, address, keyed) => {
		const { path, piece, text } = endpointOf(body);
		const key = keyed ? `
        .header("Authorization", format!("Bearer {}", std::env::var("OPENAI_API_KEY")?))` : "";
		const request = rust(body, "").split("\n").join("\n        ");
		return `// cargo add serde_json; cargo add ureq --features json
${body.stream ? "use std::io::{BufRead as _, BufReader};\n\n" : ""}use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut answer = ureq::post(${rustString(address + path)})${key}
        .send_json(json!(${request}))?;
${rustOutput(body, piece.rust, text.rust)}
    Ok(())
}
`;
	},
	lyceum: (body) => {
		const flags = [
			`-m ${shell(body.model)}`,
			`-n ${body.max_tokens}`,
			`--temperature ${body.temperature}`,
			`--top-p ${body.top_p}`,
			`--frequency-penalty ${body.frequency_penalty}`,
			`--presence-penalty ${body.presence_penalty}`,
			`--seed ${body.seed}`,
			...(body.stop ?? []).map((stop) => `--stop ${shell(stop)}`)
		];
		const command = (verb, prompt) => `lyceum ${verb} ${flags.join(" \\\n  ")} \\\n  -- ${shell(prompt)}\n`;
		if (!("messages" in body)) {
			if (body.n) flags.push(`--choices ${body.n} --best-of ${body.n}`);
			if (body.logprobs) flags.push("--logprobs");
			return command("complete", body.prompt);
		}
		const [system, user] = body.messages[0]?.role === "system" ? body.messages : [void 0, ...body.messages];
		if (!(body.messages.length === (system ? 2 : 1) && user?.role === "user") || body.response_format) return null;
		if (system) flags.push(`--system ${shell(system.content)}`);
		return command("run", user.content);
	}
};
function pythonKey(keyed) {
	return keyed ? `os.environ["OPENAI_API_KEY"]` : `"none"`;
}
function pythonOutput(body, piece, text) {
	if (!body.stream) return `for choice in answer.choices:\n    print(${text})\n`;
	if (!body.n) return `for chunk in answer:
    for choice in chunk.choices:
        print(${piece}, end="", flush=True)
print()
`;
	return `texts = [""] * ${body.n}
for chunk in answer:
    for choice in chunk.choices:
        texts[choice.index] += ${piece}
for text in texts:
    print(text)
`;
}
function nodeOutput(body, piece, text) {
	if (!body.stream) return `for (const choice of answer.choices) console.log(${text});\n`;
	if (!body.n) return `for await (const chunk of answer) {
  for (const choice of chunk.choices) process.stdout.write(${piece});
}
console.log();
`;
	return `const texts = Array(${body.n}).fill("");
for await (const chunk of answer) {
  for (const choice of chunk.choices) texts[choice.index] += ${piece};
}
for (const text of texts) console.log(text);
`;
}
function rustOutput(body, piece, text) {
	if (!body.stream) return `    let answer: Value = answer.body_mut().read_json()?;
    for choice in answer["choices"].as_array().into_iter().flatten() {
        println!("{}", ${text}.as_str().unwrap_or_default());
    }`;
	return `    let mut texts = vec![String::new(); ${body.n ?? 1}];
    for line in BufReader::new(answer.body_mut().as_reader()).lines() {
        let line = line?;
        let Some(data) = line.strip_prefix("data: ").filter(|data| *data != "[DONE]") else {
            continue;
        };
        let chunk: Value = serde_json::from_str(data)?;
        for choice in chunk["choices"].as_array().into_iter().flatten() {
            let index = choice["index"].as_u64().unwrap_or_default() as usize;
            texts[index] += ${piece}.as_str().unwrap_or_default();
        }
    }
    println!("{}", texts.join("\\n"));`;
}
function keywords(body) {
	return Object.entries(body).map(([name, value]) => `    ${name}=${python(value)},\n`).join("");
}
function python(value) {
	if (value === null) return "None";
	if (typeof value === "boolean") return value ? "True" : "False";
	if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
	if (typeof value === "object") return `{${Object.entries(value).map(([name, v]) => `${python(name)}: ${python(v)}`).join(", ")}}`;
	return JSON.stringify(value);
}
function rust(value, indent) {
	if (typeof value === "string") return rustString(value);
	if (value === null || typeof value !== "object") return JSON.stringify(value);
	const inner = `${indent}    `;
	const items = Array.isArray(value) ? value.map((item) => `${inner}${rust(item, inner)}`) : Object.entries(value).map(([name, v]) => `${inner}${rustString(name)}: ${rust(v, inner)}`);
	const [open, close] = Array.isArray(value) ? "[]" : "{}";
	return items.length === 0 ? `${open}${close}` : `${open}\n${items.join(",\n")}\n${indent}${close}`;
}
function rustString(text) {
	return JSON.stringify(text).replace(/\\(\\|u([0-9a-f]{4})|b|f)/g, (all, what, code) => {
		if (what === "\\") return all;
		if (what === "b") return "\\u{8}";
		if (what === "f") return "\\u{c}";
		return `\\u{${code}}`;
	});
}
function shell(text) {
	if (/^[\w@%+=:,./-]+$/.test(text)) return text;
	return `'${text.replaceAll("'", `'\\''`)}'`;
}
// src/ui/Dialog.svelte
var root$15 = from_html(`<header class="svelte-1v9wgu6"><h2> </h2> <button class="plain"><!></button></header> <!>`, 1);
var root_1$14 = from_html(`<dialog><!></dialog>`);
function Dialog($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let wide = prop($$props, "wide", 3, false);
	let dialog = state(void 0);
	user_effect(() => {
		if ($$props.open && get(dialog) && !get(dialog).open) get(dialog).showModal();
		else if (!$$props.open && get(dialog)?.open) get(dialog).close();
	});
	var dialog_1 = root_1$14();
	let classes;
	var node = child(dialog_1);
	var consequent = ($$anchor) => {
		var fragment = root$15();
		var header = first_child(fragment);
		var h2 = child(header);
		var text = only_child(h2, true);
		var button = sibling(h2, 2);
		Icon(child(button), { name: "close" });
		reset(button);
		reset(header);
		var node_2 = sibling(header, 2);
		snippet$1(node_2, () => $$props.children);
		template_effect(($0) => {
			set_attribute(h2, "id", id);
			set_text(text, $$props.title);
			set_attribute(button, "aria-label", $0);
		}, [() => t("close")]);
		delegated("click", button, function(...$$args) {
			$$props.onclose?.apply(this, $$args);
		});
		append($$anchor, fragment);
	};
	if_block(node, ($$render) => {
		if ($$props.open) $$render(consequent);
	});
	reset(dialog_1);
	bind_this(dialog_1, ($$value) => set(dialog, $$value), () => get(dialog));
	template_effect(() => {
		set_attribute(dialog_1, "aria-labelledby", id);
		classes = set_class(dialog_1, 1, "svelte-1v9wgu6", null, classes, { wide: wide() });
	});
	event("close", dialog_1, function(...$$args) {
		$$props.onclose?.apply(this, $$args);
	});
	append($$anchor, dialog_1);
	pop();
}
delegate(["click"]);
// src/ui/Segments.svelte
var root$14 = from_html(`<label><input class="unseen svelte-1qlbtbo" type="radio"/> </label>`);
var root_1$13 = from_html(`<div class="segments svelte-1qlbtbo" role="radiogroup"></div>`);
function Segments($$anchor, $$props) {
	const group = props_id();
	push($$props, true);
	const binding_group = [];
	let value = prop($$props, "value", 15);
	var div = root_1$13();
	let styles;
	each(div, 20, () => $$props.options, (option) => option, ($$anchor, option) => {
		var label_1 = root$14();
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
// src/pages/playground/CodeDialog.svelte
var root$13 = from_html(`<label class="check svelte-1gre4g7"><input type="checkbox"/> </label>`);
var root_1$12 = from_html(`<p class="muted"> </p> <div class="row svelte-1gre4g7"><!> <button> </button></div> <pre tabindex="0" role="region" class="svelte-1gre4g7"><code class="svelte-1gre4g7"> </code></pre> <!>`, 1);
function CodeDialog($$anchor, $$props) {
	push($$props, true);
	let language = state(proxy(recall("code.language", "curl")));
	let streamed = state(true);
	let copied = state(false);
	const text = user_derived(() => snippet(get(language), get(streamed) ? $$props.request : whole($$props.request), endpoint(""), key.value !== "") ?? t("code.none"));
	user_effect(() => {
		get(text);
		set(copied, false);
	});
	{
		let $0 = user_derived(() => t("play.code"));
		Dialog($$anchor, {
			get title() {
				return get($0);
			},
			get open() {
				return $$props.open;
			},
			get onclose() {
				return $$props.onclose;
			},
			wide: true,
			children: ($$anchor, $$slotProps) => {
				var fragment_1 = root_1$12();
				var p = first_child(fragment_1);
				var text_1 = only_child(p, true);
				var div = sibling(p, 2);
				var node = child(div);
				{
					let $0 = user_derived(() => t("code.language"));
					Segments(node, {
						get label() {
							return get($0);
						},
						get options() {
							return LANGUAGES;
						},
						names: (option) => NAMES[option],
						onchange: () => keep("code.language", get(language)),
						get value() {
							return get(language);
						},
						set value($$value) {
							set(language, $$value, true);
						}
					});
				}
				var button = sibling(node, 2);
				var text_2 = only_child(button, true);
				reset(div);
				var pre = sibling(div, 2);
				var code = child(pre);
				var text_3 = only_child(code, true);
				reset(pre);
				var node_1 = sibling(pre, 2);
				var consequent = ($$anchor) => {
					var label = root$13();
					var input = child(label);
					remove_input_defaults(input);
					var text_4 = sibling(input, 1, true);
					reset(label);
					template_effect(($0) => set_text(text_4, $0), [() => t("code.stream")]);
					bind_checked(input, () => get(streamed), ($$value) => set(streamed, $$value));
					append($$anchor, label);
				};
				if_block(node_1, ($$render) => {
					if (get(language) !== "lyceum") $$render(consequent);
				});
				template_effect(($0, $1) => {
					set_text(text_1, $0);
					set_text(text_2, $1);
					set_attribute(pre, "aria-label", NAMES[get(language)]);
					set_text(text_3, get(text));
				}, [() => $$props.sent ? t("code.sent") : t("code.would"), () => get(copied) ? t("copied") : t("copy")]);
				delegated("click", button, async () => set(copied, await copy(get(text)), true));
				append($$anchor, fragment_1);
			},
			$$slots: { default: true }
		});
	}
	pop();
}
delegate(["click"]);
// src/pages/playground/counting.svelte.ts
var PAUSE_MS = 350;
var Counting = class {
	#tokens = state(null);
	get tokens() {
		return get(this.#tokens);
	}
	set tokens(value) {
		set(this.#tokens, value, true);
	}
	#context = state(null);
	get context() {
		return get(this.#context);
	}
	set context(value) {
		set(this.#context, value, true);
	}
	#timer;
	#abort;
	later(model, text) {
		this.#later(model, (signal) => tokenize(model, text, signal));
	}
	messagesLater(model, messages) {
		this.#later(model, async (signal) => {
			const { context } = await tokenize(model, "", signal);
			return {
				count: await countMessages(model, messages, signal),
				context
			};
		});
	}
	#later(model, count) {
		this.stop();
		if (model === "") return;
		this.#timer = setTimeout(() => void this.#run(count), PAUSE_MS);
	}
	stop() {
		clearTimeout(this.#timer);
		this.#abort?.abort();
	}
	async #run(ask) {
		this.#abort = new AbortController();
		try {
			const { count, context } = await ask(this.#abort.signal);
			this.tokens = count;
			this.context = context;
		} catch {
			this.tokens = null;
		}
	}
};
// src/pages/playground/Frame.svelte
var root$12 = from_html(`<a class="svelte-197r4yx"> </a>`);
var root_1$11 = from_html(`<div class="page svelte-197r4yx"><section class="work svelte-197r4yx"><h1 class="unseen"> </h1> <div class="tools svelte-197r4yx"><nav class="svelte-197r4yx"></nav> <span class="space svelte-197r4yx"></span> <!></div> <!></section> <aside class="svelte-197r4yx"><!></aside></div>`);
function Frame($$anchor, $$props) {
	push($$props, true);
	const MODES = [["/playground/chat", "mode.chat"], ["/playground/complete", "mode.complete"]];
	var div = root_1$11();
	var section = child(div);
	var h1 = child(section);
	var text = only_child(h1, true);
	var div_1 = sibling(h1, 2);
	var nav = child(div_1);
	each(nav, 21, () => MODES, ([path, key]) => path, ($$anchor, $$item) => {
		var $$array = user_derived(() => to_array(get($$item), 2));
		let path = () => get($$array)[0];
		let key = () => get($$array)[1];
		var a = root$12();
		var text_1 = only_child(a, true);
		template_effect(($0, $1) => {
			set_attribute(a, "href", $0);
			set_attribute(a, "aria-current", router.path === path() ? "page" : void 0);
			set_text(text_1, $1);
		}, [() => href(path()), () => t(key())]);
		append($$anchor, a);
	});
	reset(nav);
	var node = sibling(nav, 4);
	snippet$1(node, () => $$props.tools);
	reset(div_1);
	var node_1 = sibling(div_1, 2);
	snippet$1(node_1, () => $$props.children);
	reset(section);
	var aside = sibling(section, 2);
	var node_2 = child(aside);
	snippet$1(node_2, () => $$props.knobs);
	reset(aside);
	reset(div);
	template_effect(($0, $1) => {
		set_attribute(section, "aria-label", $$props.name);
		set_text(text, $$props.name);
		set_attribute(nav, "aria-label", $0);
		set_attribute(aside, "aria-label", $1);
	}, [() => t("mode.label"), () => t("play.params")]);
	append($$anchor, div);
	pop();
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
// src/pages/playground/HistoryDialog.svelte
var root$11 = from_html(`<p class="muted"> </p>`);
var root_1$10 = from_html(`<li class="svelte-ctpvfg"><p class="text svelte-ctpvfg"><span class="muted"> </span> </p> <p class="row muted svelte-ctpvfg"><span> </span> <span> </span> <span><code>temperature</code> </span> <button class="plain svelte-ctpvfg"> </button></p></li>`);
var root_2$8 = from_html(`<ul class="svelte-ctpvfg"></ul> <button> </button>`, 1);
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
			get open() {
				return $$props.open;
			},
			get onclose() {
				return $$props.onclose;
			},
			wide: true,
			children: ($$anchor, $$slotProps) => {
				var fragment_1 = comment();
				var node = first_child(fragment_1);
				var consequent = ($$anchor) => {
					var p = root$11();
					var text = only_child(p, true);
					template_effect(($0) => set_text(text, $0), [() => t("history.none")]);
					append($$anchor, p);
				};
				var alternate = ($$anchor) => {
					var fragment_2 = root_2$8();
					var ul = first_child(fragment_2);
					each(ul, 21, () => history.entries, (entry) => entry.at, ($$anchor, entry) => {
						const computed_const = user_derived(() => {
							return get(entry);
						});
						var li = root_1$10();
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
// src/pages/playground/Numbers.svelte
var root$10 = from_html(`<span> </span>`);
var root_1$9 = from_html(`<!> <span> </span> <!> <!>`, 1);
var root_2$7 = from_html(`<span class="numbers number svelte-yna0la"><!> <!></span>`);
function Numbers($$anchor, $$props) {
	push($$props, true);
	var span = root_2$7();
	var node = child(span);
	var consequent_3 = ($$anchor) => {
		const computed_const = user_derived(() => {
			return $$props.stats;
		});
		var fragment = root_1$9();
		var node_1 = first_child(fragment);
		var consequent = ($$anchor) => {
			var span_1 = root$10();
			var text = only_child(span_1, true);
			template_effect(($0) => set_text(text, $0), [() => t("status.prompt", { n: number(get(computed_const).promptTokens) })]);
			append($$anchor, span_1);
		};
		if_block(node_1, ($$render) => {
			if (get(computed_const).promptTokens !== null) $$render(consequent);
		});
		var span_2 = sibling(node_1, 2);
		var text_1 = only_child(span_2, true);
		var node_2 = sibling(span_2, 2);
		var consequent_1 = ($$anchor) => {
			var span_3 = root$10();
			var text_2 = only_child(span_3, true);
			template_effect(($0) => set_text(text_2, $0), [() => t("status.speed", { n: number(get(computed_const).perSecond, 1) })]);
			append($$anchor, span_3);
		};
		if_block(node_2, ($$render) => {
			if (get(computed_const).perSecond !== null) $$render(consequent_1);
		});
		var node_3 = sibling(node_2, 2);
		var consequent_2 = ($$anchor) => {
			var span_4 = root$10();
			var text_3 = only_child(span_4, true);
			template_effect(($0) => set_text(text_3, $0), [() => t("status.first", { ms: number(get(computed_const).firstMs) })]);
			append($$anchor, span_4);
		};
		if_block(node_3, ($$render) => {
			if (get(computed_const).firstMs !== null) $$render(consequent_2);
		});
		template_effect(($0) => set_text(text_1, $0), [() => t("status.answer", { n: number(get(computed_const).tokens) })]);
		append($$anchor, fragment);
	};
	if_block(node, ($$render) => {
		if ($$props.stats) $$render(consequent_3);
	});
	var node_4 = sibling(node, 2);
	var consequent_4 = ($$anchor) => {
		var span_5 = root$10();
		let classes;
		var text_4 = only_child(span_5, true);
		template_effect(($0) => {
			classes = set_class(span_5, 1, "svelte-yna0la", null, classes, { full: $$props.full });
			set_text(text_4, $0);
		}, [() => t("status.room", {
			used: number($$props.tokens),
			context: number($$props.context)
		})]);
		append($$anchor, span_5);
	};
	if_block(node_4, ($$render) => {
		if ($$props.tokens !== null && $$props.context !== null) $$render(consequent_4);
	});
	reset(span);
	append($$anchor, span);
	pop();
}
// src/ui/About.svelte
var root$9 = from_html(` <code class="svelte-1bmiiuv"> </code>`, 1);
var root_1$8 = from_html(`<div class="row svelte-1bmiiuv"><!> <button class="plain svelte-1bmiiuv"><!></button></div> <div class="text svelte-1bmiiuv"><p> <!></p> <!></div>`, 1);
function About($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let open = state(false);
	var fragment = root_1$8();
	var div = first_child(fragment);
	var node = child(div);
	snippet$1(node, () => $$props.label);
	var button = sibling(node, 2);
	Icon(child(button), { name: "info" });
	reset(button);
	reset(div);
	var div_1 = sibling(div, 2);
	var p = child(div_1);
	var text_1 = child(p, true);
	var node_2 = sibling(text_1);
	var consequent = ($$anchor) => {
		var fragment_1 = root$9();
		var text_2 = first_child(fragment_1, true);
		text_2.nodeValue = " ";
		var code = sibling(text_2);
		var text_3 = only_child(code, true);
		template_effect(() => set_text(text_3, $$props.api));
		append($$anchor, fragment_1);
	};
	if_block(node_2, ($$render) => {
		if ($$props.api) $$render(consequent);
	});
	reset(p);
	var node_3 = sibling(p, 2);
	var consequent_1 = ($$anchor) => {
		var fragment_2 = comment();
		var node_4 = first_child(fragment_2);
		snippet$1(node_4, () => $$props.more ?? noop);
		append($$anchor, fragment_2);
	};
	if_block(node_3, ($$render) => {
		if (get(open)) $$render(consequent_1);
	});
	reset(div_1);
	template_effect(($0) => {
		set_attribute(button, "aria-label", $0);
		set_attribute(button, "aria-expanded", get(open));
		set_attribute(button, "aria-controls", id);
		set_attribute(div_1, "id", id);
		set_attribute(div_1, "hidden", !get(open));
		set_text(text_1, $$props.text);
	}, [() => t("param.about", { name: $$props.name })]);
	delegated("click", button, () => set(open, !get(open)));
	append($$anchor, fragment);
	pop();
}
delegate(["click"]);
// src/ui/Slider.svelte
var root$8 = from_html(`<label> </label>`);
var root_1$7 = from_html(`<div class="slider"><div class="head svelte-1sauv95"><!> <input class="number svelte-1sauv95" type="number"/></div> <input type="range"/></div>`);
function Slider($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let value = prop($$props, "value", 15);
	const digits = user_derived(() => $$props.step < 1 ? 2 : 0);
	function typed(field) {
		const number = field.valueAsNumber;
		if (Number.isFinite(number)) {
			const near = Math.round(number / $$props.step) * $$props.step;
			value(Number(Math.min($$props.max, Math.max($$props.min, near)).toFixed(get(digits))));
		}
		field.value = value().toFixed(get(digits));
	}
	var div = root_1$7();
	var div_1 = child(div);
	var node = child(div_1);
	{
		const label = ($$anchor) => {
			var label_1 = root$8();
			var text = only_child(label_1, true);
			template_effect(() => {
				set_attribute(label_1, "for", id);
				set_text(text, $$props.name);
			});
			append($$anchor, label_1);
		};
		About(node, {
			get name() {
				return $$props.name;
			},
			get api() {
				return $$props.api;
			},
			get text() {
				return $$props.about;
			},
			get more() {
				return $$props.more;
			},
			label,
			$$slots: { label: true }
		});
	}
	var input = sibling(node, 2);
	remove_input_defaults(input);
	reset(div_1);
	var input_1 = sibling(div_1, 2);
	remove_input_defaults(input_1);
	reset(div);
	template_effect(($0) => {
		set_attribute(input, "min", $$props.min);
		set_attribute(input, "max", $$props.max);
		set_attribute(input, "step", $$props.step);
		set_attribute(input, "aria-label", $$props.name);
		set_value(input, $0);
		set_attribute(input_1, "id", id);
		set_attribute(input_1, "min", $$props.min);
		set_attribute(input_1, "max", $$props.max);
		set_attribute(input_1, "step", $$props.step);
	}, [() => value().toFixed(get(digits))]);
	delegated("change", input, (event) => typed(event.currentTarget));
	bind_value(input_1, value);
	append($$anchor, div);
	pop();
}
delegate(["change"]);
// src/ui/Stops.svelte
var root$7 = from_html(`<span class="chip svelte-ypyihv"><code class="svelte-ypyihv"> </code> <button class="plain svelte-ypyihv"><!></button></span>`);
var root_1$6 = from_html(`<input/>`);
var root_2$6 = from_html(`<div class="stops svelte-ypyihv"><!> <!></div>`);
function Stops($$anchor, $$props) {
	push($$props, true);
	let values = prop($$props, "values", 15);
	let draft = state("");
	function add() {
		const text = get(draft).replace(/\\n/g, "\n").replace(/\\t/g, "	");
		set(draft, "");
		if (text === "" || values().includes(text) || values().length >= $$props.most) return;
		values([...values(), text]);
	}
	function remove(text) {
		values(values().filter((other) => other !== text));
	}
	var div = root_2$6();
	var node = child(div);
	each(node, 16, values, (text) => text, ($$anchor, text) => {
		var span = root$7();
		var code = child(span);
		var text_1 = only_child(code, true);
		var button = sibling(code, 2);
		Icon(child(button), { name: "close" });
		reset(button);
		reset(span);
		template_effect(($0, $1) => {
			set_text(text_1, $0);
			set_attribute(button, "aria-label", $1);
		}, [() => visible(text), () => t("param.stop.remove", { text: visible(text) })]);
		delegated("click", button, () => remove(text));
		append($$anchor, span);
	});
	var node_2 = sibling(node, 2);
	var consequent = ($$anchor) => {
		var input = root_1$6();
		remove_input_defaults(input);
		template_effect(($0) => {
			set_attribute(input, "id", $$props.id);
			set_attribute(input, "placeholder", $0);
		}, [() => t("param.stop.add")]);
		delegated("keydown", input, (event) => {
			if (!enters(event) || event.ctrlKey || event.metaKey) return;
			event.preventDefault();
			add();
		});
		event("blur", input, add);
		bind_value(input, () => get(draft), ($$value) => set(draft, $$value));
		append($$anchor, input);
	};
	if_block(node_2, ($$render) => {
		if (values().length < $$props.most) $$render(consequent);
	});
	reset(div);
	append($$anchor, div);
	pop();
}
delegate(["click", "keydown"]);
// src/pages/playground/Parameters.svelte
var root$6 = from_html(`<p class="muted"> </p>`);
var root_1$5 = from_html(`<p> </p> <button> </button>`, 1);
var root_2$5 = from_html(`<option> </option>`);
var root_3$5 = from_html(`<div class="candidate svelte-auzdio"><code class="svelte-auzdio"> </code> <span class="bar svelte-auzdio"><span class="svelte-auzdio"></span></span> <span class="number svelte-auzdio"> </span></div>`);
var root_4$4 = from_html(`<figure class="svelte-auzdio"><figcaption> </figcaption> <!></figure>`);
var root_5$2 = from_html(`<label> </label>`);
var root_6$2 = from_html(`<!> <div class="field svelte-auzdio"><!> <textarea class="field svelte-auzdio" rows="1"></textarea></div> <div class="field svelte-auzdio"><!> <textarea class="field svelte-auzdio" rows="1"></textarea></div>`, 1);
var root_7$2 = from_html(`<span> </span>`);
var root_8$2 = from_html(`<span class="sure svelte-auzdio"> </span>`);
var root_9$1 = from_html(`<span class="unsure svelte-auzdio"> </span>`);
var root_10 = from_html(`<div class="legend svelte-auzdio" aria-hidden="true"><!> <!></div>`);
var root_11 = from_html(`<div class="head svelte-auzdio"><h2> </h2> <button class="plain"> </button></div> <div class="field svelte-auzdio"><label> </label> <!> <div class="model svelte-auzdio"><select><optgroup></optgroup><optgroup></optgroup></select> <button class="plain"><!></button></div></div> <!> <!> <div class="field svelte-auzdio"><!> <!></div> <!> <!> <!> <!> <!> <div class="field svelte-auzdio"><!> <!> <!> <!></div> <div class="field svelte-auzdio"><!> <input inputmode="numeric"/></div>`, 1);
function Parameters($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let params = prop($$props, "params", 7);
	const picture = user_derived(() => tempered($$props.last, params().temperature));
	user_effect(() => {
		JSON.stringify(params());
		$$props.onchange();
	});
	function seed(text) {
		const number = text.trim() === "" ? null : Math.trunc(Number(text));
		params().seed = number === null || Number.isSafeInteger(number) ? number : params().seed;
	}
	function reset$1() {
		Object.assign(params(), {
			...DEFAULTS,
			model: params().model
		});
	}
	var fragment = root_11();
	var div = first_child(fragment);
	var h2 = child(div);
	var text_1 = only_child(h2, true);
	var button = sibling(h2, 2);
	var text_2 = only_child(button, true);
	reset(div);
	var div_1 = sibling(div, 2);
	var label_1 = child(div_1);
	var text_3 = only_child(label_1, true);
	var node = sibling(label_1, 2);
	var consequent = ($$anchor) => {
		{
			let $0 = user_derived(() => t("models.refresh"));
			ErrorBox($$anchor, {
				get failure() {
					return models.failure;
				},
				get action() {
					return get($0);
				},
				onaction: () => models.load()
			});
		}
	};
	var consequent_1 = ($$anchor) => {
		var p = root$6();
		var text_4 = only_child(p, true);
		template_effect(($0) => set_text(text_4, $0), [() => t("models.loading")]);
		append($$anchor, p);
	};
	var consequent_2 = ($$anchor) => {
		var fragment_2 = root_1$5();
		var p_1 = first_child(fragment_2);
		var text_5 = only_child(p_1, true);
		var button_1 = sibling(p_1, 2);
		var text_6 = only_child(button_1, true);
		template_effect(($0, $1) => {
			set_text(text_5, $0);
			set_text(text_6, $1);
		}, [() => t("models.none"), () => t("models.refresh")]);
		delegated("click", button_1, () => models.load());
		append($$anchor, fragment_2);
	};
	var d = user_derived(() => writers(models.all).length === 0);
	if_block(node, ($$render) => {
		if (models.failure) $$render(consequent);
		else if (models.loading && models.all.length === 0) $$render(consequent_1, 1);
		else if (get(d)) $$render(consequent_2, 2);
	});
	var div_2 = sibling(node, 2);
	var select = child(div_2);
	var optgroup = child(select);
	each(optgroup, 20, () => writers(models.all), (name) => name, ($$anchor, name) => {
		var option_1 = root_2$5();
		var text_7 = only_child(option_1, true);
		var option_1_value = {};
		template_effect(() => {
			set_text(text_7, name);
			if (option_1_value !== (option_1_value = name)) option_1.__value = option_1_value;
		});
		append($$anchor, option_1);
	});
	reset(optgroup);
	var optgroup_1 = sibling(optgroup);
	each(optgroup_1, 20, () => aliases(models.all), (name) => name, ($$anchor, name) => {
		var option_2 = root_2$5();
		var text_8 = only_child(option_2, true);
		var option_2_value = {};
		template_effect(() => {
			set_text(text_8, name);
			if (option_2_value !== (option_2_value = name)) option_2.__value = option_2_value;
		});
		append($$anchor, option_2);
	});
	reset(optgroup_1);
	reset(select);
	init_select(select);
	var button_2 = sibling(select, 2);
	Icon(child(button_2), { name: "reload" });
	reset(button_2);
	reset(div_2);
	reset(div_1);
	var node_2 = sibling(div_1, 2);
	{
		const more = ($$anchor) => {
			var fragment_3 = comment();
			var node_3 = first_child(fragment_3);
			var consequent_3 = ($$anchor) => {
				var figure = root_4$4();
				var figcaption = child(figure);
				var text_9 = only_child(figcaption, true);
				var node_4 = sibling(figcaption, 2);
				each(node_4, 19, () => $$props.last, (candidate) => candidate.name, ($$anchor, candidate, i) => {
					var div_3 = root_3$5();
					var code = child(div_3);
					var text_10 = only_child(code, true);
					var span = sibling(code, 2);
					var span_1 = child(span);
					let styles;
					reset(span);
					var span_2 = sibling(span, 2);
					var text_11 = only_child(span_2, true);
					reset(div_3);
					template_effect(($0, $1) => {
						set_text(text_10, $0);
						styles = set_style(span_1, "", styles, { width: `${(get(picture)[get(i)] ?? 0) * 100}%` });
						set_text(text_11, $1);
					}, [() => visible(get(candidate).name), () => percent(get(picture)[get(i)] ?? 0, 1)]);
					append($$anchor, div_3);
				});
				reset(figure);
				template_effect(($0) => set_text(text_9, $0), [() => t("param.temperature.picture", { t: params().temperature.toFixed(2) })]);
				append($$anchor, figure);
			};
			if_block(node_3, ($$render) => {
				if ($$props.last.length > 0) $$render(consequent_3);
			});
			append($$anchor, fragment_3);
		};
		let $0 = user_derived(() => t("param.temperature"));
		let $1 = user_derived(() => t("param.temperature.help"));
		Slider(node_2, spread_props({
			get name() {
				return get($0);
			},
			api: "temperature",
			get about() {
				return get($1);
			}
		}, () => LIMITS.temperature, {
			get value() {
				return params().temperature;
			},
			set value($$value) {
				params().temperature = $$value;
			},
			more,
			$$slots: { more: true }
		}));
	}
	var node_5 = sibling(node_2, 2);
	{
		let $0 = user_derived(() => t("param.max_tokens"));
		let $1 = user_derived(() => t("param.max_tokens.help"));
		let $2 = user_derived(() => Math.max($$props.context ?? LIMITS.maxTokens.max, params().maxTokens));
		Slider(node_5, spread_props({
			get name() {
				return get($0);
			},
			api: "max_tokens",
			get about() {
				return get($1);
			}
		}, () => LIMITS.maxTokens, {
			get max() {
				return get($2);
			},
			get value() {
				return params().maxTokens;
			},
			set value($$value) {
				params().maxTokens = $$value;
			}
		}));
	}
	var div_4 = sibling(node_5, 2);
	var node_6 = child(div_4);
	{
		const label = ($$anchor) => {
			var label_2 = root_5$2();
			var text_12 = only_child(label_2, true);
			template_effect(($0) => {
				set_attribute(label_2, "for", `${id}-stop`);
				set_text(text_12, $0);
			}, [() => t("param.stop")]);
			append($$anchor, label_2);
		};
		let $0 = user_derived(() => t("param.stop"));
		let $1 = user_derived(() => t("param.stop.help"));
		About(node_6, {
			get name() {
				return get($0);
			},
			api: "stop",
			get text() {
				return get($1);
			},
			label,
			$$slots: { label: true }
		});
	}
	Stops(sibling(node_6, 2), {
		get id() {
			return `${id}-stop`;
		},
		get most() {
			return 4;
		},
		get values() {
			return params().stop;
		},
		set values($$value) {
			params().stop = $$value;
		}
	});
	reset(div_4);
	var node_8 = sibling(div_4, 2);
	{
		let $0 = user_derived(() => t("param.top_p"));
		let $1 = user_derived(() => t("param.top_p.help"));
		Slider(node_8, spread_props({
			get name() {
				return get($0);
			},
			api: "top_p",
			get about() {
				return get($1);
			}
		}, () => LIMITS.topP, {
			get value() {
				return params().topP;
			},
			set value($$value) {
				params().topP = $$value;
			}
		}));
	}
	var node_9 = sibling(node_8, 2);
	{
		let $0 = user_derived(() => t("param.frequency_penalty"));
		let $1 = user_derived(() => t("param.frequency_penalty.help"));
		Slider(node_9, spread_props({
			get name() {
				return get($0);
			},
			api: "frequency_penalty",
			get about() {
				return get($1);
			}
		}, () => LIMITS.frequencyPenalty, {
			get value() {
				return params().frequencyPenalty;
			},
			set value($$value) {
				params().frequencyPenalty = $$value;
			}
		}));
	}
	var node_10 = sibling(node_9, 2);
	{
		let $0 = user_derived(() => t("param.presence_penalty"));
		let $1 = user_derived(() => t("param.presence_penalty.help"));
		Slider(node_10, spread_props({
			get name() {
				return get($0);
			},
			api: "presence_penalty",
			get about() {
				return get($1);
			}
		}, () => LIMITS.presencePenalty, {
			get value() {
				return params().presencePenalty;
			},
			set value($$value) {
				params().presencePenalty = $$value;
			}
		}));
	}
	var node_11 = sibling(node_10, 2);
	var consequent_4 = ($$anchor) => {
		var fragment_4 = root_6$2();
		var node_12 = first_child(fragment_4);
		{
			let $0 = user_derived(() => t("param.best_of"));
			let $1 = user_derived(() => t("param.best_of.help"));
			Slider(node_12, spread_props({
				get name() {
					return get($0);
				},
				api: "best_of",
				get about() {
					return get($1);
				}
			}, () => LIMITS.bestOf, {
				get value() {
					return params().bestOf;
				},
				set value($$value) {
					params().bestOf = $$value;
				}
			}));
		}
		var div_5 = sibling(node_12, 2);
		var node_13 = child(div_5);
		{
			const label = ($$anchor) => {
				var label_3 = root_5$2();
				var text_13 = only_child(label_3, true);
				template_effect(($0) => {
					set_attribute(label_3, "for", `${id}-start`);
					set_text(text_13, $0);
				}, [() => t("param.inject_start")]);
				append($$anchor, label_3);
			};
			let $0 = user_derived(() => t("param.inject_start"));
			let $1 = user_derived(() => t("param.inject_start.help"));
			About(node_13, {
				get name() {
					return get($0);
				},
				get text() {
					return get($1);
				},
				label,
				$$slots: { label: true }
			});
		}
		var textarea = sibling(node_13, 2);
		remove_textarea_child(textarea);
		reset(div_5);
		var div_6 = sibling(div_5, 2);
		var node_14 = child(div_6);
		{
			const label = ($$anchor) => {
				var label_4 = root_5$2();
				var text_14 = only_child(label_4, true);
				template_effect(($0) => {
					set_attribute(label_4, "for", `${id}-restart`);
					set_text(text_14, $0);
				}, [() => t("param.inject_restart")]);
				append($$anchor, label_4);
			};
			let $0 = user_derived(() => t("param.inject_restart"));
			let $1 = user_derived(() => t("param.inject_restart.help"));
			About(node_14, {
				get name() {
					return get($0);
				},
				get text() {
					return get($1);
				},
				label,
				$$slots: { label: true }
			});
		}
		var textarea_1 = sibling(node_14, 2);
		remove_textarea_child(textarea_1);
		reset(div_6);
		template_effect(() => {
			set_attribute(textarea, "id", `${id}-start`);
			set_attribute(textarea_1, "id", `${id}-restart`);
		});
		bind_value(textarea, () => params().injectStart, ($$value) => params().injectStart = $$value);
		bind_value(textarea_1, () => params().injectRestart, ($$value) => params().injectRestart = $$value);
		append($$anchor, fragment_4);
	};
	if_block(node_11, ($$render) => {
		if ($$props.mode === "complete") $$render(consequent_4);
	});
	var node_15 = sibling(node_11, 2);
	snippet$1(node_15, () => $$props.children ?? noop);
	var div_7 = sibling(node_15, 2);
	var node_16 = child(div_7);
	{
		const label = ($$anchor) => {
			var span_3 = root_7$2();
			var text_15 = only_child(span_3, true);
			template_effect(($0) => set_text(text_15, $0), [() => t("param.show")]);
			append($$anchor, span_3);
		};
		let $0 = user_derived(() => t("param.show"));
		let $1 = user_derived(() => t("param.show.help"));
		About(node_16, {
			get name() {
				return get($0);
			},
			api: "logprobs",
			get text() {
				return get($1);
			},
			label,
			$$slots: { label: true }
		});
	}
	var node_17 = sibling(node_16, 2);
	{
		let $0 = user_derived(() => t("param.show"));
		Segments(node_17, {
			get label() {
				return get($0);
			},
			get options() {
				return SHOW;
			},
			names: (option) => t(`show.${option}`),
			columns: 2,
			get value() {
				return params().show;
			},
			set value($$value) {
				params().show = $$value;
			}
		});
	}
	var node_18 = sibling(node_17, 2);
	var consequent_7 = ($$anchor) => {
		var div_8 = root_10();
		var node_19 = child(div_8);
		var consequent_5 = ($$anchor) => {
			var span_4 = root_8$2();
			var text_16 = only_child(span_4, true);
			template_effect(($0) => set_text(text_16, $0), [() => t("legend.sure")]);
			append($$anchor, span_4);
		};
		if_block(node_19, ($$render) => {
			if (params().show !== "least") $$render(consequent_5);
		});
		var node_20 = sibling(node_19, 2);
		var consequent_6 = ($$anchor) => {
			var span_5 = root_9$1();
			var text_17 = only_child(span_5, true);
			template_effect(($0) => set_text(text_17, $0), [() => t("legend.unsure")]);
			append($$anchor, span_5);
		};
		if_block(node_20, ($$render) => {
			if (params().show !== "most") $$render(consequent_6);
		});
		reset(div_8);
		append($$anchor, div_8);
	};
	if_block(node_18, ($$render) => {
		if (params().show !== "off") $$render(consequent_7);
	});
	var node_21 = sibling(node_18, 2);
	var consequent_8 = ($$anchor) => {
		var p_2 = root$6();
		var text_18 = only_child(p_2, true);
		template_effect(($0) => set_text(text_18, $0), [() => t("legend.none")]);
		append($$anchor, p_2);
	};
	if_block(node_21, ($$render) => {
		if ($$props.colourless && params().show !== "off") $$render(consequent_8);
	});
	reset(div_7);
	var div_9 = sibling(div_7, 2);
	var node_22 = child(div_9);
	{
		const label = ($$anchor) => {
			var label_5 = root_5$2();
			var text_19 = only_child(label_5, true);
			template_effect(($0) => {
				set_attribute(label_5, "for", `${id}-seed`);
				set_text(text_19, $0);
			}, [() => t("param.seed")]);
			append($$anchor, label_5);
		};
		let $0 = user_derived(() => t("param.seed"));
		let $1 = user_derived(() => t("param.seed.help"));
		About(node_22, {
			get name() {
				return get($0);
			},
			api: "seed",
			get text() {
				return get($1);
			},
			label,
			$$slots: { label: true }
		});
	}
	var input = sibling(node_22, 2);
	remove_input_defaults(input);
	reset(div_9);
	template_effect(($0, $1, $2, $3, $4, $5, $6, $7, $8) => {
		set_text(text_1, $0);
		set_text(text_2, $1);
		set_attribute(label_1, "for", `${id}-model`);
		set_text(text_3, $2);
		set_attribute(select, "id", `${id}-model`);
		select.disabled = $3;
		set_attribute(optgroup, "label", $4);
		set_attribute(optgroup_1, "label", $5);
		set_attribute(button_2, "aria-label", $6);
		set_attribute(button_2, "title", $7);
		set_attribute(input, "id", `${id}-seed`);
		set_attribute(input, "placeholder", $8);
		set_value(input, params().seed ?? "");
	}, [
		() => t("play.params"),
		() => t("play.settingsReset"),
		() => t("models.label"),
		() => writers(models.all).length === 0,
		() => t("models.own"),
		() => t("models.aliases"),
		() => t("models.refresh"),
		() => t("models.refresh"),
		() => t("param.seed.any")
	]);
	delegated("click", button, reset$1);
	bind_select_value(select, () => params().model, ($$value) => params().model = $$value);
	delegated("click", button_2, () => models.load());
	delegated("change", input, (event) => {
		seed(event.currentTarget.value);
		event.currentTarget.value = String(params().seed ?? "");
	});
	append($$anchor, fragment);
	pop();
}
delegate(["click", "change"]);
// src/pages/playground/TokenCard.svelte
var root$5 = from_html(`<p class="part svelte-1lrgen"> </p>`);
var root_1$4 = from_html(`<span class="what svelte-1lrgen"> </span>`);
var root_2$4 = from_html(`<button class="plain what svelte-1lrgen"> <span class="unseen"> </span></button>`);
var root_3$4 = from_html(`<span class="what muted svelte-1lrgen"> </span>`);
var root_4$3 = from_html(`<li><code class="svelte-1lrgen"> </code> <span class="number svelte-1lrgen"> </span> <span class="bar svelte-1lrgen"><span class="svelte-1lrgen"></span></span> <!></li>`);
var root_5$1 = from_html(`<ul class="svelte-1lrgen"></ul>`);
var root_6$1 = from_html(`<br/> `, 1);
var root_7$1 = from_html(`<!> <!> <p class="total svelte-1lrgen"> <!></p>`, 1);
var root_8$1 = from_html(`<p class="total svelte-1lrgen"> <br/> </p>`);
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
	Icon(child(button), { name: "close" });
	reset(button);
	reset(header);
	var node_1 = sibling(header, 2);
	each(node_1, 17, () => $$props.cell.tokens, index, ($$anchor, token, i) => {
		var fragment = root_7$1();
		var node_2 = first_child(fragment);
		var consequent = ($$anchor) => {
			var p = root$5();
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
			var ul = root_5$1();
			each(ul, 21, () => get(token).top, (candidate) => candidate.name, ($$anchor, candidate) => {
				const share = user_derived(() => Math.exp(get(candidate).logprob));
				var li = root_4$3();
				let classes;
				var code = child(li);
				var text_2 = only_child(code, true);
				var span = sibling(code, 2);
				var text_3 = only_child(span, true);
				var span_1 = sibling(span, 2);
				var span_2 = child(span_1);
				let styles_1;
				reset(span_1);
				var node_4 = sibling(span_1, 2);
				var consequent_1 = ($$anchor) => {
					var span_3 = root_1$4();
					var text_4 = only_child(span_3, true);
					template_effect(($0) => set_text(text_4, $0), [() => t("token.sampled")]);
					append($$anchor, span_3);
				};
				var consequent_2 = ($$anchor) => {
					var button_1 = root_2$4();
					var text_5 = child(button_1, true);
					var span_4 = sibling(text_5);
					var text_6 = only_child(span_4);
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
					var span_5 = root_3$4();
					var text_7 = only_child(span_5, true);
					template_effect(($0, $1) => {
						set_attribute(span_5, "title", $0);
						set_text(text_7, $1);
					}, [() => t("token.withinWhy"), () => t("token.within")]);
					append($$anchor, span_5);
				};
				if_block(node_4, ($$render) => {
					if (get(candidate).name === get(token).name) $$render(consequent_1);
					else if (get(d)) $$render(consequent_2, 1);
					else if ($$props.branches) $$render(consequent_3, 2);
				});
				reset(li);
				template_effect(($0, $1) => {
					classes = set_class(li, 1, "svelte-1lrgen", null, classes, { taken: get(candidate).name === get(token).name });
					set_text(text_2, $0);
					set_text(text_3, $1);
					styles_1 = set_style(span_2, "", styles_1, { width: `${get(share) * 100}%` });
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
		var node_5 = sibling(text_8);
		var consequent_5 = ($$anchor) => {
			var fragment_1 = root_6$1();
			var text_9 = sibling(first_child(fragment_1), 1, true);
			template_effect(($0) => set_text(text_9, $0), [() => t("token.covered", {
				percent: percent(covered(get(token))),
				n: 5
			})]);
			append($$anchor, fragment_1);
		};
		if_block(node_5, ($$render) => {
			if (get(token).top.length > 0) $$render(consequent_5);
		});
		reset(p_1);
		template_effect(($0) => set_text(text_8, `${$0 ?? ""} `), [() => counted("token.total.one", "token.total.many", 1).replace("{logprob}", number(logprob([get(token)]), 2))]);
		append($$anchor, fragment);
	});
	var node_6 = sibling(node_1, 2);
	var consequent_6 = ($$anchor) => {
		var p_2 = root_8$1();
		var text_10 = child(p_2);
		var text_11 = sibling(text_10, 2, true);
		reset(p_2);
		template_effect(($0, $1) => {
			set_text(text_10, `${$0 ?? ""} `);
			set_text(text_11, $1);
		}, [() => counted("token.total.one", "token.total.many", $$props.cell.tokens.length).replace("{logprob}", number(logprob($$props.cell.tokens), 2)), () => t("token.character", { percent: percent(probability($$props.cell)) })]);
		append($$anchor, p_2);
	};
	if_block(node_6, ($$render) => {
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
// src/pages/playground/Tokens.svelte
var root$4 = from_html(`<span> </span>`);
var root_1$3 = from_html(`<span aria-hidden="true"> </span>`);
var root_2$3 = from_html(`<br/>`);
var root_3$3 = from_html(`<div class="line svelte-14cav5y"><!><!></div>`);
var root_4$2 = from_html(`<div class="around svelte-14cav5y"><div class="texts writing svelte-14cav5y"></div> <!></div>`);
function Tokens($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	const list = user_derived(() => $$props.show !== "off" && $$props.cells.length > 0);
	let texts = state(void 0);
	let active = state(-1);
	let opened = state(-1);
	let byKeyboard = state(false);
	let place = state(proxy({
		left: 0,
		top: 0
	}));
	const shown = user_derived(() => $$props.running || !get(list) ? void 0 : $$props.cells[get(opened)]);
	user_effect(() => {
		if ($$props.running) close();
	});
	function option(index) {
		return get(texts)?.querySelector(`[data-cell="${index}"]`);
	}
	function label(index, cell) {
		const text = $$props.lines.flatMap((line) => line.pieces).filter((piece) => piece.index === index).map((piece) => piece.text).join("");
		return t("token.label", {
			text: visible(text),
			percent: percent(probability(cell))
		});
	}
	function open(index, keyboard) {
		const piece = option(index);
		const box = piece && [...piece.getClientRects()].at(-1);
		if (!box || !get(texts) || $$props.running) return;
		const around = get(texts).getBoundingClientRect();
		set(place, {
			left: box.left - around.left,
			top: box.bottom - around.top + 6
		}, true);
		set(byKeyboard, keyboard, true);
		set(active, set(opened, index, true), true);
		$$props.onopen?.();
	}
	function close() {
		if (get(byKeyboard) && get(opened) >= 0) get(texts)?.focus();
		set(opened, -1);
	}
	function openAt(x, y) {
		const under = document.elementsFromPoint(x, y).find((e) => e.matches("[data-cell]"));
		if (under instanceof HTMLElement && get(texts)?.contains(under)) open(Number(under.dataset.cell), false);
		else close();
	}
	function moved(event) {
		const last = $$props.cells.length - 1;
		const to = {
			ArrowLeft: get(active) - 1,
			ArrowUp: get(active) - 1,
			ArrowRight: get(active) + 1,
			ArrowDown: get(active) + 1,
			Home: 0,
			End: last
		}[event.key];
		if (to !== void 0 && !event.altKey) {
			set(active, Math.max(0, Math.min(last, to)), true);
			option(get(active))?.scrollIntoView({ block: "nearest" });
		} else if (event.key === "Enter" && !submits(event)) open(get(active), true);
		else return;
		event.preventDefault();
	}
	function escaped(event) {
		if (event.key !== "Escape" || get(opened) < 0) return;
		event.stopPropagation();
		close();
	}
	var $$exports = {
		close,
		openAt
	};
	var div = root_4$2();
	var div_1 = child(div);
	each(div_1, 21, () => $$props.lines, index, ($$anchor, line) => {
		var div_2 = root_3$3();
		var node = child(div_2);
		each(node, 17, () => get(line).pieces, index, ($$anchor, piece) => {
			var fragment = comment();
			var node_1 = first_child(fragment);
			var consequent = ($$anchor) => {
				const p = user_derived(() => probability(get(piece).cell));
				var span = root$4();
				let classes;
				let styles;
				var text_1 = only_child(span, true);
				template_effect(($0, $1, $2, $3, $4, $5) => {
					set_attribute(span, "id", $0);
					classes = set_class(span, 1, clsx([
						"token",
						get(p) >= .5 ? "sure" : "unsure",
						{ active: get(piece).index === get(active) }
					]), "svelte-14cav5y", classes, { newline: get(piece).text === "\n" });
					set_attribute(span, "data-cell", get(piece).index);
					set_attribute(span, "role", $1);
					set_attribute(span, "aria-hidden", $2);
					set_attribute(span, "aria-selected", $3);
					set_attribute(span, "aria-label", $4);
					styles = set_style(span, "", styles, { "--p": $5 });
					set_text(text_1, get(piece).text);
				}, [
					() => begins(get(piece)) ? `${id}-${get(piece).index}` : void 0,
					() => begins(get(piece)) ? "option" : void 0,
					() => begins(get(piece)) ? void 0 : "true",
					() => begins(get(piece)) ? get(piece).index === get(active) : void 0,
					() => begins(get(piece)) && get(piece).index === get(active) ? label(get(active), get(piece).cell) : void 0,
					() => get(p).toFixed(4)
				]);
				append($$anchor, span);
			};
			var alternate = ($$anchor) => {
				var span_1 = root_1$3();
				var text_2 = only_child(span_1, true);
				template_effect(() => set_text(text_2, get(piece).text));
				append($$anchor, span_1);
			};
			if_block(node_1, ($$render) => {
				if (get(piece).cell && get(list)) $$render(consequent);
				else $$render(alternate, -1);
			});
			append($$anchor, fragment);
		});
		var node_2 = sibling(node);
		var consequent_1 = ($$anchor) => {
			var br = root_2$3();
			append($$anchor, br);
		};
		if_block(node_2, ($$render) => {
			if (get(line).pieces.length === 0) $$render(consequent_1);
		});
		reset(div_2);
		template_effect(() => set_attribute(div_2, "role", get(list) ? "none" : void 0));
		append($$anchor, div_2);
	});
	reset(div_1);
	bind_this(div_1, ($$value) => set(texts, $$value), () => get(texts));
	var node_3 = sibling(div_1, 2);
	var consequent_2 = ($$anchor) => {
		var fragment_1 = comment();
		var node_4 = first_child(fragment_1);
		key$1(node_4, () => get(opened), ($$anchor) => {
			{
				let $0 = user_derived(() => get(texts)?.clientWidth ?? 0);
				TokenCard($$anchor, {
					get cell() {
						return get(shown);
					},
					get index() {
						return get(opened);
					},
					get place() {
						return get(place);
					},
					get focus() {
						return get(byKeyboard);
					},
					get width() {
						return get($0);
					},
					get of() {
						return $$props.cells.length;
					},
					get branches() {
						return $$props.branches;
					},
					onclose: close
				});
			}
		});
		append($$anchor, fragment_1);
	};
	if_block(node_3, ($$render) => {
		if (get(shown)) $$render(consequent_2);
	});
	reset(div);
	template_effect(($0) => {
		set_attribute(div_1, "data-show", $$props.show);
		set_attribute(div_1, "role", get(list) ? "listbox" : void 0);
		set_attribute(div_1, "aria-label", $0);
		set_attribute(div_1, "aria-hidden", get(list) ? void 0 : "true");
		set_attribute(div_1, "aria-activedescendant", get(list) && get(active) >= 0 ? `${id}-${get(active)}` : void 0);
		set_attribute(div_1, "tabindex", get(list) ? 0 : void 0);
	}, [() => get(list) ? t("token.list") : void 0]);
	delegated("keydown", div, escaped);
	delegated("keydown", div_1, function(...$$args) {
		(get(list) ? moved : void 0)?.apply(this, $$args);
	});
	delegated("click", div_1, (event) => openAt(event.clientX, event.clientY));
	event("focus", div_1, () => set(active, Math.max(0, Math.min(get(active), $$props.cells.length - 1)), true));
	append($$anchor, div);
	return pop($$exports);
}
delegate(["keydown", "click"]);
// src/pages/playground/Surface.svelte
var root$3 = from_html(`<div class="scroller svelte-1pbvs33"><div class="stack svelte-1pbvs33"><!> <textarea class="writing svelte-1pbvs33" spellcheck="false" autocapitalize="off"></textarea></div></div>`);
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
	var div = root$3();
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
var root$2 = from_html(`<button class="plain"><!> </button> <button class="plain"><!> </button>`, 1);
var root_1$2 = from_html(`<p class="hint svelte-6ar501"><span> </span> <button class="plain svelte-6ar501"> </button></p>`);
var root_2$2 = from_html(`<div class="failure svelte-6ar501"><!></div>`);
var root_3$2 = from_html(`<button class="primary"> <kbd>Esc</kbd></button>`);
var root_4$1 = from_html(`<button class="primary"> <kbd> </kbd></button>`);
var root_5 = from_html(`<span class="versions svelte-6ar501"><button class="plain"><!></button> <span class="number"> </span> <button class="plain"><!></button></span>`);
var root_6 = from_html(`<p class="warning svelte-6ar501"> </p>`);
var root_7 = from_html(`<!> <!> <!> <!> <footer class="svelte-6ar501"><!> <button><!> </button> <button><!> </button> <!> <span class="space svelte-6ar501"></span> <!></footer> <!> <p class="said svelte-6ar501" role="status"> </p>`, 1);
var root_8 = from_html(`<!> <!> <!>`, 1);
function Complete($$anchor, $$props) {
	push($$props, true);
	let surface;
	let dialog = state(null);
	let patient = state(false);
	const counting = new Counting();
	const full = user_derived(() => counting.tokens !== null && counting.context !== null && counting.tokens + session.params.maxTokens > counting.context);
	onMount(() => {
		const start = completeStart();
		if (start) session.begin(start);
		else if (hints.first && session.document.text === "") session.edit(t("play.example"));
		surface.focus();
		return () => counting.stop();
	});
	user_effect(() => {
		if (models.all.length > 0) session.params.model = chosen(models.all, session.params.model);
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
		if (event.defaultPrevented || get(dialog) || key.wanted !== null) return;
		if (event.key === "Escape" && session.running) session.stop();
		else if (submits(event)) submit();
		else if (event.key === "C" && event.shiftKey && (event.ctrlKey || event.metaKey)) view();
		else return;
		event.preventDefault();
	}
	function view() {
		hints.did("more");
		set(dialog, "code");
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
	var fragment = root_8();
	event("keydown", $window, keyed);
	var node = first_child(fragment);
	{
		const tools = ($$anchor) => {
			var fragment_1 = root$2();
			var button = first_child(fragment_1);
			var node_1 = child(button);
			Icon(node_1, { name: "code" });
			var text = sibling(node_1, 1, true);
			reset(button);
			var button_1 = sibling(button, 2);
			var node_2 = child(button_1);
			Icon(node_2, { name: "clock" });
			var text_1 = sibling(node_2, 1, true);
			reset(button_1);
			template_effect(($0, $1) => {
				set_attribute(button, "title", `${MOD ?? ""}+Shift+C`);
				set_text(text, $0);
				set_text(text_1, $1);
			}, [() => t("play.code"), () => t("play.history")]);
			delegated("click", button, view);
			delegated("click", button_1, () => set(dialog, "history"));
			append($$anchor, fragment_1);
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
				var fragment_3 = root_7();
				var node_3 = first_child(fragment_3);
				var consequent = ($$anchor) => {
					var p = root_1$2();
					var span = child(p);
					var text_2 = only_child(span, true);
					var button_2 = sibling(span, 2);
					var text_3 = only_child(button_2, true);
					reset(p);
					template_effect(($0, $1) => {
						set_text(text_2, $0);
						set_text(text_3, $1);
					}, [() => t(`hint.${hints.now}`, { key: `${MOD}+Enter` }), () => t("hint.dismiss")]);
					delegated("click", button_2, () => hints.dismiss());
					append($$anchor, p);
				};
				if_block(node_3, ($$render) => {
					if (hints.now && !session.running) $$render(consequent);
				});
				var node_4 = sibling(node_3, 2);
				bind_this(Surface(node_4, { onsubmit: submit }), ($$value) => surface = $$value, () => surface);
				var node_5 = sibling(node_4, 2);
				var consequent_1 = ($$anchor) => {
					Candidates($$anchor, {});
				};
				if_block(node_5, ($$render) => {
					if (session.answers.length > 1) $$render(consequent_1);
				});
				var node_6 = sibling(node_5, 2);
				var consequent_2 = ($$anchor) => {
					const failure = user_derived(() => session.failure);
					var div = root_2$2();
					var node_7 = child(div);
					{
						let $0 = user_derived(() => get(failure).status === 0);
						let $1 = user_derived(() => get(failure).status === 401 ? t("error.key") : t("error.again"));
						ErrorBox(node_7, {
							get failure() {
								return get(failure);
							},
							get partial() {
								return get($0);
							},
							get action() {
								return get($1);
							},
							onaction: () => get(failure).status === 401 ? key.ask(get(failure).message) : void submit()
						});
					}
					reset(div);
					append($$anchor, div);
				};
				if_block(node_6, ($$render) => {
					if (session.failure) $$render(consequent_2);
				});
				var footer = sibling(node_6, 2);
				var node_8 = child(footer);
				var consequent_3 = ($$anchor) => {
					var button_3 = root_3$2();
					var text_4 = child(button_3);
					next();
					reset(button_3);
					template_effect(($0) => set_text(text_4, `${$0 ?? ""} `), [() => t("play.stop")]);
					delegated("click", button_3, () => session.stop());
					append($$anchor, button_3);
				};
				var alternate = ($$anchor) => {
					var button_4 = root_4$1();
					var text_5 = child(button_4);
					var kbd = sibling(text_5);
					var text_6 = only_child(kbd);
					reset(button_4);
					template_effect(($0) => {
						button_4.disabled = session.params.model === "";
						set_text(text_5, `${$0 ?? ""} `);
						set_text(text_6, `${MOD ?? ""} ⏎`);
					}, [() => t("play.submit")]);
					delegated("click", button_4, submit);
					append($$anchor, button_4);
				};
				if_block(node_8, ($$render) => {
					if (session.running) $$render(consequent_3);
					else $$render(alternate, -1);
				});
				var button_5 = sibling(node_8, 2);
				var node_9 = child(button_5);
				Icon(node_9, { name: "undo" });
				var text_7 = sibling(node_9, 1, true);
				reset(button_5);
				var button_6 = sibling(button_5, 2);
				var node_10 = child(button_6);
				Icon(node_10, { name: "again" });
				var text_8 = sibling(node_10, 1, true);
				reset(button_6);
				var node_11 = sibling(button_6, 2);
				var consequent_4 = ($$anchor) => {
					var span_1 = root_5();
					var button_7 = child(span_1);
					Icon(child(button_7), { name: "left" });
					reset(button_7);
					var span_2 = sibling(button_7, 2);
					var text_9 = only_child(span_2, true);
					var button_8 = sibling(span_2, 2);
					Icon(child(button_8), { name: "right" });
					reset(button_8);
					reset(span_1);
					template_effect(($0, $1, $2) => {
						set_attribute(button_7, "aria-label", $0);
						button_7.disabled = session.version === 0 || session.running;
						set_text(text_9, $1);
						set_attribute(button_8, "aria-label", $2);
						button_8.disabled = session.version === session.versions.length - 1 || session.running;
					}, [
						() => t("play.previous"),
						() => t("play.version", {
							n: session.version + 1,
							of: session.versions.length
						}),
						() => t("play.next")
					]);
					delegated("click", button_7, () => session.show(session.version - 1));
					delegated("click", button_8, () => session.show(session.version + 1));
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
					var p_1 = root_6();
					var text_10 = only_child(p_1, true);
					template_effect(($0) => set_text(text_10, $0), [() => t("status.context", {
						used: number(counting.tokens),
						context: number(counting.context)
					})]);
					append($$anchor, p_1);
				};
				if_block(node_15, ($$render) => {
					if (get(full) && counting.tokens !== null && counting.context !== null && !session.running) $$render(consequent_5);
				});
				var p_2 = sibling(node_15, 2);
				var text_11 = only_child(p_2, true);
				template_effect(($0, $1) => {
					button_5.disabled = !session.canUndo;
					set_text(text_7, $0);
					button_6.disabled = !session.canRepeat;
					set_text(text_8, $1);
					set_text(text_11, get(said));
				}, [() => t("play.undo"), () => t("play.again")]);
				delegated("click", button_5, () => session.undo());
				delegated("click", button_6, () => void session.again());
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
		{
			let $0 = user_derived(() => session.sent ?? session.next);
			let $1 = user_derived(() => session.sent !== null);
			CodeDialog($$anchor, {
				open: true,
				onclose: () => set(dialog, null),
				get request() {
					return get($0);
				},
				get sent() {
					return get($1);
				}
			});
		}
	};
	if_block(node_16, ($$render) => {
		if (get(dialog) === "code") $$render(consequent_6);
	});
	var node_17 = sibling(node_16, 2);
	{
		let $0 = user_derived(() => get(dialog) === "history");
		HistoryDialog(node_17, {
			get open() {
				return get($0);
			},
			onclose: () => set(dialog, null)
		});
	}
	append($$anchor, fragment);
	pop();
}
delegate(["click"]);
// src/ui/KeyDialog.svelte
var root$1 = from_html(`<p> </p> <p class="muted"> </p>`, 1);
var root_1$1 = from_html(`<p class="muted"> </p>`);
var root_2$1 = from_html(`<button type="button"> </button>`);
var root_3$1 = from_html(`<form class="svelte-1paprtx"><!> <label> </label> <input type="password" autocomplete="off" placeholder="sk-…"/> <label class="check svelte-1paprtx"><input type="checkbox"/> </label> <div class="row svelte-1paprtx"><!> <button class="primary"> </button></div></form>`);
function KeyDialog($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let value = state("");
	let remember = state(proxy(key.kept));
	function use(event) {
		event.preventDefault();
		if (get(value).trim() !== "") key.set(get(value), get(remember));
		set(value, "");
	}
	{
		let $0 = user_derived(() => t("key.title"));
		let $1 = user_derived(() => key.wanted !== null);
		Dialog($$anchor, {
			get title() {
				return get($0);
			},
			get open() {
				return get($1);
			},
			onclose: () => key.wanted = null,
			children: ($$anchor, $$slotProps) => {
				var form = root_3$1();
				var node = child(form);
				var consequent = ($$anchor) => {
					var fragment_1 = root$1();
					var p = first_child(fragment_1);
					var text = only_child(p, true);
					var p_1 = sibling(p, 2);
					var text_1 = only_child(p_1, true);
					template_effect(($0) => {
						set_text(text, key.wanted);
						set_text(text_1, $0);
					}, [() => t("key.why")]);
					append($$anchor, fragment_1);
				};
				var consequent_1 = ($$anchor) => {
					var p_2 = root_1$1();
					var text_2 = only_child(p_2, true);
					template_effect(($0) => set_text(text_2, $0), [() => t("key.none")]);
					append($$anchor, p_2);
				};
				if_block(node, ($$render) => {
					if (key.wanted) $$render(consequent);
					else if (!key.value) $$render(consequent_1, 1);
				});
				var label = sibling(node, 2);
				var text_3 = only_child(label, true);
				var input = sibling(label, 2);
				remove_input_defaults(input);
				var label_1 = sibling(input, 2);
				var input_1 = child(label_1);
				remove_input_defaults(input_1);
				var text_4 = sibling(input_1, 1, true);
				reset(label_1);
				var div = sibling(label_1, 2);
				var node_1 = child(div);
				var consequent_2 = ($$anchor) => {
					var button = root_2$1();
					var text_5 = only_child(button, true);
					template_effect(($0) => set_text(text_5, $0), [() => t("key.forget")]);
					delegated("click", button, () => key.set("", false));
					append($$anchor, button);
				};
				if_block(node_1, ($$render) => {
					if (key.value) $$render(consequent_2);
				});
				var button_1 = sibling(node_1, 2);
				var text_6 = only_child(button_1, true);
				reset(div);
				reset(form);
				template_effect(($0, $1, $2, $3) => {
					set_attribute(label, "for", id);
					set_text(text_3, $0);
					set_attribute(input, "id", id);
					set_text(text_4, $1);
					button_1.disabled = $2;
					set_text(text_6, $3);
				}, [
					() => t("key.label"),
					() => t("key.remember"),
					() => get(value).trim() === "",
					() => t("key.use")
				]);
				event("submit", form, use);
				bind_value(input, () => get(value), ($$value) => set(value, $$value));
				bind_checked(input_1, () => get(remember), ($$value) => set(remember, $$value));
				append($$anchor, form);
			},
			$$slots: { default: true }
		});
	}
	pop();
}
delegate(["click"]);
// src/App.svelte
var root = from_html(`<a class="svelte-1n46o8q"><!><span class="svelte-1n46o8q"> </span></a>`);
var root_1 = from_html(`<div class="down svelte-1n46o8q" role="alert"><span> </span> <button> </button></div>`);
var root_2 = from_html(`<div class="fill svelte-1n46o8q"><!></div>`);
var root_3 = from_html(`<div class="missing svelte-1n46o8q"><h1> </h1> <p><code> </code></p> <a class="button"> </a></div>`);
var root_4 = from_html(`<a class="skip svelte-1n46o8q" href="#work"> </a> <div class="frame svelte-1n46o8q"><nav class="svelte-1n46o8q"><a class="brand svelte-1n46o8q"><svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true" class="svelte-1n46o8q"><path d="M4 12 16 5l12 7zM7 14h4v9H7zm7 0h4v9h-4zm7 0h4v9h-4zM4 25h24v3H4z"></path></svg> <span class="svelte-1n46o8q">Lyceum</span></a> <div class="pages svelte-1n46o8q"><a class="svelte-1n46o8q"><!><span class="svelte-1n46o8q"> </span></a> <a class="svelte-1n46o8q"><!><span class="svelte-1n46o8q"> </span></a> <hr class="svelte-1n46o8q"/> <!></div> <div class="ends svelte-1n46o8q"><button class="plain svelte-1n46o8q"><!><span class="svelte-1n46o8q"> </span></button> <button class="plain svelte-1n46o8q"><!><span class="svelte-1n46o8q"><span class="unseen"> </span> </span></button> <button class="plain svelte-1n46o8q"><span class="glyph svelte-1n46o8q" aria-hidden="true">文</span><span class="svelte-1n46o8q"> </span></button></div></nav> <main id="work" class="svelte-1n46o8q"><!> <!></main></div> <!>`, 1);
function App($$anchor, $$props) {
	push($$props, true);
	const HOME = "/playground/complete";
	const CHAT = "/playground/chat";
	const EXAMPLES = "/examples";
	const LATER = new Map([[CHAT, () => __vitePreload(() => import("./Chat.js"), __vite__mapDeps([18,1,14,19]), import.meta.url)], [EXAMPLES, () => __vitePreload(() => import("./Examples.js"), __vite__mapDeps([20,1,21]), import.meta.url)]]);
	const platform = user_derived(() => platformPage(router.path));
	const later = user_derived(() => LATER.get(router.path) ?? get(platform)?.load);
	const inPlayground = user_derived(() => router.path === HOME || router.path === CHAT);
	const other = user_derived(() => language.now === "en" ? "zh" : "en");
	user_effect(() => {
		if (router.path === "/" || router.path === "/playground") router.go(HOME, "replace");
	});
	user_effect(() => {
		const name = get(inPlayground) ? t("app.playground") : router.path === EXAMPLES ? t("app.examples") : "";
		const title = get(platform) ? t(get(platform).name) : name;
		document.title = title === "" ? "Lyceum" : `${title} · Lyceum`;
	});
	function keyed(event) {
		if (event.key !== "F6") return;
		event.preventDefault();
		const regions = [...document.querySelectorAll("nav, main section, main aside")];
		regions[(regions.findIndex((region) => region.contains(document.activeElement)) + (event.shiftKey ? -1 : 1) + regions.length) % regions.length]?.querySelector("textarea, a, button, select, input")?.focus();
	}
	var fragment = root_4();
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
	var node_2 = sibling(a_3, 4);
	each(node_2, 17, () => PLATFORM, ({ path, icon, name }) => path, ($$anchor, $$item) => {
		let path = () => get($$item).path;
		let icon = () => get($$item).icon;
		let name = () => get($$item).name;
		var a_4 = root();
		var node_3 = child(a_4);
		Icon(node_3, { get name() {
			return icon();
		} });
		var span_2 = sibling(node_3);
		var text_3 = only_child(span_2, true);
		reset(a_4);
		template_effect(($0, $1) => {
			set_attribute(a_4, "href", $0);
			set_attribute(a_4, "aria-current", get(platform)?.path === path() ? "page" : void 0);
			set_text(text_3, $1);
		}, [() => href(path()), () => t(name())]);
		append($$anchor, a_4);
	});
	reset(div_1);
	var div_2 = sibling(div_1, 2);
	var button = child(div_2);
	var node_4 = child(button);
	Icon(node_4, { name: "key" });
	var span_3 = sibling(node_4);
	var text_4 = only_child(span_3, true);
	reset(button);
	var button_1 = sibling(button, 2);
	var node_5 = child(button_1);
	Icon(node_5, { name: "theme" });
	var span_4 = sibling(node_5);
	var span_5 = child(span_4);
	var text_5 = only_child(span_5);
	var text_6 = sibling(span_5, 1, true);
	reset(span_4);
	reset(button_1);
	var button_2 = sibling(button_1, 2);
	var span_6 = sibling(child(button_2));
	var text_7 = only_child(span_6, true);
	reset(button_2);
	reset(div_2);
	reset(nav);
	var main = sibling(nav, 2);
	var node_6 = child(main);
	var consequent = ($$anchor) => {
		var div_3 = root_1();
		var span_7 = child(div_3);
		var text_8 = only_child(span_7, true);
		var button_3 = sibling(span_7, 2);
		var text_9 = only_child(button_3, true);
		reset(div_3);
		template_effect(($0, $1) => {
			set_text(text_8, $0);
			set_text(text_9, $1);
		}, [() => t("app.down"), () => t("app.retry")]);
		delegated("click", button_3, () => void connection.check());
		append($$anchor, div_3);
	};
	if_block(node_6, ($$render) => {
		if (connection.down) $$render(consequent);
	});
	var node_7 = sibling(node_6, 2);
	var consequent_1 = ($$anchor) => {
		var div_4 = root_2();
		Complete(child(div_4), {});
		reset(div_4);
		append($$anchor, div_4);
	};
	var consequent_2 = ($$anchor) => {
		var fragment_1 = comment();
		var node_9 = first_child(fragment_1);
		await_block(node_9, () => get(later)(), null, ($$anchor, $$source) => {
			var $$value = user_derived(() => {
				var { default: Page } = get($$source);
				return { Page };
			});
			var Page = user_derived(() => get($$value).Page);
			var div_5 = root_2();
			var node_10 = child(div_5);
			component(node_10, () => get(Page), ($$anchor, Page_1) => {
				Page_1($$anchor, {});
			});
			reset(div_5);
			append($$anchor, div_5);
		});
		append($$anchor, fragment_1);
	};
	var consequent_3 = ($$anchor) => {
		var div_6 = root_3();
		var h1 = child(div_6);
		var text_10 = only_child(h1, true);
		var p = sibling(h1, 2);
		var code = child(p);
		var text_11 = only_child(code, true);
		reset(p);
		var a_5 = sibling(p, 2);
		var text_12 = only_child(a_5, true);
		reset(div_6);
		template_effect(($0, $1, $2) => {
			set_text(text_10, $0);
			set_text(text_11, router.path);
			set_attribute(a_5, "href", $1);
			set_text(text_12, $2);
		}, [
			() => t("app.missing"),
			() => href(HOME),
			() => t("app.home")
		]);
		append($$anchor, div_6);
	};
	if_block(node_7, ($$render) => {
		if (router.path === HOME) $$render(consequent_1);
		else if (get(later)) $$render(consequent_2, 1);
		else if (router.path !== "/" && router.path !== "/playground") $$render(consequent_3, 2);
	});
	reset(main);
	reset(div);
	KeyDialog(sibling(div, 2), {});
	template_effect(($0, $1, $2, $3, $4, $5, $6, $7, $8, $9) => {
		set_text(text, $0);
		set_attribute(nav, "aria-label", $1);
		set_attribute(a_1, "href", $2);
		set_attribute(a_2, "href", $3);
		set_attribute(a_2, "aria-current", get(inPlayground) ? "page" : void 0);
		set_text(text_1, $4);
		set_attribute(a_3, "href", $5);
		set_attribute(a_3, "aria-current", router.path === EXAMPLES ? "page" : void 0);
		set_text(text_2, $6);
		set_text(text_4, $7);
		set_text(text_5, `${$8 ?? ""}:`);
		set_text(text_6, $9);
		set_attribute(button_2, "lang", get(other));
		set_text(text_7, LANGUAGES$1[get(other)]);
	}, [
		() => t("app.skip"),
		() => t("app.regions"),
		() => href("/"),
		() => href(HOME),
		() => t("app.playground"),
		() => href(EXAMPLES),
		() => t("app.examples"),
		() => t("app.key"),
		() => t("app.theme"),
		() => t(`theme.${theme.now}`)
	]);
	delegated("click", button, () => key.wanted = "");
	delegated("click", button_1, () => theme.next());
	delegated("click", button_2, () => language.choose(get(other)));
	append($$anchor, fragment);
	pop();
}
delegate(["click"]);
// src/main.ts
theme.start();
language.start();
key.start();
router.start();
models.load();
var target = document.getElementById("app");
if (target) mount(App, { target });
export { SEND_KEYS as A, chosen as C, stream as D, ask as E, THEMES as F, theme as I, key as L, sends as M, submits as N, upload as O, __vitePreload as P, connection as R, open as S, Failure as T, later as _, Counting as a, ErrorBox as b, Dialog as c, spelt as d, DEFAULTS as f, Pace as g, sampled as h, Frame as i, sendKey as j, MOD as k, copy as l, restored as m, Parameters as n, CodeDialog as o, anySeed as p, Numbers as r, Segments as s, Tokens as t, Reader as u, layout as v, models as w, chatStart as x, Icon as y };
