import { Y as get, ct as state, st as set } from "./shared.js";
// src/lib/router.svelte.ts
var base = typeof document === "undefined" ? "" : document.querySelector("meta[name=\"base-path\"]")?.content ?? "";
function inside(path, base) {
	if (!path.startsWith(base)) return null;
	const rest = path.slice(base.length);
	if (rest !== "" && !rest.startsWith("/")) return null;
	return rest.replace(/\/+$/, "") || "/";
}
var Router = class {
	#path = state("/");
	get path() {
		return get(this.#path);
	}
	set path(value) {
		set(this.#path, value, true);
	}
	#query = state("");
	get query() {
		return get(this.#query);
	}
	set query(value) {
		set(this.#query, value, true);
	}
	start() {
		const read = () => {
			this.path = inside(location.pathname, base) ?? "/";
			this.query = location.search.slice(1);
		};
		read();
		addEventListener("popstate", read);
		addEventListener("click", (event) => {
			const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
			const link = event.target?.closest?.("a");
			if (!plain || event.defaultPrevented || !link || link.target || link.hash) return;
			const path = link.origin === location.origin ? inside(link.pathname, base) : null;
			if (path === null) return;
			event.preventDefault();
			this.go(path + link.search);
		});
	}
	go(to, how = "push") {
		const [path = "/", query = ""] = to.split("?", 2);
		if (path === this.path && (query === "" || query === this.query)) return;
		history[how === "push" ? "pushState" : "replaceState"](null, "", base + to);
		this.path = path;
		this.query = query;
	}
	say(path, state) {
		const query = state.toString();
		if (path !== this.path || query === this.query) return;
		history.replaceState(null, "", base + path + (query && `?${query}`));
		this.query = query;
	}
	get state() {
		return new URLSearchParams(this.query);
	}
};
var router = new Router();
function href(path) {
	return base + path;
}
export { href as n, router as r, base as t };
