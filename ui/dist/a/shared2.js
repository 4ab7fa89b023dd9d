// src/lib/clipboard.ts
async function copy(text) {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		return copySelected(text);
	}
}
function copySelected(text) {
	const area = document.createElement("textarea");
	area.value = text;
	area.readOnly = true;
	(document.querySelector("dialog[open]") ?? document.body).append(area);
	area.select();
	const copied = document.execCommand("copy");
	area.remove();
	return copied;
}
export { copy as t };
