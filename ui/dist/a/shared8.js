import { r as ROLES } from "./shared7.js";
import { r as router } from "./shared3.js";
// src/lib/share.ts
var MOST_BYTES = 4 << 20;
async function pack(value) {
	const text = new Blob([JSON.stringify(value)]).stream();
	const bytes = new Uint8Array(await new Response(text.pipeThrough(new CompressionStream("deflate-raw"))).arrayBuffer());
	let binary = "";
	for (const byte of bytes) binary += String.fromCharCode(byte);
	return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
async function unpack(packed) {
	const binary = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
	const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
	const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
	const decoder = new TextDecoder("utf-8", { fatal: true });
	const reader = inflated.getReader();
	let text = "";
	for (let size = 0;;) {
		const { done, value } = await reader.read();
		text += decoder.decode(value, { stream: !done });
		if (done) return JSON.parse(text);
		size += value.length;
		if (size > MOST_BYTES) {
			await reader.cancel();
			throw new RangeError(`more than ${MOST_BYTES} bytes`);
		}
	}
}
// src/lib/start.ts
var TELLS = {
	complete: "prompt",
	chat: "messages",
	code: "prefix",
	embeddings: "lines",
	compare: "asked"
};
var MODES = Object.keys(TELLS);
function modeOf(start) {
	return MODES.find((mode) => TELLS[mode] in start) ?? "complete";
}
function excerpt(start) {
	let text;
	if ("messages" in start) text = start.messages?.findLast((m) => m.content !== "")?.content;
	else if ("prefix" in start) text = start.prefix;
	else if ("lines" in start) text = start.lines;
	else if ("asked" in start) text = start.asked;
	else text = start.prompt;
	return (text ?? "").trim().slice(0, 240);
}
var waiting = null;
function open(start) {
	waiting = start;
	router.go(`/playground/${modeOf(start)}`);
}
function startOf(mode) {
	if (!waiting || modeOf(waiting) !== mode) return null;
	const start = waiting;
	waiting = null;
	return start;
}
var MARK = "#s=";
async function fragment(start) {
	return MARK + await pack(start);
}
async function openFragment(hash) {
	if (!hash.startsWith(MARK)) return true;
	try {
		const start = checked(await unpack(hash.slice(3)));
		if (start) open(start);
		return start !== null;
	} catch {
		return false;
	}
}
function checked(value) {
	if (!isObject(value)) return null;
	const mode = MODES.find((mode) => TELLS[mode] in value);
	const text = mode && value[TELLS[mode]];
	const { params } = value;
	switch (mode) {
		case "complete":
		case "embeddings": return isText(text) && isObject(params) ? value : null;
		case "code": return isText(text) && typeof value.suffix === "string" && isObject(params) ? value : null;
		case "chat": return (text === null || Array.isArray(text) && text.every(isMessage)) && isObject(params) ? value : null;
		case "compare": {
			const { system, as, columns } = value;
			const whole = Array.isArray(columns) && columns.length > 0 && columns.every(isObject);
			const known = typeof system === "string" && (as === "chat" || as === "complete");
			return isText(text) && whole && known ? value : null;
		}
		default: return null;
	}
}
function isObject(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
function isText(value) {
	return value === null || typeof value === "string";
}
function isMessage(value) {
	if (!isObject(value) || typeof value.content !== "string") return false;
	return ROLES.includes(value.role);
}
export { modeOf as a, startOf as c, fragment as i, checked as n, open as o, excerpt as r, openFragment as s, MODES as t };
