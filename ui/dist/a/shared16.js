// src/lib/later.ts
var QUIET_MS = 400;
function later(work) {
	let timer;
	const run = () => {
		if (timer === void 0) return;
		clearTimeout(timer);
		timer = void 0;
		work();
	};
	globalThis.addEventListener?.("pagehide", run);
	return () => {
		clearTimeout(timer);
		timer = setTimeout(run, QUIET_MS);
	};
}
export { later as t };
