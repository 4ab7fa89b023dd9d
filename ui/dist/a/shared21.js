import { Y as get, ct as state, st as set } from "./shared.js";
import { c as models$1, h as connection, m as key, r as cards, t as Failure } from "./shared4.js";
// src/lib/models.svelte.ts
var WRITES = "gpt-3.5-turbo-instruct";
var EMBEDS = "text-embedding-3-small";
function embeds({ root }, all, cards) {
	const card = cards?.find((card) => card.id === root);
	if (card) return card.kind === "embedding";
	return root === all.find((model) => model.id === EMBEDS)?.root;
}
function writers(all, cards = null) {
	return all.filter((m) => m.id === m.root && !embeds(m, all, cards)).map((m) => m.id);
}
function embedders(all, cards = null) {
	return all.filter((m) => m.id === m.root && embeds(m, all, cards)).map((m) => m.id);
}
function aliases(all, own) {
	return all.filter((m) => m.id !== m.root && own.includes(m.root)).map((m) => m.id);
}
function chosen(all, wished, own = writers(all)) {
	const root = all.find((model) => model.id === wished)?.root;
	if (root !== void 0 && own.includes(root)) return wished;
	const default_ = all.find((model) => model.id === WRITES)?.root ?? "";
	return own.includes(default_) ? default_ : own[0] ?? "";
}
var Models = class {
	#all = state([]);
	get all() {
		return get(this.#all);
	}
	set all(value) {
		set(this.#all, value);
	}
	#cards = state(null);
	get cards() {
		return get(this.#cards);
	}
	set cards(value) {
		set(this.#cards, value);
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
			const [all, cards$1] = await Promise.all([models$1(), cards()]);
			this.cards = cards$1;
			this.all = all;
		} catch (error) {
			this.failure = error instanceof Failure ? error : new Failure(String(error));
			if (this.failure.status === 401) key.onceSet(() => void this.load());
			else if (this.failure.status === 0) connection.onceBack(() => void this.load());
		}
		this.loading = false;
	}
	get writers() {
		return writers(this.all, this.cards);
	}
	get embedders() {
		return embedders(this.all, this.cards);
	}
	card(name) {
		const root = this.all.find((model) => model.id === name)?.root ?? name;
		return this.cards?.find((card) => card.id === root);
	}
};
var models = new Models();
export { chosen as n, models as r, aliases as t };
