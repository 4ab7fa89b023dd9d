import { B as append, H as from_html, Y as get, dt as pop, ft as push, ht as reset, lt as user_derived, nt as child, s as t } from "./shared.js";
import { m as key } from "./shared4.js";
import { t as ErrorBox } from "./shared18.js";
// src/pages/playground/Failed.svelte
var root = from_html(`<div class="failure svelte-15neidf"><!></div>`);
function Failed($$anchor, $$props) {
	push($$props, true);
	var div = root();
	var node = child(div);
	{
		let $0 = user_derived(() => $$props.failure.status === 0);
		let $1 = user_derived(() => $$props.failure.status === 401 ? t("error.key") : t("error.again"));
		ErrorBox(node, {
			get failure() {
				return $$props.failure;
			},
			get partial() {
				return get($0);
			},
			get action() {
				return get($1);
			},
			onaction: () => $$props.failure.status === 401 ? key.ask($$props.failure.message) : $$props.again()
		});
	}
	reset(div);
	append($$anchor, div);
	pop();
}
export { Failed as t };
