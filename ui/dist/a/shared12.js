import { B as append, Q as template_effect, U as from_svg, it as only_child, x as set_attribute } from "./shared.js";
// src/ui/Icon.svelte
var root = from_svg(`<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" class="svelte-123hemx"><path></path></svg>`);
function Icon($$anchor, $$props) {
	const PATHS = {
		play: "M3 2.5h10v3H3zM3 8h6M3 11h10M3 14h7",
		examples: "M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z",
		code: "M5.5 4 2 8l3.5 4M10.5 4 14 8l-3.5 4",
		undo: "M6 3 2.5 6.5 6 10M3 6.5h6.5a3.5 3.5 0 0 1 0 7H7",
		again: "M13 8a5 5 0 1 1-1.5-3.5M13 2v3.5H9.5",
		clock: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2M8 4.5V8l2.5 2",
		preset: "M4 2h8v12l-4-3-4 3z",
		share: "M6.5 9.5a3 3 0 0 1 0-4l2-2a3 3 0 0 1 4 4l-1 1M9.5 6.5a3 3 0 0 1 0 4l-2 2a3 3 0 0 1-4-4l1-1",
		compare: "M2.5 3h4.5v10H2.5zM9 3h4.5v10H9z",
		up: "M3 10l5-5 5 5",
		down: "M3 6l5 5 5-5",
		left: "M10 3 5 8l5 5",
		right: "M6 3l5 5-5 5",
		close: "M4 4l8 8M12 4l-8 8",
		theme: "M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12",
		key: "M10.5 2.5a3 3 0 1 1-2.3 4.9L3 12.6V14h2v-1.5h1.5V11l1.7-1.7",
		reload: "M13 8a5 5 0 1 1-1.5-3.5M13 2v3.5H9.5",
		models: "M8 2 14 5 8 8 2 5zM2 8l6 3 6-3M2 11l6 3 6-3",
		files: "M4 1.5h5l3 3v10H4zM9 1.5v3h3",
		usage: "M2.5 13.5h11M4 13V8M8 13V3M12 13V6",
		logs: "M3 4h10M3 8h10M3 12h6",
		settings: "M2 5h6M12 5h2M2 11h2M8 11h6M10 3v4M6 9v4",
		info: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2M8 7.2v4M8 4.6v1"
	};
	var svg = root();
	var path = only_child(svg);
	template_effect(() => set_attribute(path, "d", PATHS[$$props.name]));
	append($$anchor, svg);
}
export { Icon as t };
