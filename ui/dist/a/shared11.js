import { Y as get, ct as state, d as recall, st as set, u as keep } from "./shared.js";
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
export { theme as n, THEMES as t };
