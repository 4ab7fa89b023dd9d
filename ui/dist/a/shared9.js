import { Y as get, ct as state, st as set } from "./shared.js";
import { i as fragment, s as openFragment } from "./shared8.js";
import { r as router, t as base } from "./shared3.js";
// src/lib/link.svelte.ts
var Link = class {
	#broken = state(false);
	get broken() {
		return get(this.#broken);
	}
	set broken(value) {
		set(this.#broken, value, true);
	}
	async start() {
		const { hash } = location;
		this.broken = !await openFragment(hash);
		if (hash !== "") history.replaceState(null, "", location.pathname + location.search);
		addEventListener("hashchange", () => {
			if (location.hash.startsWith("#s=")) location.reload();
		});
	}
	async to(start) {
		return location.origin + base + router.path + await fragment(start);
	}
};
var link = new Link();
export { link as t };
