import { Y as get, ct as state, d as recall, st as set, u as keep } from "./shared.js";
import { a as modeOf, n as checked } from "./shared8.js";
// src/lib/presets.svelte.ts
var NAME = "presets";
var Presets = class {
	#all = state([]);
	get all() {
		return get(this.#all);
	}
	set all(value) {
		set(this.#all, value);
	}
	constructor() {
		this.read();
	}
	read() {
		const kept = recall(NAME, []);
		this.all = Array.isArray(kept) ? kept.filter((p) => checked(p?.start) !== null) : [];
	}
	of(mode) {
		return this.all.filter((preset) => modeOf(preset.start) === mode);
	}
	named(mode, name) {
		return this.of(mode).find((preset) => preset.name === name.trim());
	}
	save(name, start, now = Date.now()) {
		this.read();
		const known = this.named(modeOf(start), name);
		if (!known && this.all.length >= 100) return "presets.full";
		const id = known?.id ?? this.#freeId(now);
		const preset = {
			id,
			name: name.trim().slice(0, 80),
			at: now,
			start
		};
		return this.#set([preset, ...this.all.filter((other) => other.id !== id)]);
	}
	rename(id, name) {
		this.read();
		const preset = this.all.find((preset) => preset.id === id);
		const wanted = name.trim().slice(0, 80);
		if (!preset || wanted === "" || wanted === preset.name) return null;
		if (this.named(modeOf(preset.start), wanted)) return "presets.taken";
		return this.#set(this.all.map((p) => p.id === id ? {
			...p,
			name: wanted
		} : p));
	}
	remove(id) {
		this.read();
		this.#set(this.all.filter((preset) => preset.id !== id));
	}
	restore(preset) {
		this.read();
		const rest = this.all.filter((other) => other.id !== preset.id);
		return this.#set([preset, ...rest].sort((a, b) => b.at - a.at));
	}
	#set(all) {
		if (!keep(NAME, all)) return "presets.noRoom";
		this.all = all;
		return null;
	}
	#freeId(now) {
		let id = now;
		while (this.all.some((preset) => preset.id === id.toString(36))) id++;
		return id.toString(36);
	}
};
var presets = new Presets();
export { presets as t };
