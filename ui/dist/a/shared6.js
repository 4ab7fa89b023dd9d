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
	logitBias: [],
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
	if (params.logitBias.length > 0) body.logit_bias = Object.fromEntries(params.logitBias.map(({ id, bias }) => [id, bias]));
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
	const params = { ...defaults };
	for (const name of Object.keys(defaults)) if (typeof kept[name] === typeof defaults[name]) params[name] = kept[name];
	for (const name of Object.keys(LIMITS)) {
		const { min, max } = LIMITS[name];
		const value = params[name];
		params[name] = Number.isFinite(value) ? Math.min(max, Math.max(min, value)) : defaults[name];
	}
	if (!SHOW.includes(params.show)) params.show = defaults.show;
	params.stop = (Array.isArray(kept.stop) ? kept.stop : []).filter((stop) => typeof stop === "string").slice(0, 4);
	params.logitBias = (Array.isArray(kept.logitBias) ? kept.logitBias : []).filter(isBias).slice(0, 20);
	params.seed = Number.isSafeInteger(kept.seed) ? kept.seed ?? null : defaults.seed;
	return params;
}
function isBias(value) {
	const { id, text, bias } = value ?? {};
	return typeof bias === "number" && Math.abs(bias) <= 100 && Number.isSafeInteger(id) && (id ?? -1) >= 0 && typeof text === "string";
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
export { spelt as a, visible as c, SHOW as d, anySeed as f, sampled as h, probability as i, DEFAULTS as l, restored as m, covered as n, tempered as o, completionBody as p, logprob as r, textOf as s, Reader as t, LIMITS as u };
