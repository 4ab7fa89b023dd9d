import { d as spelt, h as sampled } from "./index.js";
// src/lib/chat.ts
var ROLES = [
	"system",
	"user",
	"assistant"
];
var FORMATS = [
	"text",
	"json_object",
	"json_schema"
];
function chatBody(params, messages, seed) {
	const { model, ...rest } = sampled(params, seed);
	const body = {
		model,
		messages,
		...rest
	};
	if (params.show !== "off") {
		body.logprobs = true;
		body.top_logprobs = 5;
	}
	if (params.format === "json_object") body.response_format = { type: "json_object" };
	if (params.format === "json_schema") body.response_format = {
		type: "json_schema",
		json_schema: {
			name: "answer",
			strict: true,
			schema: JSON.parse(params.schema)
		}
	};
	return body;
}
var Offsets = class {
	#begun = 0;
	of(content) {
		const tokens = content ?? [];
		const name = (token) => token.bytes ? spelt(Uint8Array.from(token.bytes)) : token.token;
		return {
			tokens: tokens.map(name),
			token_logprobs: tokens.map((token) => token.logprob),
			top_logprobs: tokens.map((token) => {
				const candidates = [...token.top_logprobs, token];
				return Object.fromEntries(candidates.map((c) => [name(c), c.logprob]));
			}),
			text_offset: tokens.map((token) => {
				const bytes = token.bytes ?? [];
				const within = bytes.length > 0 && !begins(bytes[0] ?? 0);
				const offset = this.#begun - (within ? 1 : 0);
				this.#begun += bytes.filter(begins).length;
				return offset;
			})
		};
	}
};
function begins(byte) {
	return (byte & 192) !== 128;
}
var WrongLine = class extends Error {
	line;
	why;
	got;
	constructor(line, why, got) {
		super(`line ${line}: ${why}: ${got}`);
		this.line = line;
		this.why = why;
		this.got = got;
	}
};
function toJsonl(messages) {
	return `${JSON.stringify({ messages })}\n`;
}
function fromJsonl(text) {
	const messages = [];
	text.split("\n").forEach((line, i) => {
		if (line.trim() === "") return;
		for (const message of conversation(line, i + 1)) {
			const known = messages.some((m) => m.role === "system");
			if (message.role !== "system") messages.push(message);
			else if (!known) messages.unshift(message);
		}
	});
	if (messages.length === 0) throw new WrongLine(1, "messages", "");
	return messages;
}
function conversation(line, number) {
	let value;
	try {
		value = JSON.parse(line);
	} catch (error) {
		throw new WrongLine(number, "json", error instanceof Error ? error.message : String(error));
	}
	const messages = value?.messages;
	if (!Array.isArray(messages)) throw new WrongLine(number, "messages", "");
	return messages.map((message) => {
		const { role, content } = message ?? {};
		if (!ROLES.includes(role)) throw new WrongLine(number, "role", String(role));
		if (typeof content !== "string") throw new WrongLine(number, "content", String(content));
		return {
			role,
			content
		};
	});
}
export { chatBody as a, WrongLine as i, Offsets as n, fromJsonl as o, ROLES as r, toJsonl as s, FORMATS as t };
