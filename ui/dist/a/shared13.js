import { m as restored } from "./shared6.js";
// src/lib/address.ts
var NUMBERS = {
	temperature: "temperature",
	maxTokens: "max_tokens",
	topP: "top_p",
	frequencyPenalty: "frequency_penalty",
	presencePenalty: "presence_penalty",
	bestOf: "best_of"
};
var OWN = {
	format: "response_format",
	toolChoice: "tool_choice"
};
function toQuery(params, defaults) {
	const query = new URLSearchParams();
	if (params.model !== "") query.set("model", params.model);
	for (const name of Object.keys(NUMBERS)) if (params[name] !== defaults[name]) query.set(NUMBERS[name], String(params[name]));
	for (const stop of params.stop) query.append("stop", stop);
	for (const { id, bias, text } of params.logitBias) query.append("logit_bias", [
		id,
		bias,
		text
	].join(":"));
	if (params.show !== defaults.show) query.set("show", params.show);
	if (params.seed !== null) query.set("seed", String(params.seed));
	for (const name of Object.keys(OWN)) {
		const value = params[name];
		if (value !== void 0 && value !== defaults[name]) query.set(OWN[name], value);
	}
	return query;
}
function fromQuery(query, now, defaults) {
	if (![
		"model",
		"stop",
		"logit_bias",
		"show",
		"seed",
		...[...Object.values(NUMBERS), ...Object.values(OWN)]
	].some((name) => query.has(name))) return null;
	const said = {
		stop: query.getAll("stop"),
		logitBias: query.getAll("logit_bias").map(bias),
		show: query.get("show") ?? defaults.show,
		seed: number(query.get("seed")) ?? defaults.seed,
		model: query.get("model") ?? now.model
	};
	for (const name of Object.keys(NUMBERS)) said[name] = number(query.get(NUMBERS[name])) ?? defaults[name];
	for (const name of Object.keys(OWN)) if (name in defaults) said[name] = query.get(OWN[name]) ?? defaults[name] ?? "";
	return restored(defaults, {
		...now,
		...said
	});
}
function number(text) {
	return text === null || text.trim() === "" ? null : Number(text);
}
function bias(text) {
	const [id, bias, ...piece] = text.split(":");
	return {
		id: Number(id),
		bias: Number(bias),
		text: piece.join(":")
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
export { fromQuery as n, toQuery as r, Pace as t };
