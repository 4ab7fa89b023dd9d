// src/lib/diff.ts
var MOST_CELLS = 4e6;
function words(before, after) {
	return difference(cut(before, /\s*\S+|\s+$/g), cut(after, /\s*\S+|\s+$/g));
}
function lines(before, after) {
	return difference(cut(before, /[^\n]*\n|[^\n]+$/g), cut(after, /[^\n]*\n|[^\n]+$/g));
}
function cut(text, into) {
	return text.match(into) ?? [];
}
function difference(before, after) {
	const most = Math.min(before.length, after.length);
	let start = 0;
	while (start < most && before[start] === after[start]) start++;
	let end = 0;
	while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end++;
	const a = before.slice(start, before.length - end);
	const b = after.slice(start, after.length - end);
	return joined([
		...before.slice(0, start).map(same),
		...middle(a, b),
		...before.slice(before.length - end).map(same)
	]);
}
function middle(a, b) {
	const width = b.length + 1;
	const parts = [];
	if (a.length * width > MOST_CELLS) return [...a.map(gone), ...b.map(fresh)];
	const common = new Uint32Array((a.length + 1) * width);
	const at = (i, j) => common[i * width + j] ?? 0;
	for (let i = a.length - 1; i >= 0; i--) for (let j = b.length - 1; j >= 0; j--) {
		const longest = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
		common[i * width + j] = longest;
	}
	let [i, j] = [0, 0];
	while (i < a.length || j < b.length) {
		const [one, other] = [a[i], b[j]];
		if (one !== void 0 && one === other) {
			parts.push(same(one));
			[i, j] = [i + 1, j + 1];
		} else if (one !== void 0 && (other === void 0 || at(i + 1, j) >= at(i, j + 1))) {
			parts.push(gone(one));
			i++;
		} else {
			parts.push(fresh(other ?? ""));
			j++;
		}
	}
	return parts;
}
var same = (text) => ({
	kind: "same",
	text
});
var gone = (text) => ({
	kind: "gone",
	text
});
var fresh = (text) => ({
	kind: "new",
	text
});
function joined(parts) {
	const all = [];
	for (const part of parts) {
		const last = all.at(-1);
		if (last?.kind === part.kind) last.text += part.text;
		else all.push({ ...part });
	}
	return all;
}
export { words as n, lines as t };
