// src/lib/lines.ts
function begins({ cell, start }) {
	return cell?.start === start;
}
function layout(text, cells, before = [], from = 0) {
	let kept = before.findIndex((line) => line.end >= from);
	if (kept < 0) kept = before.length;
	const lines = before.slice(0, kept);
	let pieces = (before[kept]?.pieces ?? []).filter((piece) => piece.start + piece.text.length < from);
	let start = lines.at(-1)?.end ?? 0;
	let at = end(pieces.at(-1)) ?? start;
	let next = cellAt(cells, at);
	for (;;) {
		const newline = text.indexOf("\n", at);
		const lineEnd = newline < 0 ? text.length : newline + 1;
		while (at < lineEnd) {
			const cell = cells[next];
			const inside = cell !== void 0 && cell.start <= at;
			const stops = [lineEnd, inside ? cell.end : cell?.start ?? lineEnd];
			if (inside && newline > at) stops.push(newline);
			const stop = Math.min(...stops);
			const piece = {
				start: at,
				text: text.slice(at, stop)
			};
			pieces.push(inside ? {
				...piece,
				cell,
				index: next
			} : {
				...piece,
				cell: null,
				index: -1
			});
			at = stop;
			while ((cells[next]?.end ?? Infinity) <= at) next++;
		}
		lines.push({
			start,
			end: lineEnd,
			pieces
		});
		if (newline < 0) return lines;
		start = lineEnd;
		pieces = [];
	}
}
function end(piece) {
	return piece && piece.start + piece.text.length;
}
function cellAt(cells, place) {
	let [low, high] = [0, cells.length];
	while (low < high) {
		const middle = low + high >> 1;
		if ((cells[middle]?.end ?? 0) <= place) low = middle + 1;
		else high = middle;
	}
	return low;
}
function commonPrefix(a, b) {
	const most = Math.min(a.length, b.length);
	let at = 0;
	while (at < most && a.charCodeAt(at) === b.charCodeAt(at)) at++;
	return at;
}
export { commonPrefix as n, layout as r, begins as t };
