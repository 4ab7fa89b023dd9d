import { Y as get, ct as state, d as recall, l as forget, st as set, u as keep } from "./shared.js";
import { t as base } from "./shared3.js";
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
async function models() {
	return (await (await ask("/v1/models")).json()).data;
}
async function cards() {
	try {
		return (await (await ask("/api/models")).json()).data;
	} catch (error) {
		if (error instanceof Failure && error.status === 404) return null;
		throw error;
	}
}
async function embed(body, signal) {
	return await (await ask("/v1/embeddings", body, signal)).json();
}
async function inspectPrompt(body) {
	return await (await ask("/api/inspect/prompt", body)).json();
}
async function prefer(preference) {
	await ask("/api/preferences", preference);
}
async function preferences() {
	return (await ask("/api/preferences/export")).blob();
}
async function tokenize(model, input, signal) {
	return await (await ask("/v1/tokenize", {
		model,
		input
	}, signal)).json();
}
async function countMessages(model, input, tools, signal) {
	return (await (await ask("/v1/responses/input_tokens", tools.length > 0 ? {
		model,
		input,
		tools
	} : {
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
export { embed as a, models as c, stream as d, tokenize as f, connection as h, countMessages as i, prefer as l, key as m, ask as n, endpoint as o, upload as p, cards as r, inspectPrompt as s, Failure as t, preferences as u };
