import { at as state, it as set, q as get } from "./shared.js";
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
	start() {
		const read = () => {
			this.path = inside(location.pathname, base) ?? "/";
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
			this.go(path);
		});
	}
	go(path, how = "push") {
		if (path === this.path) return;
		history[how === "push" ? "pushState" : "replaceState"](null, "", base + path);
		this.path = path;
	}
};
var router = new Router();
function href(path) {
	return base + path;
}
export { href as n, router as r, base as t };
