import { a as spelt, h as sampled, m as restored } from "./shared6.js";
// src/lib/schema.ts
var TYPES = [
	"object",
	"array",
	"string",
	"number",
	"integer",
	"boolean",
	"null"
];
var DEEPEST = 32;
function faultOf(schema, path = "", depth = 0) {
	const fault = (why, at, got) => ({
		path: joined(path, at),
		why,
		got: JSON.stringify(got) ?? ""
	});
	if (depth > 0 && typeof schema === "boolean") return null;
	if (!isObject(schema)) return fault("schema.object", "", schema);
	if (depth > DEEPEST) return fault("schema.deep", "", depth);
	const { type, properties, required, items, enum: values, additionalProperties: others } = schema;
	const unknown = (Array.isArray(type) ? type : type === void 0 ? [] : [type]).find((name) => !TYPES.includes(name));
	if (unknown !== void 0) return fault("schema.type", "type", unknown);
	if (properties !== void 0 && !isObject(properties)) return fault("schema.properties", "properties", properties);
	if (required !== void 0) {
		if (!(Array.isArray(required) && required.every((name) => typeof name === "string"))) return fault("schema.required", "required", required);
		const missing = required.find((name) => !(name in (properties ?? {})));
		if (missing !== void 0) return fault("schema.missing", "required", missing);
	}
	if (values !== void 0 && (!Array.isArray(values) || values.length === 0)) return fault("schema.enum", "enum", values);
	const inner = Object.entries(properties ?? {}).map(([name, value]) => [`properties.${name}`, value]);
	if (items !== void 0) inner.push(["items", items]);
	if (others !== void 0) inner.push(["additionalProperties", others]);
	for (const name of [
		"anyOf",
		"oneOf",
		"allOf"
	]) {
		const all = schema[name];
		if (all === void 0) continue;
		if (!Array.isArray(all) || all.length === 0) return fault("schema.list", name, all);
		inner.push(...all.map((one, i) => [`${name}[${i}]`, one]));
	}
	for (const [at, value] of inner) {
		const found = faultOf(value, joined(path, at), depth + 1);
		if (found) return found;
	}
	return null;
}
function joined(path, at) {
	return [path, at].filter((part) => part !== "").join(".");
}
function isObject(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
function toolOf(text) {
	let value;
	try {
		value = JSON.parse(text);
	} catch (error) {
		return {
			path: "",
			why: "schema.json",
			got: error instanceof Error ? error.message : String(error)
		};
	}
	const inner = isObject(value) && isObject(value.function) ? value.function : value;
	if (!isObject(inner)) return {
		path: "",
		why: "schema.object",
		got: text.slice(0, 40)
	};
	const { name, description, parameters } = inner;
	if (typeof name !== "string" || !/^[\w-]{1,64}$/.test(name)) return {
		path: "name",
		why: "schema.name",
		got: JSON.stringify(name) ?? ""
	};
	if (description !== void 0 && typeof description !== "string") return {
		path: "description",
		why: "schema.text",
		got: JSON.stringify(description)
	};
	if (parameters !== void 0) {
		const fault = faultOf(parameters, "parameters");
		if (fault) return fault;
		const { type } = parameters;
		if (type !== void 0 && type !== "object") return {
			path: "parameters.type",
			why: "schema.arguments",
			got: JSON.stringify(type)
		};
	}
	return {
		type: "function",
		function: {
			...inner,
			name
		}
	};
}
function isTool(read) {
	return "function" in read;
}
// src/lib/chat.ts
var ROLES = [
	"system",
	"user",
	"assistant",
	"tool"
];
function apiCall({ id, name, arguments: written }) {
	return {
		id,
		type: "function",
		function: {
			name,
			arguments: written
		}
	};
}
function callOf({ id, function: called }) {
	return {
		id,
		name: called.name,
		arguments: called.arguments
	};
}
var FORMATS = [
	"text",
	"json_object",
	"json_schema"
];
function restoredChat(defaults, kept) {
	const params = restored(defaults, kept);
	if (!FORMATS.includes(params.format)) params.format = defaults.format;
	params.tools = (Array.isArray(kept.tools) ? kept.tools : []).filter((text) => typeof text === "string").slice(0, 16);
	return params;
}
function toolsOf(params) {
	return params.tools.map(toolOf).filter(isTool);
}
function grown(calls, deltas) {
	const all = [...calls];
	for (const { index, id, function: more } of deltas) {
		const call = all[index] ?? {
			id: "",
			name: "",
			arguments: ""
		};
		all[index] = {
			id: id ?? call.id,
			name: more?.name ?? call.name,
			arguments: call.arguments + (more?.arguments ?? "")
		};
	}
	return all;
}
function inputOf(messages) {
	return messages.flatMap(({ role, content, tool_calls: calls, tool_call_id: call_id }) => {
		if (role === "tool") return [{
			type: "function_call_output",
			call_id,
			output: content
		}];
		const said = content === "" && calls ? [] : [{
			role,
			content
		}];
		const called = (calls ?? []).map(({ id, function: { name, arguments: written } }) => ({
			type: "function_call",
			call_id: id,
			name,
			arguments: written
		}));
		return [...said, ...called];
	});
}
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
	const tools = toolsOf(params);
	if (tools.length > 0) {
		body.tools = tools;
		const { toolChoice: choice } = params;
		if (tools.some((tool) => tool.function.name === choice)) body.tool_choice = {
			type: "function",
			function: { name: choice }
		};
		else if (choice === "none" || choice === "required") body.tool_choice = choice;
	}
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
		const { role, content, tool_calls: calls, tool_call_id: answers } = message ?? {};
		if (!ROLES.includes(role)) throw new WrongLine(number, "role", String(role));
		if (calls !== void 0) {
			if (!(role === "assistant" && Array.isArray(calls) && calls.every(isApiCall))) throw new WrongLine(number, "calls", JSON.stringify(calls));
		}
		if (role === "tool" && typeof answers !== "string") throw new WrongLine(number, "calls", JSON.stringify(answers) ?? "");
		const text = calls !== void 0 && content === null ? "" : content;
		if (typeof text !== "string") throw new WrongLine(number, "content", String(content));
		const read = {
			role,
			content: text
		};
		if (calls !== void 0) read.tool_calls = calls;
		if (role === "tool") read.tool_call_id = answers;
		return read;
	});
}
function isApiCall(value) {
	const { id, function: called } = value ?? {};
	return [
		id,
		called?.name,
		called?.arguments
	].every((text) => typeof text === "string");
}
export { apiCall as a, fromJsonl as c, restoredChat as d, toJsonl as f, toolOf as g, isTool as h, WrongLine as i, grown as l, faultOf as m, Offsets as n, callOf as o, toolsOf as p, ROLES as r, chatBody as s, FORMATS as t, inputOf as u };
