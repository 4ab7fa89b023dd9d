import { d as recall } from "./shared.js";
// src/lib/keys.ts
function composing(event) {
	return event.isComposing || event.keyCode === 229;
}
function submits(event) {
	return event.key === "Enter" && (event.ctrlKey || event.metaKey) && !composing(event);
}
function enters(event) {
	return event.key === "Enter" && !event.shiftKey && !event.altKey && !composing(event);
}
var SEND_KEYS = ["enter", "mod"];
function sendKey() {
	return recall("sendKey", "enter") === "mod" ? "mod" : "enter";
}
function sends(event) {
	return sendKey() === "mod" ? submits(event) : enters(event);
}
var MOD = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform ?? "") ? "⌘" : "Ctrl";
function inDialog() {
	return document.querySelector("dialog[open]") !== null;
}
export { inDialog as a, submits as c, enters as i, SEND_KEYS as n, sendKey as o, composing as r, sends as s, MOD as t };
