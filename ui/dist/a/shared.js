const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["./PresetDialog.js","./PresetDialog.css","./ShareDialog.js","./shared2.js","./ShareDialog.css","./CodeDialog.js","./CodeDialog.css","./TokenCard.js","./TokenCard.css"])))=>i.map(i=>d[i]);
// node_modules/svelte/src/internal/shared/utils.js
var is_array = Array.isArray;
var index_of = Array.prototype.indexOf;
var includes = Array.prototype.includes;
var array_from = Array.from;
var define_property = Object.defineProperty;
var get_descriptor = Object.getOwnPropertyDescriptor;
var get_descriptors = Object.getOwnPropertyDescriptors;
var object_prototype = Object.prototype;
var array_prototype = Array.prototype;
var get_prototype_of = Object.getPrototypeOf;
var is_extensible = Object.isExtensible;
function is_function(thing) {
	return typeof thing === "function";
}
var noop = () => {};
function is_promise(value) {
	return typeof value?.then === "function";
}
function run_all(arr) {
	for (var i = 0; i < arr.length; i++) arr[i]();
}
function deferred() {
	var resolve;
	var reject;
	return {
		promise: new Promise((res, rej) => {
			resolve = res;
			reject = rej;
		}),
		resolve,
		reject
	};
}
function to_array(value, n) {
	if (Array.isArray(value)) return value;
	if (n === void 0 || !(Symbol.iterator in value)) return Array.from(value);
	const array = [];
	for (const element of value) {
		array.push(element);
		if (array.length === n) break;
	}
	return array;
}
// node_modules/svelte/src/internal/client/constants.js
var MANAGED_EFFECT = 1 << 24;
var CLEAN = 1024;
var DIRTY = 2048;
var MAYBE_DIRTY = 4096;
var INERT = 8192;
var DESTROYED = 16384;
var REACTION_RAN = 32768;
var DESTROYING = 1 << 25;
var EFFECT_TRANSPARENT = 65536;
var EFFECT_PRESERVED = 1 << 19;
var USER_EFFECT = 1 << 20;
var EFFECT_OFFSCREEN = 1 << 25;
var REACTION_IS_UPDATING = 1 << 21;
var ASYNC = 1 << 22;
var ERROR_VALUE = 1 << 23;
var STATE_SYMBOL = Symbol("$state");
var COMPONENT_SYMBOL = Symbol("component");
var LEGACY_PROPS = Symbol("legacy props");
var LOADING_ATTR_SYMBOL = Symbol("");
var ATTRIBUTES_CACHE = Symbol("attributes");
var CLASS_CACHE = Symbol("class");
var STYLE_CACHE = Symbol("style");
var TEXT_CACHE = Symbol("text");
var FORM_RESET_HANDLER = Symbol("form reset");
var STALE_REACTION = new class StaleReactionError extends Error {
	name = "StaleReactionError";
	message = "The reaction that called `getAbortSignal()` was re-run or destroyed";
}();
var IS_XHTML = !!globalThis.document?.contentType && globalThis.document.contentType.includes("xml");
// node_modules/svelte/src/constants.js
var HYDRATION_ERROR = {};
var UNINITIALIZED = Symbol("uninitialized");
var NAMESPACE_HTML = "http://www.w3.org/1999/xhtml";
var NAMESPACE_SVG = "http://www.w3.org/2000/svg";
function derived_inert() {
	console.warn(`https://svelte.dev/e/derived_inert`);
}
function hydration_mismatch(location) {
	console.warn(`https://svelte.dev/e/hydration_mismatch`);
}
function select_multiple_invalid_value() {
	console.warn(`https://svelte.dev/e/select_multiple_invalid_value`);
}
function svelte_boundary_reset_noop() {
	console.warn(`https://svelte.dev/e/svelte_boundary_reset_noop`);
}
// node_modules/svelte/src/internal/client/dom/hydration.js
var hydrating = false;
function set_hydrating(value) {
	hydrating = value;
}
var hydrate_node;
function set_hydrate_node(node) {
	if (node === null) {
		hydration_mismatch();
		throw HYDRATION_ERROR;
	}
	return hydrate_node = node;
}
function hydrate_next() {
	return set_hydrate_node(get_next_sibling(hydrate_node));
}
function reset(node) {
	if (!hydrating) return;
	if (get_next_sibling(hydrate_node) !== null) {
		hydration_mismatch();
		throw HYDRATION_ERROR;
	}
	hydrate_node = node;
}
function next(count = 1) {
	if (hydrating) {
		var i = count;
		var node = hydrate_node;
		while (i--) node = get_next_sibling(node);
		hydrate_node = node;
	}
}
function skip_nodes(remove = true) {
	var depth = 0;
	var node = hydrate_node;
	while (true) {
		if (node.nodeType === 8) {
			var data = node.data;
			if (data === "]") {
				if (depth === 0) return node;
				depth -= 1;
			} else if (data === "[" || data === "[!" || data[0] === "[" && !isNaN(Number(data.slice(1)))) depth += 1;
		}
		var next = get_next_sibling(node);
		if (remove) node.remove();
		node = next;
	}
}
function read_hydration_instruction(node) {
	if (!node || node.nodeType !== 8) {
		hydration_mismatch();
		throw HYDRATION_ERROR;
	}
	return node.data;
}
// node_modules/svelte/src/internal/client/reactivity/equality.js
function equals(value) {
	return value === this.v;
}
function safe_not_equal(a, b) {
	return a != a ? b == b : a !== b || a !== null && typeof a === "object" || typeof a === "function";
}
function safe_equals(value) {
	return !safe_not_equal(value, this.v);
}
function lifecycle_outside_component(name) {
	throw new Error(`https://svelte.dev/e/lifecycle_outside_component`);
}
// node_modules/svelte/src/internal/client/errors.js
function async_derived_orphan() {
	throw new Error(`https://svelte.dev/e/async_derived_orphan`);
}
function each_key_duplicate(a, b, value) {
	throw new Error(`https://svelte.dev/e/each_key_duplicate`);
}
function effect_in_teardown(rune) {
	throw new Error(`https://svelte.dev/e/effect_in_teardown`);
}
function effect_in_unowned_derived() {
	throw new Error(`https://svelte.dev/e/effect_in_unowned_derived`);
}
function effect_orphan(rune) {
	throw new Error(`https://svelte.dev/e/effect_orphan`);
}
function effect_update_depth_exceeded() {
	throw new Error(`https://svelte.dev/e/effect_update_depth_exceeded`);
}
function props_invalid_value(key) {
	throw new Error(`https://svelte.dev/e/props_invalid_value`);
}
function state_descriptors_fixed() {
	throw new Error(`https://svelte.dev/e/state_descriptors_fixed`);
}
function state_prototype_fixed() {
	throw new Error(`https://svelte.dev/e/state_prototype_fixed`);
}
function state_unsafe_mutation() {
	throw new Error(`https://svelte.dev/e/state_unsafe_mutation`);
}
function svelte_boundary_reset_onerror() {
	throw new Error(`https://svelte.dev/e/svelte_boundary_reset_onerror`);
}
// node_modules/svelte/src/internal/flags/index.js
var async_mode_flag = false;
var legacy_mode_flag = false;
// node_modules/svelte/src/internal/shared/clone.js
var empty = [];
function snapshot(value, skip_warning = false, no_tojson = false) {
	return clone(value, new Map(), "", empty, null, no_tojson);
}
function clone(value, cloned, path, paths, original = null, no_tojson = false) {
	if (typeof value === "object" && value !== null) {
		var unwrapped = cloned.get(value);
		if (unwrapped !== void 0) return unwrapped;
		if (value instanceof Map) return new Map(value);
		if (value instanceof Set) return new Set(value);
		if (is_array(value)) {
			var copy = Array(value.length);
			cloned.set(value, copy);
			if (original !== null) cloned.set(original, copy);
			for (var i = 0; i < value.length; i += 1) {
				var element = value[i];
				if (i in value) copy[i] = clone(element, cloned, path, paths, null, no_tojson);
			}
			return copy;
		}
		if (get_prototype_of(value) === object_prototype) {
			copy = {};
			cloned.set(value, copy);
			if (original !== null) cloned.set(original, copy);
			for (var key of Object.keys(value)) copy[key] = clone(value[key], cloned, path, paths, null, no_tojson);
			return copy;
		}
		if (value instanceof Date) {
			value.getTime();
			return structuredClone(value);
		}
		if (typeof value.toJSON === "function" && !no_tojson) return clone(value.toJSON(), cloned, path, paths, value);
	}
	if (value instanceof EventTarget) return value;
	try {
		return structuredClone(value);
	} catch (e) {
		return value;
	}
}
// node_modules/svelte/src/internal/client/context.js
var component_context = null;
function set_component_context(context) {
	component_context = context;
}
function push(props, runes = false, fn) {
	component_context = {
		p: component_context,
		i: false,
		c: null,
		e: null,
		s: props,
		x: null,
		r: active_effect,
		l: legacy_mode_flag && !runes ? {
			s: null,
			u: null,
			$: []
		} : null
	};
}
function pop(component) {
	var context = component_context;
	var effects = context.e;
	if (effects !== null) {
		context.e = null;
		for (var fn of effects) create_user_effect(fn);
	}
	if (component !== void 0) context.x = component;
	context.i = true;
	component_context = context.p;
	return mark_as_component(component);
}
function mark_as_component(component = {}) {
	define_property(component, COMPONENT_SYMBOL, { value: true });
	return component;
}
function is_runes() {
	return !legacy_mode_flag || component_context !== null && component_context.l === null;
}
// node_modules/svelte/src/internal/client/dom/task.js
var micro_tasks = [];
function run_micro_tasks() {
	var tasks = micro_tasks;
	micro_tasks = [];
	run_all(tasks);
}
function queue_micro_task(fn) {
	if (micro_tasks.length === 0 && !is_flushing_sync) {
		var tasks = micro_tasks;
		queueMicrotask(() => {
			if (tasks === micro_tasks) run_micro_tasks();
		});
	}
	micro_tasks.push(fn);
}
function flush_tasks() {
	while (micro_tasks.length > 0) run_micro_tasks();
}
// node_modules/svelte/src/internal/client/reactivity/status.js
var STATUS_MASK = ~(DIRTY | MAYBE_DIRTY | CLEAN);
function set_signal_status(signal, status) {
	signal.f = signal.f & STATUS_MASK | status;
}
function update_derived_status(derived) {
	if ((derived.f & 512) !== 0 || derived.deps === null) set_signal_status(derived, CLEAN);
	else set_signal_status(derived, MAYBE_DIRTY);
}
// node_modules/svelte/src/internal/client/reactivity/utils.js
function defer_effect(effect, dirty_reactions) {
	if ((effect.f & 2048) !== 0) dirty_reactions.set(effect, DIRTY);
	else if ((effect.f & 4096) !== 0 && dirty_reactions.get(effect) !== 2048) dirty_reactions.set(effect, MAYBE_DIRTY);
	set_signal_status(effect, CLEAN);
}
// node_modules/svelte/src/internal/client/dom/elements/misc.js
function autofocus(dom, value) {
	if (value) {
		const body = document.body;
		dom.autofocus = true;
		queue_micro_task(() => {
			if (document.activeElement === body) dom.focus();
		});
	}
}
function remove_textarea_child(dom) {
	if (hydrating && get_first_child(dom) !== null) clear_text_content(dom);
}
var listening_to_form_reset = false;
function add_form_reset_listener() {
	if (!listening_to_form_reset) {
		listening_to_form_reset = true;
		document.addEventListener("reset", (evt) => {
			Promise.resolve().then(() => {
				if (!evt.defaultPrevented) for (const e of evt.target.elements) e[FORM_RESET_HANDLER]?.();
			});
		}, { capture: true });
	}
}
// node_modules/svelte/src/internal/client/dom/elements/bindings/shared.js
function without_reactive_context(fn) {
	var previous_reaction = active_reaction;
	var previous_effect = active_effect;
	set_active_reaction(null);
	set_active_effect(null);
	try {
		return fn();
	} finally {
		set_active_reaction(previous_reaction);
		set_active_effect(previous_effect);
	}
}
function listen_to_event_and_reset_event(element, event, handler, on_reset = handler) {
	element.addEventListener(event, () => without_reactive_context(handler));
	const prev = element[FORM_RESET_HANDLER];
	if (prev) element[FORM_RESET_HANDLER] = () => {
		prev();
		on_reset(true);
	};
	else element[FORM_RESET_HANDLER] = () => on_reset(true);
	add_form_reset_listener();
}
// node_modules/svelte/src/internal/client/reactivity/async.js
function flatten(blockers, sync, async, fn) {
	const d = is_runes() ? derived : derived_safe_equal;
	var pending = blockers.filter((b) => !b.settled);
	var deriveds = sync.map(d);
	if (async.length === 0 && pending.length === 0) {
		fn(deriveds);
		return;
	}
	var parent = active_effect;
	var restore = capture();
	var blocker_promise = pending.length === 1 ? pending[0].promise : pending.length > 1 ? Promise.all(pending.map((b) => b.promise)) : null;
	function finish(async) {
		if ((parent.f & 16384) !== 0) return;
		restore();
		try {
			fn([...deriveds, ...async]);
		} catch (error) {
			invoke_error_boundary(error, parent);
		}
		unset_context();
	}
	var decrement_pending = increment_pending();
	if (async.length === 0) {
		blocker_promise.then(() => finish([])).finally(decrement_pending);
		return;
	}
	function run() {
		Promise.all(async.map((expression) => async_derived(expression))).then(finish).catch((error) => invoke_error_boundary(error, parent)).finally(decrement_pending);
	}
	if (blocker_promise) blocker_promise.then(() => {
		if ((parent.f & 16384) !== 0) {
			decrement_pending();
			return;
		}
		restore();
		run();
		unset_context();
	});
	else run();
}
function capture() {
	var previous_effect = active_effect;
	var previous_reaction = active_reaction;
	var previous_component_context = component_context;
	var previous_batch = current_batch;
	return function restore(activate_batch = true) {
		set_active_effect(previous_effect);
		set_active_reaction(previous_reaction);
		set_component_context(previous_component_context);
		if (activate_batch && (previous_effect.f & 16384) === 0) {
			previous_batch?.activate();
			previous_batch?.apply();
		}
	};
}
function unset_context(deactivate_batch = true) {
	set_active_effect(null);
	set_active_reaction(null);
	set_component_context(null);
	if (deactivate_batch) current_batch?.deactivate();
}
function increment_pending() {
	var effect = active_effect;
	var boundary = effect.b;
	var batch = current_batch;
	var blocking = !!boundary?.is_rendered();
	boundary?.update_pending_count(1, batch);
	batch.increment(blocking, effect);
	return () => {
		boundary?.update_pending_count(-1, batch);
		batch.decrement(blocking, effect);
	};
}
function derived(fn) {
	var flags = 2 | DIRTY;
	if (active_effect !== null) active_effect.f |= EFFECT_PRESERVED;
	return {
		ctx: component_context,
		deps: null,
		effects: null,
		equals,
		f: flags,
		fn,
		reactions: null,
		rv: 0,
		v: UNINITIALIZED,
		wv: 0,
		parent: active_effect,
		ac: null
	};
}
var OBSOLETE = Symbol("obsolete");
function async_derived(fn, label, location) {
	let parent = active_effect;
	if (parent === null) async_derived_orphan();
	var promise = void 0;
	var signal = source(UNINITIALIZED);
	var should_suspend = !active_reaction;
	var deferreds = new Set();
	async_effect(() => {
		var effect = active_effect;
		var d = deferred();
		promise = d.promise;
		try {
			Promise.resolve(fn()).then(d.resolve, (e) => {
				if (e !== STALE_REACTION) d.reject(e);
			}).finally(unset_context);
		} catch (error) {
			d.reject(error);
			unset_context();
		}
		var batch = current_batch;
		if (should_suspend) {
			if ((effect.f & 32768) !== 0) var decrement_pending = increment_pending();
			if (parent.b?.is_rendered()) batch.async_deriveds.get(effect)?.reject(OBSOLETE);
			else for (const d of deferreds.values()) d.reject(OBSOLETE);
			deferreds.add(d);
			batch.async_deriveds.set(effect, d);
		}
		const handler = (value, error = void 0) => {
			decrement_pending?.();
			deferreds.delete(d);
			if (error === OBSOLETE) return;
			batch.activate();
			if (error) {
				signal.f |= ERROR_VALUE;
				internal_set(signal, error);
			} else {
				if ((signal.f & 8388608) !== 0) signal.f ^= ERROR_VALUE;
				internal_set(signal, value);
			}
			batch.deactivate();
		};
		d.promise.then(handler, (e) => handler(null, e || "unknown"));
	});
	teardown(() => {
		for (const d of deferreds) d.reject(OBSOLETE);
	});
	return new Promise((fulfil) => {
		function next(p) {
			function go() {
				if (p === promise) fulfil(signal);
				else next(promise);
			}
			p.then(go, go);
		}
		next(promise);
	});
}
function user_derived(fn) {
	const d = derived(fn);
	if (!async_mode_flag) push_reaction_value(d);
	return d;
}
function derived_safe_equal(fn) {
	const signal = derived(fn);
	signal.equals = safe_equals;
	return signal;
}
function destroy_derived_effects(derived) {
	var effects = derived.effects;
	if (effects !== null) {
		derived.effects = null;
		for (var i = 0; i < effects.length; i += 1) destroy_effect(effects[i]);
	}
}
function execute_derived(derived) {
	var value;
	var prev_active_effect = active_effect;
	var parent = derived.parent;
	if (!is_destroying_effect && parent !== null && derived.v !== UNINITIALIZED && (parent.f & 24576) !== 0) {
		derived_inert();
		return derived.v;
	}
	set_active_effect(parent);
	try {
		destroy_derived_effects(derived);
		value = update_reaction(derived);
	} finally {
		set_active_effect(prev_active_effect);
	}
	return value;
}
function update_derived(derived) {
	var value = execute_derived(derived);
	if (!derived.equals(value)) {
		derived.wv = increment_write_version();
		if (!current_batch?.is_fork || derived.deps === null) {
			if (current_batch !== null) {
				current_batch.capture(derived, value, true);
				previous_batch?.capture(derived, value, true);
			} else derived.v = value;
			if (derived.deps === null) {
				set_signal_status(derived, CLEAN);
				return;
			}
		}
	}
	if (is_destroying_effect) return;
	if (batch_values !== null) {
		if (effect_tracking() || current_batch?.is_fork) batch_values.set(derived, value);
	} else update_derived_status(derived);
}
function freeze_derived_effects(derived) {
	if (derived.effects === null) return;
	for (const e of derived.effects) if (e.teardown || e.ac) {
		e.teardown?.();
		if (e.ac !== null) without_reactive_context(() => {
			e.ac.abort(STALE_REACTION);
			e.ac = null;
		});
		if (e.fn !== null) e.teardown = noop;
		remove_reactions(e, 0);
		destroy_effect_children(e);
	}
}
function unfreeze_derived_effects(derived) {
	if (derived.effects === null) return;
	for (const e of derived.effects) if (e.teardown && e.fn !== null) update_effect(e);
}
// node_modules/svelte/src/internal/client/reactivity/batch.js
var first_batch = null;
var last_batch = null;
var current_batch = null;
var previous_batch = null;
var batch_values = null;
var last_scheduled_effect = null;
var is_flushing_sync = false;
var is_processing = false;
var collected_effects = null;
var legacy_updates = null;
var flush_count = 0;
var uid = 1;
var Batch = class Batch {
	id = uid++;
	started = false;
	linked = true;
	prev = null;
	next = null;
	async_deriveds = new Map();
	current = new Map();
	previous = new Map();
	#commit_callbacks = new Set();
	#discard_callbacks = new Set();
	#pending = 0;
	#blocking_pending = new Map();
	#deferred = null;
	#scheduled = [];
	#new_effects = [];
	#dirty_reactions = new Map();
	#skipped_branches = new Map();
	#unskipped_branches = new Set();
	is_fork = false;
	#decrement_queued = false;
	constructor() {
		if (last_batch === null) first_batch = last_batch = this;
		else {
			last_batch.next = this;
			this.prev = last_batch;
		}
		last_batch = this;
	}
	#is_deferred() {
		if (this.is_fork) return true;
		for (const effect of this.#blocking_pending.keys()) if (!this.#is_skipped(effect)) return true;
		return false;
	}
	#is_skipped(effect) {
		for (var e = effect; e !== null; e = e.parent) if (this.#skipped_branches.has(e)) return true;
		return false;
	}
	skip_effect(effect) {
		if (!this.#skipped_branches.has(effect)) this.#skipped_branches.set(effect, {
			d: [],
			m: []
		});
		this.#unskipped_branches.delete(effect);
	}
	unskip_effect(effect, callback = (e) => this.schedule(e)) {
		var tracked = this.#skipped_branches.get(effect);
		if (tracked) {
			this.#skipped_branches.delete(effect);
			for (var e of tracked.d) {
				set_signal_status(e, DIRTY);
				callback(e);
			}
			for (e of tracked.m) {
				set_signal_status(e, MAYBE_DIRTY);
				callback(e);
			}
		}
		this.#unskipped_branches.add(effect);
	}
	#resolve() {
		var roots = [];
		for (const effect of this.#scheduled) {
			if ((effect.f & 16384) !== 0 || (effect.f & 6144) === 0) continue;
			var e = effect;
			var covered = false;
			while (e.parent !== null) {
				e = e.parent;
				var flags = e.f;
				if ((flags & 96) !== 0) {
					if ((flags & 1024) === 0) {
						covered = true;
						break;
					}
					e.f ^= CLEAN;
				}
			}
			if (!covered) roots.push(e);
		}
		this.#scheduled = [];
		return roots;
	}
	#process() {
		this.started = true;
		for (const [e, status] of this.#dirty_reactions) {
			set_signal_status(e, status);
			this.schedule(e);
		}
		this.apply();
		var effects = collected_effects = [];
		var render_effects = [];
		var updates = legacy_updates = [];
		while (this.#scheduled.length > 0) {
			if (flush_count++ > 1e3) {
				this.#unlink();
				infinite_loop_guard();
			}
			for (const root of this.#resolve()) try {
				this.#traverse(root, effects, render_effects);
			} catch (e) {
				reset_all(root);
				if (!this.#is_deferred()) this.discard();
				throw e;
			}
		}
		current_batch = null;
		if (updates.length > 0) {
			var batch = Batch.ensure();
			for (const e of updates) batch.schedule(e);
		}
		collected_effects = null;
		legacy_updates = null;
		if (this.#is_deferred()) {
			this.#defer_effects(render_effects);
			this.#defer_effects(effects);
			for (const [e, t] of this.#skipped_branches) reset_branch(e, t);
			if (updates.length > 0) current_batch.#process();
			return;
		}
		const earlier_batch = this.#find_earlier_batch();
		if (earlier_batch) {
			this.#defer_effects(render_effects);
			this.#defer_effects(effects);
			earlier_batch.#merge(this);
			return;
		}
		this.#dirty_reactions.clear();
		for (const fn of this.#commit_callbacks) fn(this);
		this.#commit_callbacks.clear();
		previous_batch = this;
		flush_queued_effects(render_effects);
		flush_queued_effects(effects);
		previous_batch = null;
		this.#deferred?.resolve();
		var next_batch = current_batch;
		if (this.#pending === 0 && (this.#scheduled.length === 0 || next_batch !== null)) {
			this.#unlink();
			if (async_mode_flag) {
				this.#commit();
				current_batch = next_batch;
			}
		}
		if (next_batch !== null) {
			old_values.clear();
			next_batch.#process();
		}
	}
	#traverse(root, effects, render_effects) {
		root.f ^= CLEAN;
		var effect = root.first;
		while (effect !== null) {
			var flags = effect.f;
			var is_branch = (flags & 96) !== 0;
			if (!(is_branch && (flags & 1024) !== 0 || (flags & 8192) !== 0 || this.#skipped_branches.has(effect)) && effect.fn !== null) {
				if (is_branch) effect.f ^= CLEAN;
				else if ((flags & 4) !== 0) effects.push(effect);
				else if (async_mode_flag && (flags & 16777224) !== 0) render_effects.push(effect);
				else if (is_dirty(effect)) {
					if ((flags & 16) !== 0) this.add_dirty_reaction(effect, MAYBE_DIRTY);
					update_effect(effect);
				}
				var child = effect.first;
				if (child !== null) {
					effect = child;
					continue;
				}
			}
			while (effect !== null) {
				var next = effect.next;
				if (next !== null) {
					effect = next;
					break;
				}
				effect = effect.parent;
			}
		}
	}
	#find_earlier_batch() {
		for (var batch = this.prev; batch !== null; batch = batch.prev) if (!batch.is_fork && this.#intersects(batch)) return batch;
		return null;
	}
	#intersects(batch) {
		for (const [source, [, is_derived]] of this.current) {
			if (is_derived) continue;
			if (batch.current.has(source)) return true;
		}
		return false;
	}
	#merge(batch) {
		for (const [source, value] of batch.current) {
			if (!this.previous.has(source) && batch.previous.has(source)) this.previous.set(source, batch.previous.get(source));
			this.current.set(source, value);
		}
		for (const [effect, deferred] of batch.async_deriveds) {
			const d = this.async_deriveds.get(effect);
			if (d) deferred.promise.then(d.resolve).catch(d.reject);
		}
		batch.async_deriveds.clear();
		this.transfer_reactions(batch.#dirty_reactions);
		const mark = (value) => {
			var reactions = value.reactions;
			if (reactions === null) return;
			if ((value.f & 2) !== 0 && (value.f & 6144) === 0) return;
			for (const reaction of reactions) {
				var flags = reaction.f;
				if ((flags & 2) !== 0) mark(reaction);
				else {
					var effect = reaction;
					if (flags & 4194320 && !this.async_deriveds.has(effect)) {
						this.#dirty_reactions.delete(effect);
						set_signal_status(effect, DIRTY);
						this.schedule(effect);
					}
				}
			}
		};
		for (const source of this.current.keys()) mark(source);
		this.oncommit(() => batch.discard());
		batch.#unlink();
		current_batch = this;
		this.#process();
	}
	#defer_effects(effects) {
		for (var i = 0; i < effects.length; i += 1) defer_effect(effects[i], this.#dirty_reactions);
	}
	capture(source, value, is_derived = false) {
		if (source.v !== UNINITIALIZED && !this.previous.has(source)) this.previous.set(source, source.v);
		if ((source.f & 8388608) === 0) {
			this.current.set(source, [value, is_derived]);
			batch_values?.set(source, value);
		}
		if (!this.is_fork) source.v = value;
	}
	activate() {
		current_batch = this;
	}
	deactivate() {
		current_batch = null;
		batch_values = null;
	}
	flush() {
		try {
			is_processing = true;
			current_batch = this;
			this.#process();
		} finally {
			flush_count = 0;
			last_scheduled_effect = null;
			collected_effects = null;
			legacy_updates = null;
			is_processing = false;
			current_batch = null;
			batch_values = null;
			old_values.clear();
		}
	}
	discard() {
		for (const fn of this.#discard_callbacks) fn(this);
		this.#discard_callbacks.clear();
		for (const deferred of this.async_deriveds.values()) deferred.reject(OBSOLETE);
		this.#unlink();
		this.#deferred?.resolve();
	}
	register_created_effect(effect) {
		this.#new_effects.push(effect);
	}
	#commit() {
		for (let batch = first_batch; batch !== null; batch = batch.next) {
			var is_earlier = batch.id < this.id;
			var sources = [];
			for (const [source, [value, is_derived]] of this.current) {
				if (batch.current.has(source)) {
					var batch_value = batch.current.get(source)[0];
					if (is_earlier && value !== batch_value) batch.current.set(source, [value, is_derived]);
					else continue;
				}
				sources.push(source);
			}
			if (is_earlier) for (const [effect, deferred] of this.async_deriveds) {
				const d = batch.async_deriveds.get(effect);
				if (d) deferred.promise.then(d.resolve).catch(d.reject);
			}
			var current = [...batch.current.keys()].filter((source) => !batch.current.get(source)[1]);
			if (!batch.started || current.length === 0) continue;
			var others = current.filter((source) => !this.current.has(source));
			if (others.length === 0) {
				if (is_earlier) batch.discard();
			} else if (sources.length > 0) {
				if (is_earlier) for (const unskipped of this.#unskipped_branches) batch.unskip_effect(unskipped, (e) => {
					if ((e.f & 4194320) !== 0) batch.schedule(e);
					else batch.#defer_effects([e]);
				});
				batch.activate();
				var marked = new Set();
				var checked = new Map();
				for (var source of sources) mark_effects(source, others, marked, checked);
				checked = new Map();
				var current_unequal = [...batch.current].filter(([c, v1]) => {
					const v2 = this.current.get(c);
					if (!v2) return true;
					return v2[0] !== v1[0] || v2[1] !== v1[1];
				}).map(([c]) => c);
				if (current_unequal.length > 0) {
					for (const effect of this.#new_effects) if ((effect.f & 155648) === 0 && depends_on(effect, current_unequal, checked)) {
						if ((effect.f & 4194320) !== 0) {
							set_signal_status(effect, DIRTY);
							batch.schedule(effect);
						} else batch.add_dirty_reaction(effect, DIRTY);
					}
				}
				if (batch.#scheduled.length > 0 && !batch.#decrement_queued) {
					batch.apply();
					for (var root of batch.#resolve()) batch.#traverse(root, [], []);
				}
				batch.deactivate();
			}
		}
	}
	increment(blocking, effect) {
		this.#pending += 1;
		if (blocking) {
			let blocking_pending_count = this.#blocking_pending.get(effect) ?? 0;
			this.#blocking_pending.set(effect, blocking_pending_count + 1);
		}
	}
	decrement(blocking, effect) {
		this.#pending -= 1;
		if (blocking) {
			let blocking_pending_count = this.#blocking_pending.get(effect) ?? 0;
			if (blocking_pending_count === 1) this.#blocking_pending.delete(effect);
			else this.#blocking_pending.set(effect, blocking_pending_count - 1);
		}
		if (this.#decrement_queued) return;
		this.#decrement_queued = true;
		queue_micro_task(() => {
			this.#decrement_queued = false;
			if (this.linked) this.flush();
		});
	}
	transfer_reactions(dirty_reactions) {
		for (const [effect, status] of dirty_reactions) this.add_dirty_reaction(effect, status);
		dirty_reactions.clear();
	}
	add_dirty_reaction(effect, status) {
		if (status === 2048 || this.#dirty_reactions.get(effect) !== 2048) this.#dirty_reactions.set(effect, status);
	}
	oncommit(fn) {
		this.#commit_callbacks.add(fn);
	}
	ondiscard(fn) {
		this.#discard_callbacks.add(fn);
	}
	settled() {
		return (this.#deferred ??= deferred()).promise;
	}
	static ensure() {
		if (current_batch === null) {
			const batch = current_batch = new Batch();
			if (!is_processing && !is_flushing_sync) queue_micro_task(() => {
				if (!batch.started) batch.flush();
			});
		}
		return current_batch;
	}
	apply() {
		if (!async_mode_flag || !this.is_fork && this.prev === null && this.next === null) {
			batch_values = null;
			return;
		}
		batch_values = new Map();
		for (const [source, [value]] of this.current) batch_values.set(source, value);
		for (let batch = first_batch; batch !== null; batch = batch.next) {
			if (batch === this || batch.is_fork) continue;
			if (batch.id >= this.id || !batch.#intersects(this)) {
				for (const [source, previous] of batch.previous) if (!batch_values.has(source)) batch_values.set(source, previous);
			}
		}
	}
	schedule(effect) {
		last_scheduled_effect = effect;
		if (effect.b?.is_pending && (effect.f & 16777228) !== 0 && (effect.f & 32768) === 0) {
			effect.b.defer_effect(effect);
			return;
		}
		this.#scheduled.push(effect);
	}
	#unlink() {
		if (!this.linked) return;
		var prev = this.prev;
		var next = this.next;
		if (prev === null) first_batch = next;
		else prev.next = next;
		if (next === null) last_batch = prev;
		else next.prev = prev;
		this.linked = false;
	}
};
function flushSync(fn) {
	var was_flushing_sync = is_flushing_sync;
	var prev_previous_batch = previous_batch;
	previous_batch = null;
	is_flushing_sync = true;
	try {
		var result;
		if (fn) {
			flushSync();
			result = fn();
		}
		while (true) {
			flush_tasks();
			if (current_batch === null) return result;
			current_batch.flush();
		}
	} finally {
		is_flushing_sync = was_flushing_sync;
		previous_batch = prev_previous_batch;
	}
}
function infinite_loop_guard() {
	try {
		effect_update_depth_exceeded();
	} catch (error) {
		invoke_error_boundary(error, last_scheduled_effect);
	}
}
var eager_block_effects = null;
function flush_queued_effects(effects) {
	var length = effects.length;
	if (length === 0) return;
	var i = 0;
	while (i < length) {
		var effect = effects[i++];
		if ((effect.f & 24576) === 0 && is_dirty(effect)) {
			eager_block_effects = new Set();
			update_effect(effect);
			if (effect.deps === null && effect.first === null && effect.nodes === null && effect.teardown === null && effect.ac === null) unlink_effect(effect);
			if (eager_block_effects?.size > 0) {
				old_values.clear();
				for (const e of eager_block_effects) {
					if ((e.f & 24576) !== 0) continue;
					const ordered_effects = [e];
					let ancestor = e.parent;
					while (ancestor !== null) {
						if (eager_block_effects.has(ancestor)) {
							eager_block_effects.delete(ancestor);
							ordered_effects.push(ancestor);
						}
						ancestor = ancestor.parent;
					}
					for (let j = ordered_effects.length - 1; j >= 0; j--) {
						const e = ordered_effects[j];
						if ((e.f & 24576) !== 0) continue;
						update_effect(e);
					}
				}
				eager_block_effects.clear();
			}
		}
	}
	eager_block_effects = null;
}
function mark_effects(value, sources, marked, checked) {
	if (marked.has(value)) return;
	marked.add(value);
	if (value.reactions !== null) for (const reaction of value.reactions) {
		const flags = reaction.f;
		if ((flags & 2) !== 0) mark_effects(reaction, sources, marked, checked);
		else if ((flags & 4194320) !== 0 && (flags & 2048) === 0 && depends_on(reaction, sources, checked)) {
			set_signal_status(reaction, DIRTY);
			schedule_effect(reaction);
		}
	}
}
function depends_on(reaction, sources, checked) {
	const depends = checked.get(reaction);
	if (depends !== void 0) return depends;
	if (reaction.deps !== null) for (const dep of reaction.deps) {
		if (includes.call(sources, dep)) return true;
		if ((dep.f & 2) !== 0 && depends_on(dep, sources, checked)) {
			checked.set(dep, true);
			return true;
		}
	}
	checked.set(reaction, false);
	return false;
}
function schedule_effect(effect) {
	current_batch.schedule(effect);
}
function reset_branch(effect, tracked) {
	if ((effect.f & 32) !== 0 && (effect.f & 1024) !== 0) return;
	if ((effect.f & 2048) !== 0) tracked.d.push(effect);
	else if ((effect.f & 4096) !== 0) tracked.m.push(effect);
	set_signal_status(effect, CLEAN);
	var e = effect.first;
	while (e !== null) {
		reset_branch(e, tracked);
		e = e.next;
	}
}
function reset_all(effect) {
	set_signal_status(effect, CLEAN);
	var e = effect.first;
	while (e !== null) {
		reset_all(e);
		e = e.next;
	}
}
// node_modules/svelte/src/internal/client/reactivity/sources.js
var eager_effects = new Set();
var old_values = new Map();
var eager_effects_deferred = false;
function source(v, stack) {
	return {
		f: 0,
		v,
		reactions: null,
		equals,
		rv: 0,
		wv: 0
	};
}
function state(v, stack) {
	const s = source(v, stack);
	push_reaction_value(s);
	return s;
}
function mutable_source(initial_value, immutable = false, trackable = true) {
	const s = source(initial_value);
	if (!immutable) s.equals = safe_equals;
	if (legacy_mode_flag && trackable && component_context !== null && component_context.l !== null) (component_context.l.s ??= []).push(s);
	return s;
}
function set(source, value, should_proxy = false) {
	if (active_reaction !== null && (!untracking || (active_reaction.f & 131072) !== 0) && is_runes() && (active_reaction.f & 4325394) !== 0 && (current_sources === null || !current_sources.has(source))) state_unsafe_mutation();
	return internal_set(source, should_proxy ? proxy(value) : value, legacy_updates);
}
var seen$1 = null;
var count_deps = 0;
function internal_set(source, value, updated_during_traversal = null) {
	if (!source.equals(value)) {
		if (is_destroying_effect) old_values.set(source, value);
		else if (!old_values.has(source)) old_values.set(source, source.v);
		var batch = Batch.ensure();
		batch.capture(source, value);
		if ((source.f & 2) !== 0) {
			const derived = source;
			if ((source.f & 2048) !== 0) execute_derived(derived);
			if (batch_values === null) update_derived_status(derived);
		}
		source.wv = increment_write_version();
		seen$1 = null;
		count_deps = 0;
		mark_reactions(source, DIRTY, updated_during_traversal);
		seen$1 = null;
		if (is_runes() && active_effect !== null && (active_effect.f & 1024) !== 0 && (active_effect.f & 96) === 0) {
			if (untracked_writes === null) set_untracked_writes([source]);
			else untracked_writes.push(source);
		}
		if (!batch.is_fork && eager_effects.size > 0 && !eager_effects_deferred) flush_eager_effects();
	}
	return value;
}
function flush_eager_effects() {
	eager_effects_deferred = false;
	for (const effect of eager_effects) {
		if ((effect.f & 1024) !== 0) set_signal_status(effect, MAYBE_DIRTY);
		let dirty;
		try {
			dirty = is_dirty(effect);
		} catch {
			dirty = true;
		}
		if (dirty) update_effect(effect);
	}
	eager_effects.clear();
}
function increment(source) {
	set(source, source.v + 1);
}
function mark_reactions(signal, status, updated_during_traversal) {
	var reactions = signal.reactions;
	if (reactions === null) return;
	var runes = is_runes();
	var length = reactions.length;
	count_deps += length;
	if (count_deps > 1e5 && seen$1 === null) seen$1 = new Set();
	if (seen$1 !== null) {
		if (seen$1.has(signal)) return;
		seen$1.add(signal);
	}
	for (var i = 0; i < length; i++) {
		var reaction = reactions[i];
		var flags = reaction.f;
		if (!runes && reaction === active_effect) continue;
		var not_dirty = (flags & DIRTY) === 0;
		if (not_dirty) set_signal_status(reaction, status);
		if ((flags & 131072) !== 0) eager_effects.add(reaction);
		else if ((flags & 2) !== 0) {
			var derived = reaction;
			batch_values?.delete(derived);
			mark_reactions(derived, MAYBE_DIRTY, updated_during_traversal);
		} else if (not_dirty) {
			var effect = reaction;
			if ((flags & 16) !== 0 && eager_block_effects !== null) eager_block_effects.add(effect);
			if (updated_during_traversal !== null) updated_during_traversal.push(effect);
			else schedule_effect(effect);
		}
	}
}
function proxy(value) {
	if (typeof value !== "object" || value === null || STATE_SYMBOL in value || COMPONENT_SYMBOL in value) return value;
	const prototype = get_prototype_of(value);
	if (prototype !== object_prototype && prototype !== array_prototype) return value;
	var sources = new Map();
	var is_proxied_array = is_array(value);
	var version = state(0);
	var stack = null;
	var parent_version = update_version;
	var with_parent = (fn) => {
		if (update_version === parent_version) return fn();
		var reaction = active_reaction;
		var version = update_version;
		set_active_reaction(null);
		set_update_version(parent_version);
		var result = fn();
		set_active_reaction(reaction);
		set_update_version(version);
		return result;
	};
	if (is_proxied_array) sources.set("length", state(value.length, stack));
	return new Proxy(value, {
		defineProperty(_, prop, descriptor) {
			if (!("value" in descriptor) || descriptor.configurable === false || descriptor.enumerable === false || descriptor.writable === false) state_descriptors_fixed();
			var s = sources.get(prop);
			if (s === void 0) with_parent(() => {
				var s = state(descriptor.value, stack);
				sources.set(prop, s);
				return s;
			});
			else set(s, descriptor.value, true);
			return true;
		},
		deleteProperty(target, prop) {
			var s = sources.get(prop);
			if (s === void 0) {
				if (prop in target) {
					const s = with_parent(() => state(UNINITIALIZED, stack));
					sources.set(prop, s);
					increment(version);
				}
			} else {
				set(s, UNINITIALIZED);
				increment(version);
			}
			return true;
		},
		get(target, prop, receiver) {
			if (prop === STATE_SYMBOL) return value;
			var s = sources.get(prop);
			var exists = prop in target;
			if (s === void 0 && (!exists || get_descriptor(target, prop)?.writable)) {
				s = with_parent(() => {
					return state(proxy(exists ? target[prop] : UNINITIALIZED), stack);
				});
				sources.set(prop, s);
			}
			if (s !== void 0) {
				var v = get(s);
				return v === UNINITIALIZED ? void 0 : v;
			}
			return Reflect.get(target, prop, receiver);
		},
		getOwnPropertyDescriptor(target, prop) {
			this.has?.(target, prop);
			var descriptor = Reflect.getOwnPropertyDescriptor(target, prop);
			var s = sources.get(prop);
			if (s !== void 0) {
				var value = get(s);
				if (value === UNINITIALIZED) return;
				if (descriptor && "value" in descriptor) descriptor.value = value;
				else return {
					enumerable: true,
					configurable: true,
					value,
					writable: true
				};
			}
			return descriptor;
		},
		has(target, prop) {
			if (prop === STATE_SYMBOL) return true;
			var s = sources.get(prop);
			var has = s !== void 0 && s.v !== UNINITIALIZED || Reflect.has(target, prop);
			if (s !== void 0 || (active_effect !== null || active_reaction !== null) && (!has || get_descriptor(target, prop)?.writable)) {
				if (s === void 0) {
					s = with_parent(() => {
						return state(has ? proxy(target[prop]) : UNINITIALIZED, stack);
					});
					sources.set(prop, s);
				}
				if (get(s) === UNINITIALIZED) return false;
			}
			return has;
		},
		set(target, prop, value, receiver) {
			var s = sources.get(prop);
			var has = prop in target;
			if (is_proxied_array && prop === "length") for (var i = value; i < s.v; i += 1) {
				var other_s = sources.get(i + "");
				if (other_s !== void 0) set(other_s, UNINITIALIZED);
				else if (i in target) {
					other_s = with_parent(() => state(UNINITIALIZED, stack));
					sources.set(i + "", other_s);
				}
			}
			if (s === void 0) {
				if (!has || get_descriptor(target, prop)?.writable) {
					s = with_parent(() => state(void 0, stack));
					set(s, proxy(value));
					sources.set(prop, s);
				}
			} else {
				has = s.v !== UNINITIALIZED;
				var p = with_parent(() => proxy(value));
				set(s, p);
			}
			var descriptor = Reflect.getOwnPropertyDescriptor(target, prop);
			if (descriptor?.set) descriptor.set.call(receiver, value);
			if (!has) {
				if (is_proxied_array && typeof prop === "string") {
					var ls = sources.get("length");
					var n = Number(prop);
					if (Number.isInteger(n) && n >= ls.v) set(ls, n + 1);
				}
				increment(version);
			}
			return true;
		},
		ownKeys(target) {
			get(version);
			var own_keys = Reflect.ownKeys(target).filter((key) => {
				var source = sources.get(key);
				return source === void 0 || source.v !== UNINITIALIZED;
			});
			for (var [key, source] of sources) if (source.v !== UNINITIALIZED && !(key in target)) own_keys.push(key);
			return own_keys;
		},
		setPrototypeOf() {
			state_prototype_fixed();
		}
	});
}
function get_proxied_value(value) {
	try {
		if (value !== null && typeof value === "object" && STATE_SYMBOL in value) return value[STATE_SYMBOL];
	} catch {}
	return value;
}
function is(a, b) {
	return Object.is(get_proxied_value(a), get_proxied_value(b));
}
// node_modules/svelte/src/internal/client/dom/operations.js
var $window;
var is_firefox;
var first_child_getter;
var next_sibling_getter;
function init_operations() {
	if ($window !== void 0) return;
	$window = window;
	is_firefox = /Firefox/.test(navigator.userAgent);
	var element_prototype = Element.prototype;
	var node_prototype = Node.prototype;
	var text_prototype = Text.prototype;
	first_child_getter = get_descriptor(node_prototype, "firstChild").get;
	next_sibling_getter = get_descriptor(node_prototype, "nextSibling").get;
	if (is_extensible(element_prototype)) {
		element_prototype[CLASS_CACHE] = void 0;
		element_prototype[ATTRIBUTES_CACHE] = null;
		element_prototype[STYLE_CACHE] = void 0;
		element_prototype.__e = void 0;
	}
	if (is_extensible(text_prototype)) text_prototype[TEXT_CACHE] = void 0;
}
function create_text(value = "") {
	return document.createTextNode(value);
}
function get_first_child(node) {
	return first_child_getter.call(node);
}
function get_next_sibling(node) {
	return next_sibling_getter.call(node);
}
function child(node, is_text) {
	if (!hydrating) return get_first_child(node);
	var child = get_first_child(hydrate_node);
	if (child === null) child = hydrate_node.appendChild(create_text());
	else if (is_text && child.nodeType !== 3) {
		var text = create_text();
		child?.before(text);
		set_hydrate_node(text);
		return text;
	}
	if (is_text) merge_text_nodes(child);
	set_hydrate_node(child);
	return child;
}
function first_child(node, is_text = false) {
	if (!hydrating) {
		var first = get_first_child(node);
		if (first instanceof Comment && first.data === "") return get_next_sibling(first);
		return first;
	}
	if (is_text) {
		if (hydrate_node?.nodeType !== 3) {
			var text = create_text();
			hydrate_node?.before(text);
			set_hydrate_node(text);
			return text;
		}
		merge_text_nodes(hydrate_node);
	}
	return hydrate_node;
}
function only_child(node, is_text = false) {
	if (!hydrating) return get_first_child(node);
	var first = child(node, is_text);
	reset(node);
	return first;
}
function sibling(node, count = 1, is_text = false) {
	let next_sibling = hydrating ? hydrate_node : node;
	var last_sibling;
	while (count--) {
		last_sibling = next_sibling;
		next_sibling = get_next_sibling(next_sibling);
	}
	if (!hydrating) return next_sibling;
	if (is_text) {
		if (next_sibling?.nodeType !== 3) {
			var text = create_text();
			if (next_sibling === null) last_sibling?.after(text);
			else next_sibling.before(text);
			set_hydrate_node(text);
			return text;
		}
		merge_text_nodes(next_sibling);
	}
	set_hydrate_node(next_sibling);
	return next_sibling;
}
function clear_text_content(node) {
	node.textContent = "";
}
function should_defer_append() {
	if (!async_mode_flag) return false;
	if (eager_block_effects !== null) return false;
	return (active_effect.f & REACTION_RAN) !== 0;
}
function create_element(tag, namespace, is) {
	if (namespace == null || namespace === "http://www.w3.org/1999/xhtml") return is ? document.createElement(tag, { is }) : document.createElement(tag);
	return is ? document.createElementNS(namespace, tag, { is }) : document.createElementNS(namespace, tag);
}
function merge_text_nodes(text) {
	if (text.nodeValue.length < 65536) return;
	let next = text.nextSibling;
	while (next !== null && next.nodeType === 3) {
		next.remove();
		text.nodeValue += next.nodeValue;
		next = text.nextSibling;
	}
}
function handle_error(error) {
	var effect = active_effect;
	if (effect === null) {
		active_reaction.f |= ERROR_VALUE;
		return error;
	}
	if ((effect.f & 32768) === 0 && (effect.f & 4) === 0) throw error;
	invoke_error_boundary(error, effect);
}
function invoke_error_boundary(error, effect) {
	if (error === HYDRATION_ERROR) throw error;
	if (effect !== null && (effect.f & 16384) !== 0) return;
	while (effect !== null) {
		if ((effect.f & 128) !== 0 && (effect.f & 33570816) === 0) {
			if ((effect.f & 32768) === 0) throw error;
			try {
				effect.b.error(error);
				return;
			} catch (e) {
				error = e;
			}
		}
		effect = effect.parent;
	}
	throw error;
}
// node_modules/svelte/src/internal/client/reactivity/effects.js
function validate_effect(rune) {
	if (active_effect === null) {
		if (active_reaction === null) effect_orphan(rune);
		effect_in_unowned_derived();
	}
	if (is_destroying_effect) effect_in_teardown(rune);
}
function push_effect(effect, parent_effect) {
	var parent_last = parent_effect.last;
	if (parent_last === null) parent_effect.last = parent_effect.first = effect;
	else {
		parent_last.next = effect;
		effect.prev = parent_last;
		parent_effect.last = effect;
	}
}
function create_effect(type, fn) {
	var parent = active_effect;
	if (parent !== null && (parent.f & 8192) !== 0) type |= INERT;
	var effect = {
		ctx: component_context,
		deps: null,
		nodes: null,
		f: type | DIRTY | 512,
		first: null,
		fn,
		last: null,
		next: null,
		parent,
		b: parent && parent.b,
		prev: null,
		teardown: null,
		wv: 0,
		ac: null
	};
	current_batch?.register_created_effect(effect);
	var e = effect;
	if ((type & 4) !== 0) {
		if (collected_effects !== null) collected_effects.push(effect);
		else Batch.ensure().schedule(effect);
	} else if (fn !== null) {
		try {
			update_effect(effect);
		} catch (e) {
			destroy_effect(effect);
			throw e;
		}
		if (e.deps === null && e.teardown === null && e.nodes === null && e.first === e.last && (e.f & 524288) === 0) {
			e = e.first;
			if ((type & 16) !== 0 && (type & 65536) !== 0 && e !== null) e.f |= EFFECT_TRANSPARENT;
		}
	}
	if (e !== null) {
		e.parent = parent;
		if (parent !== null) push_effect(e, parent);
		if (active_reaction !== null && (active_reaction.f & 2) !== 0 && (type & 64) === 0) {
			var derived = active_reaction;
			(derived.effects ??= []).push(e);
		}
	}
	return effect;
}
function effect_tracking() {
	return active_reaction !== null && !untracking;
}
function teardown(fn) {
	const effect = create_effect(8, null);
	set_signal_status(effect, CLEAN);
	effect.teardown = fn;
	return effect;
}
function user_effect(fn) {
	validate_effect("$effect");
	var flags = active_effect.f;
	if (!active_reaction && (flags & 32) !== 0 && component_context !== null && !component_context.i) {
		var context = component_context;
		(context.e ??= []).push(fn);
	} else return create_user_effect(fn);
}
function create_user_effect(fn) {
	return create_effect(4 | USER_EFFECT, fn);
}
function user_pre_effect(fn) {
	validate_effect("$effect.pre");
	return create_effect(8 | USER_EFFECT, fn);
}
function component_root(fn) {
	Batch.ensure();
	const effect = create_effect(64 | EFFECT_PRESERVED, fn);
	return (options = {}) => {
		return new Promise((fulfil) => {
			if (options.outro) pause_effect(effect, () => {
				destroy_effect(effect);
				fulfil(void 0);
			});
			else {
				destroy_effect(effect);
				fulfil(void 0);
			}
		});
	};
}
function effect(fn) {
	return create_effect(4, fn);
}
function async_effect(fn) {
	return create_effect(ASYNC | EFFECT_PRESERVED, fn);
}
function render_effect(fn, flags = 0) {
	return create_effect(8 | flags, fn);
}
function template_effect(fn, sync = [], async = [], blockers = []) {
	flatten(blockers, sync, async, (values) => {
		create_effect(8, () => {
			fn(...values.map(get));
		});
	});
}
function block(fn, flags = 0) {
	return create_effect(16 | flags, fn);
}
function managed(fn, flags = 0) {
	return create_effect(MANAGED_EFFECT | flags, fn);
}
function branch(fn) {
	return create_effect(32 | EFFECT_PRESERVED, fn);
}
function execute_effect_teardown(effect) {
	var teardown = effect.teardown;
	if (teardown !== null) {
		const previously_destroying_effect = is_destroying_effect;
		const previous_reaction = active_reaction;
		set_is_destroying_effect(true);
		set_active_reaction(null);
		try {
			teardown.call(null);
		} catch (error) {
			invoke_error_boundary(error, effect.parent);
		} finally {
			set_is_destroying_effect(previously_destroying_effect);
			set_active_reaction(previous_reaction);
		}
	}
}
function destroy_effect_children(signal, remove_dom = false) {
	var effect = signal.first;
	signal.first = signal.last = null;
	while (effect !== null) {
		const controller = effect.ac;
		if (controller !== null) without_reactive_context(() => {
			controller.abort(STALE_REACTION);
		});
		var next = effect.next;
		if ((effect.f & 64) !== 0) effect.parent = null;
		else destroy_effect(effect, remove_dom);
		effect = next;
	}
}
function destroy_block_effect_children(signal) {
	var effect = signal.first;
	while (effect !== null) {
		var next = effect.next;
		if ((effect.f & 32) === 0) destroy_effect(effect);
		effect = next;
	}
}
function destroy_effect(effect, remove_dom = true) {
	var removed = false;
	if ((remove_dom || (effect.f & 262144) !== 0) && effect.nodes !== null && effect.nodes.end !== null) {
		remove_effect_dom(effect.nodes.start, effect.nodes.end);
		removed = true;
	}
	effect.f |= DESTROYING;
	destroy_effect_children(effect, remove_dom && !removed);
	remove_reactions(effect, 0);
	var transitions = effect.nodes && effect.nodes.t;
	if (transitions !== null) for (const transition of transitions) transition.stop();
	execute_effect_teardown(effect);
	effect.f ^= DESTROYING;
	effect.f |= DESTROYED;
	var parent = effect.parent;
	if (parent !== null && parent.first !== null) unlink_effect(effect);
	effect.next = effect.prev = effect.teardown = effect.ctx = effect.deps = effect.fn = effect.nodes = effect.ac = effect.b = null;
}
function remove_effect_dom(node, end) {
	while (node !== null) {
		var next = node === end ? null : get_next_sibling(node);
		node.remove();
		node = next;
	}
}
function unlink_effect(effect) {
	var parent = effect.parent;
	var prev = effect.prev;
	var next = effect.next;
	if (prev !== null) prev.next = next;
	if (next !== null) next.prev = prev;
	if (parent !== null) {
		if (parent.first === effect) parent.first = next;
		if (parent.last === effect) parent.last = prev;
	}
}
function pause_effect(effect, callback, destroy = true) {
	var transitions = [];
	effect.f |= 256;
	pause_children(effect, transitions, true);
	var fn = () => {
		if (destroy) destroy_effect(effect);
		if (callback) callback();
	};
	var remaining = transitions.length;
	if (remaining > 0) {
		var check = () => --remaining || fn();
		for (var transition of transitions) transition.out(check);
	} else fn();
}
function pause_children(effect, transitions, local) {
	if ((effect.f & 8192) !== 0) return;
	effect.f ^= INERT;
	var t = effect.nodes && effect.nodes.t;
	if (t !== null) {
		for (const transition of t) if (transition.is_global || local) transitions.push(transition);
	}
	var child = effect.first;
	while (child !== null) {
		var sibling = child.next;
		if ((child.f & 64) === 0) {
			var transparent = (child.f & 65536) !== 0 || (child.f & 32) !== 0 && (effect.f & 16) !== 0;
			pause_children(child, transitions, transparent ? local : false);
		}
		child = sibling;
	}
}
function resume_effect(effect) {
	effect.f &= -257;
	resume_children(effect, true);
}
function resume_children(effect, local) {
	if ((effect.f & 256) !== 0) return;
	if ((effect.f & 8192) === 0) return;
	effect.f ^= INERT;
	if ((effect.f & 1024) === 0) {
		set_signal_status(effect, DIRTY);
		Batch.ensure().schedule(effect);
	}
	var child = effect.first;
	while (child !== null) {
		var sibling = child.next;
		var transparent = (child.f & 65536) !== 0 || (child.f & 32) !== 0;
		resume_children(child, transparent ? local : false);
		child = sibling;
	}
	var t = effect.nodes && effect.nodes.t;
	if (t !== null) {
		for (const transition of t) if (transition.is_global || local) transition.in();
	}
}
function move_effect(effect, fragment) {
	if (!effect.nodes) return;
	var node = effect.nodes.start;
	var end = effect.nodes.end;
	while (node !== null) {
		var next = node === end ? null : get_next_sibling(node);
		fragment.append(node);
		node = next;
	}
}
// node_modules/svelte/src/internal/client/legacy.js
var captured_signals = null;
// node_modules/svelte/src/internal/client/runtime.js
var is_destroying_effect = false;
function set_is_destroying_effect(value) {
	is_destroying_effect = value;
}
var active_reaction = null;
var untracking = false;
function set_active_reaction(reaction) {
	active_reaction = reaction;
}
var active_effect = null;
function set_active_effect(effect) {
	active_effect = effect;
}
var current_sources = null;
function push_reaction_value(value) {
	if (active_reaction !== null && (!async_mode_flag && (active_reaction.f & 2097152) !== 0 || (active_reaction.f & 2) !== 0)) (current_sources ??= new Set()).add(value);
}
var new_deps = null;
var skipped_deps = 0;
var untracked_writes = null;
function set_untracked_writes(value) {
	untracked_writes = value;
}
var write_version = 1;
var read_version = 0;
var update_version = read_version;
function set_update_version(value) {
	update_version = value;
}
function increment_write_version() {
	return ++write_version;
}
function is_dirty(reaction) {
	var flags = reaction.f;
	if ((flags & 2048) !== 0) return true;
	if ((flags & 4096) !== 0) {
		var dependencies = reaction.deps;
		var length = dependencies.length;
		for (var i = 0; i < length; i++) {
			var dependency = dependencies[i];
			if (is_dirty(dependency)) update_derived(dependency);
			if (dependency.wv > reaction.wv) return true;
		}
		if ((flags & 512) !== 0 && batch_values === null) set_signal_status(reaction, CLEAN);
	}
	return false;
}
function schedule_possible_effect_self_invalidation(signal, effect, root = true) {
	var reactions = signal.reactions;
	if (reactions === null) return;
	if (!async_mode_flag && current_sources !== null && current_sources.has(signal)) return;
	for (var i = 0; i < reactions.length; i++) {
		var reaction = reactions[i];
		if ((reaction.f & 2) !== 0) schedule_possible_effect_self_invalidation(reaction, effect, false);
		else if (effect === reaction) {
			if (root) set_signal_status(reaction, DIRTY);
			else if ((reaction.f & 1024) !== 0) set_signal_status(reaction, MAYBE_DIRTY);
			schedule_effect(reaction);
		}
	}
}
function update_reaction(reaction) {
	var previous_deps = new_deps;
	var previous_skipped_deps = skipped_deps;
	var previous_untracked_writes = untracked_writes;
	var previous_reaction = active_reaction;
	var previous_sources = current_sources;
	var previous_component_context = component_context;
	var previous_untracking = untracking;
	var previous_update_version = update_version;
	var flags = reaction.f;
	new_deps = null;
	skipped_deps = 0;
	untracked_writes = null;
	active_reaction = (flags & 96) === 0 ? reaction : null;
	current_sources = null;
	set_component_context(reaction.ctx);
	untracking = false;
	update_version = ++read_version;
	if (reaction.ac !== null) {
		without_reactive_context(() => {
			reaction.ac.abort(STALE_REACTION);
		});
		reaction.ac = null;
	}
	try {
		reaction.f |= REACTION_IS_UPDATING;
		var fn = reaction.fn;
		var result = fn();
		reaction.f |= REACTION_RAN;
		var deps = update_dependencies(reaction);
		if (is_runes() && untracked_writes !== null && !untracking && deps !== null && (reaction.f & 6146) === 0) for (var i = 0; i < untracked_writes.length; i++) schedule_possible_effect_self_invalidation(untracked_writes[i], reaction);
		if (previous_reaction !== null && previous_reaction !== reaction) {
			read_version++;
			if (previous_reaction.deps !== null) for (let i = 0; i < previous_skipped_deps; i += 1) previous_reaction.deps[i].rv = read_version;
			if (previous_deps !== null) for (const dep of previous_deps) dep.rv = read_version;
			if (untracked_writes !== null) {
				if (previous_untracked_writes === null) previous_untracked_writes = untracked_writes;
				else previous_untracked_writes.push(...untracked_writes);
			}
		}
		if ((reaction.f & 8388608) !== 0) reaction.f ^= ERROR_VALUE;
		return result;
	} catch (error) {
		update_dependencies(reaction);
		return handle_error(error);
	} finally {
		reaction.f ^= REACTION_IS_UPDATING;
		new_deps = previous_deps;
		skipped_deps = previous_skipped_deps;
		untracked_writes = previous_untracked_writes;
		active_reaction = previous_reaction;
		current_sources = previous_sources;
		set_component_context(previous_component_context);
		untracking = previous_untracking;
		update_version = previous_update_version;
	}
}
function update_dependencies(reaction) {
	var deps = reaction.deps;
	var is_fork = current_batch?.is_fork;
	if (new_deps !== null) {
		var i;
		if (!is_fork) remove_reactions(reaction, skipped_deps);
		if (deps !== null && skipped_deps > 0) {
			deps.length = skipped_deps + new_deps.length;
			for (i = 0; i < new_deps.length; i++) deps[skipped_deps + i] = new_deps[i];
		} else reaction.deps = deps = new_deps;
		if (effect_tracking() && (reaction.f & 512) !== 0) for (i = skipped_deps; i < deps.length; i++) (deps[i].reactions ??= []).push(reaction);
	} else if (!is_fork && deps !== null && skipped_deps < deps.length) {
		remove_reactions(reaction, skipped_deps);
		deps.length = skipped_deps;
	}
	return deps;
}
function remove_reaction(signal, dependency) {
	let reactions = dependency.reactions;
	if (reactions !== null) {
		var index = index_of.call(reactions, signal);
		if (index !== -1) {
			var new_length = reactions.length - 1;
			if (new_length === 0) reactions = dependency.reactions = null;
			else {
				reactions[index] = reactions[new_length];
				reactions.pop();
			}
		}
	}
	if (reactions === null && (dependency.f & 2) !== 0 && (new_deps === null || !includes.call(new_deps, dependency))) {
		var derived = dependency;
		if ((derived.f & 512) !== 0) derived.f ^= 512;
		if (derived.v !== UNINITIALIZED) update_derived_status(derived);
		if (derived.ac !== null) without_reactive_context(() => {
			derived.ac.abort(STALE_REACTION);
			derived.ac = null;
			set_signal_status(derived, DIRTY);
		});
		freeze_derived_effects(derived);
		remove_reactions(derived, 0);
	}
}
function remove_reactions(signal, start_index) {
	var dependencies = signal.deps;
	if (dependencies === null) return;
	for (var i = start_index; i < dependencies.length; i++) remove_reaction(signal, dependencies[i]);
}
function update_effect(effect) {
	var flags = effect.f;
	if ((flags & 16384) !== 0) return;
	set_signal_status(effect, CLEAN);
	var previous_effect = active_effect;
	active_effect = effect;
	try {
		if ((flags & 16777232) !== 0) destroy_block_effect_children(effect);
		else destroy_effect_children(effect);
		execute_effect_teardown(effect);
		var teardown = update_reaction(effect);
		effect.teardown = typeof teardown === "function" ? teardown : null;
		effect.wv = write_version;
	} finally {
		active_effect = previous_effect;
	}
}
async function tick() {
	if (async_mode_flag) return new Promise((f) => {
		requestAnimationFrame(() => f());
		setTimeout(() => f());
	});
	await Promise.resolve();
	flushSync();
}
function get(signal) {
	var is_derived = (signal.f & 2) !== 0;
	captured_signals?.add(signal);
	if (active_reaction !== null && !untracking) {
		if (!(active_effect !== null && (active_effect.f & 16384) !== 0) && (current_sources === null || !current_sources.has(signal))) {
			var deps = active_reaction.deps;
			if ((active_reaction.f & 2097152) !== 0) {
				if (signal.rv < read_version) {
					signal.rv = read_version;
					if (new_deps === null && deps !== null && deps[skipped_deps] === signal) skipped_deps++;
					else if (new_deps === null) new_deps = [signal];
					else new_deps.push(signal);
				}
			} else {
				active_reaction.deps ??= [];
				if (!includes.call(active_reaction.deps, signal)) active_reaction.deps.push(signal);
				var reactions = signal.reactions;
				if (reactions === null) signal.reactions = [active_reaction];
				else if (!includes.call(reactions, active_reaction)) reactions.push(active_reaction);
			}
		}
	}
	if (is_destroying_effect && old_values.has(signal)) return old_values.get(signal);
	if (is_derived) {
		var derived = signal;
		if (is_destroying_effect) {
			var value = derived.v;
			if ((derived.f & 1024) === 0 && derived.reactions !== null || depends_on_old_values(derived)) value = execute_derived(derived);
			old_values.set(derived, value);
			return value;
		}
		var should_connect = (derived.f & 512) === 0 && !untracking && active_reaction !== null && (active_reaction.f & 512) !== 0;
		var is_new = (derived.f & REACTION_RAN) === 0;
		if (is_dirty(derived)) {
			if (should_connect) derived.f |= 512;
			update_derived(derived);
		}
		if (should_connect && !is_new) {
			unfreeze_derived_effects(derived);
			reconnect(derived);
		}
	}
	if (batch_values?.has(signal)) return batch_values.get(signal);
	if ((signal.f & 8388608) !== 0) throw signal.v;
	return signal.v;
}
function reconnect(derived) {
	derived.f |= 512;
	if (derived.deps === null) return;
	for (const dep of derived.deps) {
		var reactions = dep.reactions;
		if (reactions === null) dep.reactions = [derived];
		else if (!includes.call(reactions, derived)) reactions.push(derived);
		if ((dep.f & 2) !== 0 && (dep.f & 512) === 0) {
			unfreeze_derived_effects(dep);
			reconnect(dep);
		}
	}
}
function depends_on_old_values(derived) {
	if (derived.v === UNINITIALIZED) return true;
	if (derived.deps === null) return false;
	for (const dep of derived.deps) {
		if (old_values.has(dep)) return true;
		if ((dep.f & 2) !== 0 && depends_on_old_values(dep)) return true;
	}
	return false;
}
function untrack(fn) {
	var previous_untracking = untracking;
	try {
		untracking = true;
		return fn();
	} finally {
		untracking = previous_untracking;
	}
}
// node_modules/svelte/src/utils.js
function is_capture_event(name) {
	return name.endsWith("capture") && name !== "gotpointercapture" && name !== "lostpointercapture";
}
var DELEGATED_EVENTS = [
	"beforeinput",
	"click",
	"change",
	"dblclick",
	"contextmenu",
	"focusin",
	"focusout",
	"input",
	"keydown",
	"keyup",
	"mousedown",
	"mousemove",
	"mouseout",
	"mouseover",
	"mouseup",
	"pointerdown",
	"pointermove",
	"pointerout",
	"pointerover",
	"pointerup",
	"touchend",
	"touchmove",
	"touchstart"
];
function can_delegate_event(event_name) {
	return DELEGATED_EVENTS.includes(event_name);
}
var DOM_BOOLEAN_ATTRIBUTES = [
	"allowfullscreen",
	"async",
	"autofocus",
	"autoplay",
	"checked",
	"controls",
	"default",
	"disabled",
	"formnovalidate",
	"indeterminate",
	"inert",
	"ismap",
	"loop",
	"multiple",
	"muted",
	"nomodule",
	"novalidate",
	"open",
	"playsinline",
	"readonly",
	"required",
	"reversed",
	"seamless",
	"selected",
	"webkitdirectory",
	"defer",
	"disablepictureinpicture",
	"disableremoteplayback"
];
var ATTRIBUTE_ALIASES = {
	formnovalidate: "formNoValidate",
	ismap: "isMap",
	nomodule: "noModule",
	playsinline: "playsInline",
	readonly: "readOnly",
	defaultvalue: "defaultValue",
	defaultchecked: "defaultChecked",
	srcobject: "srcObject",
	novalidate: "noValidate",
	allowfullscreen: "allowFullscreen",
	disablepictureinpicture: "disablePictureInPicture",
	disableremoteplayback: "disableRemotePlayback"
};
function normalize_attribute(name) {
	name = name.toLowerCase();
	return ATTRIBUTE_ALIASES[name] ?? name;
}
[...DOM_BOOLEAN_ATTRIBUTES];
var PASSIVE_EVENTS = ["touchstart", "touchmove"];
function is_passive_event(name) {
	return PASSIVE_EVENTS.includes(name);
}
var RAW_TEXT_ELEMENTS = [
	"textarea",
	"script",
	"style",
	"title"
];
function is_raw_text_element(name) {
	return RAW_TEXT_ELEMENTS.includes(name);
}
// node_modules/svelte/src/internal/client/dom/elements/events.js
var event_symbol = Symbol("events");
var all_registered_events = new Set();
var root_event_handles = new Set();
function create_event(event_name, dom, handler, options = {}) {
	function target_handler(event) {
		if (!options.capture) handle_event_propagation.call(dom, event);
		if (!event.cancelBubble) return without_reactive_context(() => {
			return handler?.call(this, event);
		});
	}
	if (event_name.startsWith("pointer") || event_name.startsWith("touch") || event_name === "wheel") {
		target_handler.__removed = false;
		queue_micro_task(() => {
			if (!target_handler.__removed) dom.addEventListener(event_name, target_handler, options);
		});
	} else dom.addEventListener(event_name, target_handler, options);
	return target_handler;
}
function event(event_name, dom, handler, capture, passive) {
	var options = {
		capture,
		passive
	};
	var target_handler = create_event(event_name, dom, handler, options);
	if (dom === document.body || dom === window || dom === document || dom instanceof HTMLMediaElement) teardown(() => {
		target_handler.__removed = true;
		dom.removeEventListener(event_name, target_handler, options);
	});
}
function delegated(event_name, element, handler) {
	(element[event_symbol] ??= {})[event_name] = handler;
}
function delegate(events) {
	for (var i = 0; i < events.length; i++) all_registered_events.add(events[i]);
	for (var fn of root_event_handles) fn(events);
}
var last_propagated_event = null;
var last_propagated_event_clear_scheduled = false;
function handle_event_propagation(event) {
	var handler_element = this;
	var owner_document = handler_element.ownerDocument;
	var event_name = event.type;
	var path = event.composedPath?.() || [];
	var current_target = path[0] || event.target;
	last_propagated_event = event;
	if (!last_propagated_event_clear_scheduled) {
		last_propagated_event_clear_scheduled = true;
		setTimeout(() => {
			last_propagated_event_clear_scheduled = false;
			last_propagated_event = null;
		});
	}
	var path_idx = 0;
	var handled_at = last_propagated_event === event && event[event_symbol];
	if (handled_at) {
		var at_idx = path.indexOf(handled_at);
		if (at_idx !== -1 && (handler_element === document || handler_element === window)) {
			event[event_symbol] = handler_element;
			return;
		}
		var handler_idx = path.indexOf(handler_element);
		if (handler_idx === -1) return;
		if (at_idx <= handler_idx) path_idx = at_idx;
	}
	current_target = path[path_idx] || event.target;
	if (current_target === handler_element) return;
	define_property(event, "currentTarget", {
		configurable: true,
		get() {
			return current_target || owner_document;
		}
	});
	var previous_reaction = active_reaction;
	var previous_effect = active_effect;
	set_active_reaction(null);
	set_active_effect(null);
	try {
		var throw_error;
		var other_errors = [];
		while (current_target !== null) {
			if (current_target === handler_element) break;
			try {
				var delegated = current_target[event_symbol]?.[event_name];
				if (delegated != null && (!current_target.disabled || event.target === current_target)) delegated.call(current_target, event);
			} catch (error) {
				if (throw_error) other_errors.push(error);
				else throw_error = error;
			}
			if (event.cancelBubble) break;
			path_idx++;
			current_target = path_idx < path.length ? path[path_idx] : null;
		}
		if (throw_error) {
			for (let error of other_errors) queueMicrotask(() => {
				throw error;
			});
			throw throw_error;
		}
	} finally {
		event[event_symbol] = handler_element;
		delete event.currentTarget;
		set_active_reaction(previous_reaction);
		set_active_effect(previous_effect);
	}
}
// node_modules/svelte/src/internal/client/dom/reconciler.js
var policy = globalThis?.window?.trustedTypes && globalThis.window.trustedTypes.createPolicy("svelte-trusted-html", { createHTML: (html) => {
	return html;
} });
function create_trusted_html(html) {
	return policy?.createHTML(html) ?? html;
}
function create_fragment_from_html(html) {
	var elem = create_element("template");
	elem.innerHTML = create_trusted_html(html.replaceAll("<!>", "<!---->"));
	return elem.content;
}
// node_modules/svelte/src/internal/client/dom/template.js
function assign_nodes(start, end) {
	var effect = active_effect;
	if (effect.nodes === null) effect.nodes = {
		start,
		end,
		a: null,
		t: null
	};
}
function from_html(content, flags) {
	var is_fragment = (flags & 1) !== 0;
	var use_import_node = (flags & 2) !== 0;
	var node;
	var has_start = !content.startsWith("<!>");
	return () => {
		if (hydrating) {
			assign_nodes(hydrate_node, null);
			return hydrate_node;
		}
		if (node === void 0) {
			node = create_fragment_from_html(has_start ? content : "<!>" + content);
			if (!is_fragment) node = get_first_child(node);
		}
		var clone = use_import_node || is_firefox ? document.importNode(node, true) : node.cloneNode(true);
		if (is_fragment) {
			var start = get_first_child(clone);
			var end = clone.lastChild;
			assign_nodes(start, end);
		} else assign_nodes(clone, clone);
		return clone;
	};
}
function from_namespace(content, flags, ns = "svg") {
	var has_start = !content.startsWith("<!>");
	var is_fragment = (flags & 1) !== 0;
	var wrapped = `<${ns}>${has_start ? content : "<!>" + content}</${ns}>`;
	var node;
	return () => {
		if (hydrating) {
			assign_nodes(hydrate_node, null);
			return hydrate_node;
		}
		if (!node) {
			var root = get_first_child(create_fragment_from_html(wrapped));
			if (is_fragment) {
				node = document.createDocumentFragment();
				while (get_first_child(root)) node.appendChild(get_first_child(root));
			} else node = get_first_child(root);
		}
		var clone = node.cloneNode(true);
		if (is_fragment) {
			var start = get_first_child(clone);
			var end = clone.lastChild;
			assign_nodes(start, end);
		} else assign_nodes(clone, clone);
		return clone;
	};
}
function from_svg(content, flags) {
	return from_namespace(content, flags, "svg");
}
function text(value = "") {
	if (!hydrating) {
		var t = create_text(value + "");
		assign_nodes(t, t);
		return t;
	}
	var node = hydrate_node;
	if (node.nodeType !== 3) {
		node.before(node = create_text());
		set_hydrate_node(node);
	} else merge_text_nodes(node);
	assign_nodes(node, node);
	return node;
}
function comment() {
	if (hydrating) {
		assign_nodes(hydrate_node, null);
		return hydrate_node;
	}
	var frag = document.createDocumentFragment();
	var start = document.createComment("");
	var anchor = create_text();
	frag.append(start, anchor);
	assign_nodes(start, anchor);
	return frag;
}
function append(anchor, dom) {
	if (hydrating) {
		var effect = active_effect;
		if ((effect.f & 32768) === 0 || effect.nodes.end === null) effect.nodes.end = hydrate_node;
		hydrate_next();
		return;
	}
	if (anchor === null) return;
	anchor.before(dom);
}
function props_id() {
	if (hydrating && hydrate_node && hydrate_node.nodeType === 8 && hydrate_node.textContent?.startsWith(`$`)) {
		const id = hydrate_node.textContent.substring(1);
		hydrate_next();
		return id;
	}
	(window.__svelte ??= {}).uid ??= 1;
	return `c${window.__svelte.uid++}`;
}
// node_modules/svelte/src/reactivity/create-subscriber.js
function createSubscriber(start) {
	let subscribers = 0;
	let version = source(0);
	let stop;
	return () => {
		if (effect_tracking()) {
			get(version);
			render_effect(() => {
				if (subscribers === 0) stop = untrack(() => start(() => increment(version)));
				subscribers += 1;
				return () => {
					queue_micro_task(() => {
						subscribers -= 1;
						if (subscribers === 0) {
							stop?.();
							stop = void 0;
							increment(version);
						}
					});
				};
			});
		}
	};
}
// node_modules/svelte/src/internal/client/dom/blocks/boundary.js
var flags = EFFECT_TRANSPARENT | EFFECT_PRESERVED;
function boundary(node, props, children, transform_error) {
	new Boundary(node, props, children, transform_error);
}
var Boundary = class {
	parent;
	is_pending = false;
	transform_error;
	#anchor;
	#hydrate_open = hydrating ? hydrate_node : null;
	#props;
	#children;
	#effect;
	#main_effect = null;
	#pending_effect = null;
	#failed_effect = null;
	#offscreen_fragment = null;
	#local_pending_count = 0;
	#pending_count = 0;
	#pending_count_update_queued = false;
	#dirty_reactions = new Map();
	#effect_pending = null;
	#effect_pending_subscriber = createSubscriber(() => {
		this.#effect_pending = source(this.#local_pending_count);
		return () => {
			this.#effect_pending = null;
		};
	});
	constructor(node, props, children, transform_error) {
		this.#anchor = node;
		this.#props = props;
		this.#children = (anchor) => {
			var effect = active_effect;
			effect.b = this;
			effect.f |= 128;
			children(anchor);
		};
		this.parent = active_effect.b;
		this.transform_error = transform_error ?? this.parent?.transform_error ?? ((e) => e);
		this.#effect = block(() => {
			if (hydrating) {
				const comment_data = read_hydration_instruction(this.#hydrate_open);
				hydrate_next();
				const server_rendered_pending = comment_data === "[!";
				if (comment_data.startsWith("[?")) {
					const serialized_error = JSON.parse(comment_data.slice(2));
					this.#hydrate_failed_content(serialized_error);
				} else if (server_rendered_pending) this.#hydrate_pending_content();
				else this.#hydrate_resolved_content();
			} else this.#render();
		}, flags);
		if (hydrating) this.#anchor = hydrate_node;
	}
	#hydrate_resolved_content() {
		try {
			this.#main_effect = branch(() => this.#children(this.#anchor));
		} catch (error) {
			this.error(error);
		}
	}
	#hydrate_failed_content(error) {
		const failed = this.#props.failed;
		const { reset, invoke_onerror } = this.#create_reset(error);
		queue_micro_task(invoke_onerror);
		if (!failed) return;
		this.#failed_effect = branch(() => {
			failed(this.#anchor, () => error, () => reset);
		});
	}
	#create_reset(error) {
		var did_reset = false;
		var calling_on_error = false;
		const reset = () => {
			if (this.#is_destroyed()) return;
			if (did_reset) {
				svelte_boundary_reset_noop();
				return;
			}
			did_reset = true;
			if (calling_on_error) svelte_boundary_reset_onerror();
			if (this.#failed_effect !== null) pause_effect(this.#failed_effect, () => {
				this.#failed_effect = null;
			});
			this.#run(() => {
				this.#render();
			});
		};
		const invoke_onerror = () => {
			if (this.#is_destroyed()) return;
			try {
				calling_on_error = true;
				this.#props.onerror?.(error, reset);
				calling_on_error = false;
			} catch (err) {
				invoke_error_boundary(err, this.#effect && this.#effect.parent);
			}
		};
		return {
			reset,
			invoke_onerror
		};
	}
	#is_destroyed() {
		return (this.#effect.f & (DESTROYED | DESTROYING)) !== 0;
	}
	#hydrate_pending_content() {
		const pending = this.#props.pending;
		if (!pending) return;
		this.is_pending = true;
		this.#pending_effect = branch(() => pending(this.#anchor));
		queue_micro_task(() => {
			if (this.#is_destroyed()) return;
			var fragment = this.#offscreen_fragment = document.createDocumentFragment();
			var anchor = create_text();
			var handled = false;
			fragment.append(anchor);
			this.#main_effect = this.#run(() => {
				try {
					return branch(() => this.#children(anchor));
				} catch (error) {
					try {
						this.error(error);
						handled = true;
					} catch (error) {
						invoke_error_boundary(error, this.#effect.parent);
					}
					return null;
				}
			});
			if (this.#main_effect === null) {
				this.#offscreen_fragment = null;
				if (handled) this.#resolve(current_batch);
				return;
			}
			if (this.#pending_count === 0) {
				this.#anchor.before(fragment);
				this.#offscreen_fragment = null;
				pause_effect(this.#pending_effect, () => {
					this.#pending_effect = null;
				});
				this.#resolve(current_batch);
			}
		});
	}
	#render() {
		try {
			this.is_pending = this.has_pending_snippet();
			this.#pending_count = 0;
			this.#local_pending_count = 0;
			this.#main_effect = branch(() => {
				this.#children(this.#anchor);
			});
			if (this.#pending_count > 0) {
				var fragment = this.#offscreen_fragment = document.createDocumentFragment();
				move_effect(this.#main_effect, fragment);
				const pending = this.#props.pending;
				this.#pending_effect = branch(() => pending(this.#anchor));
			} else this.#resolve(current_batch);
		} catch (error) {
			this.error(error);
		}
	}
	#resolve(batch) {
		this.is_pending = false;
		batch.transfer_reactions(this.#dirty_reactions);
	}
	defer_effect(effect) {
		defer_effect(effect, this.#dirty_reactions);
	}
	is_rendered() {
		return !this.is_pending && (!this.parent || this.parent.is_rendered());
	}
	has_pending_snippet() {
		return !!this.#props.pending;
	}
	#run(fn) {
		var previous_effect = active_effect;
		var previous_reaction = active_reaction;
		var previous_ctx = component_context;
		set_active_effect(this.#effect);
		set_active_reaction(this.#effect);
		set_component_context(this.#effect.ctx);
		try {
			Batch.ensure();
			return fn();
		} finally {
			set_active_effect(previous_effect);
			set_active_reaction(previous_reaction);
			set_component_context(previous_ctx);
		}
	}
	#update_pending_count(d, batch) {
		if (!this.has_pending_snippet()) {
			if (this.parent) this.parent.#update_pending_count(d, batch);
			return;
		}
		this.#pending_count += d;
		if (this.#pending_count === 0) {
			this.#resolve(batch);
			if (this.#pending_effect) pause_effect(this.#pending_effect, () => {
				this.#pending_effect = null;
			});
			if (this.#offscreen_fragment) {
				this.#anchor.before(this.#offscreen_fragment);
				this.#offscreen_fragment = null;
			}
		}
	}
	update_pending_count(d, batch) {
		this.#update_pending_count(d, batch);
		this.#local_pending_count += d;
		if (!this.#effect_pending || this.#pending_count_update_queued) return;
		this.#pending_count_update_queued = true;
		queue_micro_task(() => {
			this.#pending_count_update_queued = false;
			if (this.#effect_pending) internal_set(this.#effect_pending, this.#local_pending_count);
		});
	}
	get_effect_pending() {
		this.#effect_pending_subscriber();
		return get(this.#effect_pending);
	}
	error(error) {
		if (error === HYDRATION_ERROR) throw error;
		if (!this.#props.onerror && !this.#props.failed) throw error;
		if (current_batch?.is_fork) {
			if (this.#main_effect) current_batch.skip_effect(this.#main_effect);
			if (this.#pending_effect) current_batch.skip_effect(this.#pending_effect);
			if (this.#failed_effect) current_batch.skip_effect(this.#failed_effect);
			current_batch.oncommit(() => {
				if (!this.#is_destroyed()) this.#handle_error(error);
			});
		} else this.#handle_error(error);
	}
	#handle_error(error) {
		if (this.#main_effect) {
			destroy_effect(this.#main_effect);
			this.#main_effect = null;
		}
		if (this.#pending_effect) {
			destroy_effect(this.#pending_effect);
			this.#pending_effect = null;
		}
		if (this.#failed_effect) {
			destroy_effect(this.#failed_effect);
			this.#failed_effect = null;
		}
		if (hydrating) {
			set_hydrate_node(this.#hydrate_open);
			next();
			set_hydrate_node(skip_nodes());
		}
		let failed = this.#props.failed;
		const handle_error_result = (transformed_error) => {
			if (this.#is_destroyed()) return;
			const { reset, invoke_onerror } = this.#create_reset(transformed_error);
			invoke_onerror();
			if (failed && !this.#is_destroyed()) this.#failed_effect = this.#run(() => {
				try {
					return branch(() => {
						var effect = active_effect;
						effect.b = this;
						effect.f |= 128;
						failed(this.#anchor, () => transformed_error, () => reset);
					});
				} catch (error) {
					invoke_error_boundary(error, this.#effect.parent);
					return null;
				}
			});
		};
		queue_micro_task(() => {
			if (this.#is_destroyed()) return;
			var result;
			try {
				result = this.transform_error(error);
			} catch (e) {
				invoke_error_boundary(e, this.#effect && this.#effect.parent);
				return;
			}
			if (result !== null && typeof result === "object" && typeof result.then === "function") result.then(handle_error_result, (e) => invoke_error_boundary(e, this.#effect && this.#effect.parent));
			else handle_error_result(result);
		});
	}
};
function set_text(text, value) {
	var str = value == null ? "" : typeof value === "object" ? `${value}` : value;
	if (str !== (text[TEXT_CACHE] ??= text.nodeValue)) {
		text[TEXT_CACHE] = str;
		text.nodeValue = `${str}`;
	}
}
function mount(component, options) {
	return _mount(component, options);
}
var listeners = new Map();
function _mount(Component, { target, anchor, props = {}, events, context, intro = true, transformError }) {
	init_operations();
	var component = void 0;
	var unmount = component_root(() => {
		var anchor_node = anchor ?? target.appendChild(create_text());
		boundary(anchor_node, { pending: () => {} }, (anchor_node) => {
			push({});
			var ctx = component_context;
			if (context) ctx.c = context;
			if (events) props.$$events = events;
			if (hydrating) assign_nodes(anchor_node, null);
			component = Component(anchor_node, props) || mark_as_component();
			if (hydrating) {
				active_effect.nodes.end = hydrate_node;
				if (hydrate_node === null || hydrate_node.nodeType !== 8 || hydrate_node.data !== "]") {
					hydration_mismatch();
					throw HYDRATION_ERROR;
				}
			}
			pop();
		}, transformError);
		var registered_events = new Set();
		var event_handle = (events) => {
			for (var i = 0; i < events.length; i++) {
				var event_name = events[i];
				if (registered_events.has(event_name)) continue;
				registered_events.add(event_name);
				var passive = is_passive_event(event_name);
				for (const node of [target, document]) {
					var counts = listeners.get(node);
					if (counts === void 0) {
						counts = new Map();
						listeners.set(node, counts);
					}
					var count = counts.get(event_name);
					if (count === void 0) {
						node.addEventListener(event_name, handle_event_propagation, { passive });
						counts.set(event_name, 1);
					} else counts.set(event_name, count + 1);
				}
			}
		};
		event_handle(array_from(all_registered_events));
		root_event_handles.add(event_handle);
		return () => {
			for (var event_name of registered_events) for (const node of [target, document]) {
				var counts = listeners.get(node);
				var count = counts.get(event_name);
				if (--count == 0) {
					node.removeEventListener(event_name, handle_event_propagation);
					counts.delete(event_name);
					if (counts.size === 0) listeners.delete(node);
				} else counts.set(event_name, count);
			}
			root_event_handles.delete(event_handle);
			if (anchor_node !== anchor) anchor_node.parentNode?.removeChild(anchor_node);
		};
	});
	mounted_components.set(component, unmount);
	return component;
}
var mounted_components = new WeakMap();
// node_modules/svelte/src/internal/client/dom/blocks/branches.js
var BranchManager = class {
	anchor;
	#batches = new Map();
	#onscreen = new Map();
	#offscreen = new Map();
	#outroing = new Set();
	#transition = true;
	constructor(anchor, transition = true) {
		this.anchor = anchor;
		this.#transition = transition;
	}
	#commit = (batch) => {
		if (!this.#batches.has(batch)) return;
		var key = this.#batches.get(batch);
		var onscreen = this.#onscreen.get(key);
		if (onscreen) {
			resume_effect(onscreen);
			this.#outroing.delete(key);
		} else {
			var offscreen = this.#offscreen.get(key);
			if (offscreen) {
				resume_effect(offscreen.effect);
				this.#onscreen.set(key, offscreen.effect);
				this.#offscreen.delete(key);
				offscreen.fragment.lastChild.remove();
				this.anchor.before(offscreen.fragment);
				onscreen = offscreen.effect;
			}
		}
		for (const [b, k] of this.#batches) {
			this.#batches.delete(b);
			if (b === batch) break;
			const offscreen = this.#offscreen.get(k);
			if (offscreen) {
				destroy_effect(offscreen.effect);
				this.#offscreen.delete(k);
			}
		}
		for (const [k, effect] of this.#onscreen) {
			if (k === key || this.#outroing.has(k)) continue;
			const on_destroy = () => {
				if (Array.from(this.#batches.values()).includes(k)) {
					var fragment = document.createDocumentFragment();
					move_effect(effect, fragment);
					fragment.append(create_text());
					this.#offscreen.set(k, {
						effect,
						fragment
					});
				} else destroy_effect(effect);
				this.#outroing.delete(k);
				this.#onscreen.delete(k);
			};
			if (this.#transition || !onscreen) {
				this.#outroing.add(k);
				pause_effect(effect, on_destroy, false);
			} else on_destroy();
		}
	};
	#discard = (batch) => {
		this.#batches.delete(batch);
		const keys = Array.from(this.#batches.values());
		for (const [k, branch] of this.#offscreen) if (!keys.includes(k)) {
			destroy_effect(branch.effect);
			this.#offscreen.delete(k);
		}
	};
	ensure(key, fn) {
		var batch = current_batch;
		var defer = should_defer_append();
		if (fn && !this.#onscreen.has(key) && !this.#offscreen.has(key)) {
			if (defer) {
				var fragment = document.createDocumentFragment();
				var target = create_text();
				fragment.append(target);
				this.#offscreen.set(key, {
					effect: branch(() => fn(target)),
					fragment
				});
			} else this.#onscreen.set(key, branch(() => fn(this.anchor)));
		}
		this.#batches.set(batch, key);
		if (defer) {
			for (const [k, effect] of this.#onscreen) if (k === key) batch.unskip_effect(effect);
			else batch.skip_effect(effect);
			for (const [k, branch] of this.#offscreen) if (k === key) batch.unskip_effect(branch.effect);
			else batch.skip_effect(branch.effect);
			batch.oncommit(this.#commit);
			batch.ondiscard(this.#discard);
		} else {
			if (hydrating) this.anchor = hydrate_node;
			this.#commit(batch);
		}
	}
};
// node_modules/svelte/src/internal/client/dom/blocks/await.js
var PENDING = 0;
var THEN = 1;
var CATCH = 2;
function await_block(node, get_input, pending_fn, then_fn, catch_fn) {
	if (hydrating) hydrate_next();
	var runes = is_runes();
	var v = UNINITIALIZED;
	var value = runes ? source(v) : mutable_source(v, false, false);
	var error = runes ? source(v) : mutable_source(v, false, false);
	var branches = new BranchManager(node);
	block(() => {
		var batch = current_batch;
		var input = get_input();
		var destroyed = false;
		let mismatch = hydrating && is_promise(input) === (node.data === "[!");
		if (mismatch) {
			set_hydrate_node(skip_nodes());
			set_hydrating(false);
		}
		if (is_promise(input)) {
			var restore = capture();
			var resolved = false;
			const resolve = (fn) => {
				if (destroyed) return;
				resolved = true;
				restore(false);
				if (current_batch === batch) batch.deactivate();
				Batch.ensure();
				try {
					fn();
				} finally {
					unset_context(false);
					if (!is_flushing_sync) flushSync();
				}
			};
			input.then((v) => {
				resolve(() => {
					internal_set(value, v);
					branches.ensure(THEN, then_fn && ((target) => then_fn(target, value)));
				});
			}, (e) => {
				resolve(() => {
					internal_set(error, e);
					branches.ensure(CATCH, catch_fn && ((target) => catch_fn(target, error)));
					if (!catch_fn) throw error.v;
				});
			});
			if (hydrating) branches.ensure(PENDING, pending_fn);
			else queue_micro_task(() => {
				if (!resolved) resolve(() => {
					branches.ensure(PENDING, pending_fn);
				});
			});
		} else {
			internal_set(value, input);
			branches.ensure(THEN, then_fn && ((target) => then_fn(target, value)));
		}
		if (mismatch) set_hydrating(true);
		return () => {
			destroyed = true;
		};
	});
}
// node_modules/svelte/src/internal/client/dom/blocks/if.js
function if_block(node, fn, elseif = false) {
	var marker;
	if (hydrating) {
		marker = hydrate_node;
		hydrate_next();
	}
	var branches = new BranchManager(node);
	var flags = elseif ? EFFECT_TRANSPARENT : 0;
	function update_branch(key, fn) {
		if (hydrating) {
			var data = read_hydration_instruction(marker);
			if (key !== parseInt(data.substring(1))) {
				var anchor = skip_nodes();
				set_hydrate_node(anchor);
				branches.anchor = anchor;
				set_hydrating(false);
				branches.ensure(key, fn);
				set_hydrating(true);
				return;
			}
		}
		branches.ensure(key, fn);
	}
	block(() => {
		var has_branch = false;
		fn((fn, key = 0) => {
			has_branch = true;
			update_branch(key, fn);
		});
		if (!has_branch) update_branch(-1, null);
	}, flags);
}
// node_modules/svelte/src/internal/client/dom/blocks/key.js
var NAN = Symbol("NaN");
function key$1(node, get_key, render_fn) {
	if (hydrating) hydrate_next();
	var branches = new BranchManager(node);
	var legacy = !is_runes();
	block(() => {
		var key = get_key();
		if (key !== key) key = NAN;
		if (legacy && key !== null && typeof key === "object") key = {};
		branches.ensure(key, render_fn);
	});
}
// node_modules/svelte/src/internal/client/dom/blocks/each.js
function index(_, i) {
	return i;
}
function pause_effects(state, to_destroy, controlled_anchor) {
	var transitions = [];
	var length = to_destroy.length;
	var group;
	var remaining = to_destroy.length;
	for (var i = 0; i < length; i++) {
		let effect = to_destroy[i];
		pause_effect(effect, () => {
			if (group) {
				group.pending.delete(effect);
				group.done.add(effect);
				if (group.pending.size === 0) {
					var groups = state.outrogroups;
					destroy_effects(state, array_from(group.done));
					groups.delete(group);
					if (groups.size === 0) state.outrogroups = null;
				}
			} else remaining -= 1;
		}, false);
	}
	if (remaining === 0) {
		var fast_path = transitions.length === 0 && controlled_anchor !== null && state.pending.size === 0;
		if (fast_path) {
			var anchor = controlled_anchor;
			var parent_node = anchor.parentNode;
			clear_text_content(parent_node);
			parent_node.append(anchor);
			state.items.clear();
		}
		destroy_effects(state, to_destroy, !fast_path);
	} else {
		group = {
			pending: new Set(to_destroy),
			done: new Set()
		};
		(state.outrogroups ??= new Set()).add(group);
	}
}
function destroy_effects(state, to_destroy, remove_dom = true) {
	var preserved_effects;
	if (state.pending.size > 0) {
		preserved_effects = new Set();
		for (const keys of state.pending.values()) for (const key of keys) preserved_effects.add(state.items.get(key).e);
	}
	for (var i = 0; i < to_destroy.length; i++) {
		var e = to_destroy[i];
		if (preserved_effects?.has(e)) {
			e.f |= EFFECT_OFFSCREEN;
			move_effect(e, document.createDocumentFragment());
		} else destroy_effect(to_destroy[i], remove_dom);
	}
}
var offscreen_anchor;
function each(node, flags, get_collection, get_key, render_fn, fallback_fn = null) {
	var anchor = node;
	var items = new Map();
	if ((flags & 4) !== 0) {
		var parent_node = node;
		anchor = hydrating ? set_hydrate_node(get_first_child(parent_node)) : parent_node.appendChild(create_text());
	}
	if (hydrating) hydrate_next();
	var fallback = null;
	var each_array = derived_safe_equal(() => {
		var collection = get_collection();
		return is_array(collection) ? collection : collection == null ? [] : array_from(collection);
	});
	var pending = new Map();
	var first_run = true;
	function commit(batch) {
		if ((state.effect.f & 16384) !== 0) return;
		state.pending.delete(batch);
		var array = get(each_array);
		state.fallback = fallback;
		reconcile(state, array, anchor, flags, get_key);
		if (fallback !== null) {
			if (array.length === 0) {
				if ((fallback.f & 33554432) === 0) resume_effect(fallback);
				else {
					fallback.f ^= EFFECT_OFFSCREEN;
					move(fallback, null, anchor);
				}
			} else pause_effect(fallback, () => {
				fallback = null;
			});
		}
	}
	function discard(batch) {
		state.pending.delete(batch);
	}
	var state = {
		effect: block(() => {
			var array = get(each_array);
			var length = array.length;
			let mismatch = false;
			if (hydrating) {
				if (read_hydration_instruction(anchor) === "[!" !== (length === 0)) {
					anchor = skip_nodes();
					set_hydrate_node(anchor);
					set_hydrating(false);
					mismatch = true;
				}
			}
			var keys = new Set();
			var batch = current_batch;
			var defer = should_defer_append();
			for (var index = 0; index < length; index += 1) {
				if (hydrating && hydrate_node.nodeType === 8 && hydrate_node.data === "]") {
					anchor = hydrate_node;
					mismatch = true;
					set_hydrating(false);
				}
				var value = array[index];
				var key = get_key(value, index);
				var item = first_run ? null : items.get(key);
				if (item) {
					if (item.v) internal_set(item.v, value);
					if (item.i) internal_set(item.i, index);
					if (defer) batch.unskip_effect(item.e);
				} else {
					item = create_item(items, first_run ? anchor : offscreen_anchor ??= create_text(), value, key, index, render_fn, flags, get_collection);
					if (!first_run) item.e.f |= EFFECT_OFFSCREEN;
					items.set(key, item);
				}
				keys.add(key);
			}
			if (length === 0 && fallback_fn && !fallback) {
				if (first_run) fallback = branch(() => fallback_fn(anchor));
				else {
					fallback = branch(() => fallback_fn(offscreen_anchor ??= create_text()));
					fallback.f |= EFFECT_OFFSCREEN;
				}
			}
			if (length > keys.size) each_key_duplicate("", "", "");
			if (hydrating && length > 0) set_hydrate_node(skip_nodes());
			if (!first_run) {
				pending.set(batch, keys);
				if (defer) {
					for (const [key, item] of items) if (!keys.has(key)) batch.skip_effect(item.e);
					batch.oncommit(commit);
					batch.ondiscard(discard);
				} else commit(batch);
			}
			if (mismatch) set_hydrating(true);
			get(each_array);
		}),
		flags,
		items,
		pending,
		outrogroups: null,
		fallback
	};
	first_run = false;
	if (hydrating) anchor = hydrate_node;
}
function skip_to_branch(effect) {
	while (effect !== null && (effect.f & 32) === 0) effect = effect.next;
	return effect;
}
function reconcile(state, array, anchor, flags, get_key) {
	var is_animated = (flags & 8) !== 0;
	var length = array.length;
	var items = state.items;
	var current = skip_to_branch(state.effect.first);
	var seen;
	var prev = null;
	var to_animate;
	var matched = [];
	var stashed = [];
	var value;
	var key;
	var effect;
	var i;
	if (is_animated) for (i = 0; i < length; i += 1) {
		value = array[i];
		key = get_key(value, i);
		effect = items.get(key).e;
		if ((effect.f & 33554432) === 0) {
			effect.nodes?.a?.measure();
			(to_animate ??= new Set()).add(effect);
		}
	}
	for (i = 0; i < length; i += 1) {
		value = array[i];
		key = get_key(value, i);
		effect = items.get(key).e;
		if (state.outrogroups !== null) for (const group of state.outrogroups) {
			group.pending.delete(effect);
			group.done.delete(effect);
		}
		if ((effect.f & 8192) !== 0) {
			resume_effect(effect);
			if (is_animated) {
				effect.nodes?.a?.unfix();
				(to_animate ??= new Set()).delete(effect);
			}
		}
		if ((effect.f & 33554432) !== 0) {
			effect.f ^= EFFECT_OFFSCREEN;
			if (effect === current) move(effect, null, anchor);
			else {
				var next = prev ? prev.next : current;
				if (effect === state.effect.last) state.effect.last = effect.prev;
				if (effect.prev) effect.prev.next = effect.next;
				if (effect.next) effect.next.prev = effect.prev;
				link$1(state, prev, effect);
				link$1(state, effect, next);
				move(effect, next, anchor);
				prev = effect;
				matched = [];
				stashed = [];
				current = skip_to_branch(prev.next);
				continue;
			}
		}
		if (effect !== current) {
			if (seen !== void 0 && seen.has(effect)) {
				if (matched.length < stashed.length) {
					var start = stashed[0];
					var j;
					prev = start.prev;
					var a = matched[0];
					var b = matched[matched.length - 1];
					for (j = 0; j < matched.length; j += 1) move(matched[j], start, anchor);
					for (j = 0; j < stashed.length; j += 1) seen.delete(stashed[j]);
					link$1(state, a.prev, b.next);
					link$1(state, prev, a);
					link$1(state, b, start);
					current = start;
					prev = b;
					i -= 1;
					matched = [];
					stashed = [];
				} else {
					seen.delete(effect);
					move(effect, current, anchor);
					link$1(state, effect.prev, effect.next);
					link$1(state, effect, prev === null ? state.effect.first : prev.next);
					link$1(state, prev, effect);
					prev = effect;
				}
				continue;
			}
			matched = [];
			stashed = [];
			while (current !== null && current !== effect) {
				(seen ??= new Set()).add(current);
				stashed.push(current);
				current = skip_to_branch(current.next);
			}
			if (current === null) continue;
		}
		if ((effect.f & 33554432) === 0) matched.push(effect);
		prev = effect;
		current = skip_to_branch(effect.next);
	}
	if (state.outrogroups !== null) {
		for (const group of state.outrogroups) if (group.pending.size === 0) {
			destroy_effects(state, array_from(group.done));
			state.outrogroups?.delete(group);
		}
		if (state.outrogroups.size === 0) state.outrogroups = null;
	}
	if (current !== null || seen !== void 0) {
		var to_destroy = [];
		if (seen !== void 0) {
			for (effect of seen) if ((effect.f & 8192) === 0) to_destroy.push(effect);
		}
		while (current !== null) {
			if ((current.f & 8192) === 0 && current !== state.fallback) to_destroy.push(current);
			current = skip_to_branch(current.next);
		}
		var destroy_length = to_destroy.length;
		if (destroy_length > 0) {
			var controlled_anchor = (flags & 4) !== 0 && length === 0 ? anchor : null;
			if (is_animated) {
				for (i = 0; i < destroy_length; i += 1) to_destroy[i].nodes?.a?.measure();
				for (i = 0; i < destroy_length; i += 1) to_destroy[i].nodes?.a?.fix();
			}
			pause_effects(state, to_destroy, controlled_anchor);
		}
	}
	if (is_animated) queue_micro_task(() => {
		if (to_animate === void 0) return;
		for (effect of to_animate) effect.nodes?.a?.apply();
	});
}
function create_item(items, anchor, value, key, index, render_fn, flags, get_collection) {
	var v = (flags & 1) !== 0 ? (flags & 16) === 0 ? mutable_source(value, false, false) : source(value) : null;
	var i = (flags & 2) !== 0 ? source(index) : null;
	return {
		v,
		i,
		e: branch(() => {
			render_fn(anchor, v ?? value, i ?? index, get_collection);
			return () => {
				items.delete(key);
			};
		})
	};
}
function move(effect, next, anchor) {
	if (!effect.nodes) return;
	var node = effect.nodes.start;
	var end = effect.nodes.end;
	var dest = next && (next.f & 33554432) === 0 ? next.nodes.start : anchor;
	while (node !== null) {
		var next_node = get_next_sibling(node);
		dest.before(node);
		if (node === end) return;
		node = next_node;
	}
}
function link$1(state, prev, next) {
	if (prev === null) state.effect.first = next;
	else prev.next = next;
	if (next === null) state.effect.last = prev;
	else next.prev = prev;
}
// node_modules/svelte/src/internal/client/dom/blocks/snippet.js
function snippet(node, get_snippet, ...args) {
	var branches = new BranchManager(node);
	block(() => {
		const snippet = get_snippet() ?? null;
		branches.ensure(snippet, snippet && ((anchor) => snippet(anchor, ...args)));
	}, EFFECT_TRANSPARENT);
}
// node_modules/svelte/src/internal/client/dom/blocks/svelte-component.js
function component(node, get_component, render_fn) {
	var hydration_start_node;
	if (hydrating) {
		hydration_start_node = hydrate_node;
		hydrate_next();
	}
	var branches = new BranchManager(node);
	block(() => {
		var component = get_component() ?? null;
		if (hydrating) {
			if (read_hydration_instruction(hydration_start_node) === "[" !== (component !== null)) {
				var anchor = skip_nodes();
				set_hydrate_node(anchor);
				branches.anchor = anchor;
				set_hydrating(false);
				branches.ensure(component, component && ((target) => render_fn(target, component)));
				set_hydrating(true);
				return;
			}
		}
		branches.ensure(component, component && ((target) => render_fn(target, component)));
	}, EFFECT_TRANSPARENT);
}
// node_modules/svelte/src/internal/client/dom/blocks/svelte-element.js
function element(node, get_tag, is_svg, render_fn, get_namespace, location) {
	let was_hydrating = hydrating;
	if (hydrating) hydrate_next();
	var element = null;
	if (hydrating && hydrate_node.nodeType === 1) {
		element = hydrate_node;
		hydrate_next();
	}
	var anchor = hydrating ? hydrate_node : node;
	var branches = new BranchManager(anchor, false);
	block(() => {
		const next_tag = get_tag() || null;
		var ns = get_namespace ? get_namespace() : is_svg || next_tag === "svg" ? NAMESPACE_SVG : void 0;
		if (next_tag === null) {
			branches.ensure(null, null);
			return;
		}
		branches.ensure(next_tag, (anchor) => {
			if (next_tag) {
				var is_hydrating = hydrating;
				element = hydrating ? element : create_element(next_tag, ns);
				assign_nodes(element, element);
				if (render_fn) {
					var tmp_comment = null;
					if (hydrating && is_raw_text_element(next_tag)) element.append(tmp_comment = document.createComment(""));
					var child_anchor = hydrating ? get_first_child(element) : element.appendChild(create_text());
					if (hydrating) {
						if (child_anchor === null) set_hydrating(false);
						else set_hydrate_node(child_anchor);
					}
					render_fn(element, child_anchor);
					tmp_comment?.remove();
				}
				active_effect.nodes.end = element;
				if (!is_hydrating) anchor.before(element);
			}
			if (hydrating) set_hydrate_node(anchor);
		});
		return () => {
			if (next_tag);
		};
	}, EFFECT_TRANSPARENT);
	teardown(() => {});
	if (was_hydrating) {
		set_hydrating(true);
		set_hydrate_node(anchor);
	}
}
// node_modules/svelte/src/internal/client/dom/elements/attachments.js
function attach(node, get_fn) {
	var fn = void 0;
	var e;
	managed(() => {
		if (fn !== (fn = get_fn())) {
			if (e) {
				destroy_effect(e);
				e = null;
			}
			if (fn) e = branch(() => {
				effect(() => fn(node));
			});
		}
	});
}
// node_modules/clsx/dist/clsx.mjs
function r(e) {
	var t, f, n = "";
	if ("string" == typeof e || "number" == typeof e) n += e;
	else if ("object" == typeof e) if (Array.isArray(e)) {
		var o = e.length;
		for (t = 0; t < o; t++) e[t] && (f = r(e[t])) && (n && (n += " "), n += f);
	} else for (f in e) e[f] && (n && (n += " "), n += f);
	return n;
}
function clsx$1() {
	for (var e, t, f = 0, n = "", o = arguments.length; f < o; f++) (e = arguments[f]) && (t = r(e)) && (n && (n += " "), n += t);
	return n;
}
// node_modules/svelte/src/internal/shared/attributes.js
function clsx(value) {
	if (typeof value === "object") return clsx$1(value);
	else return value ?? "";
}
var whitespace = [..." 	\n\r\f\xA0\v﻿"];
function to_class(value, hash, directives) {
	var classname = value == null ? "" : "" + value;
	if (hash) classname = classname ? classname + " " + hash : hash;
	if (directives) {
		for (var key of Object.keys(directives)) if (directives[key]) classname = classname ? classname + " " + key : key;
		else if (classname.length) {
			var len = key.length;
			var a = 0;
			while ((a = classname.indexOf(key, a)) >= 0) {
				var b = a + len;
				if ((a === 0 || whitespace.includes(classname[a - 1])) && (b === classname.length || whitespace.includes(classname[b]))) classname = (a === 0 ? "" : classname.substring(0, a)) + classname.substring(b + 1);
				else a = b;
			}
		}
	}
	return classname === "" ? null : classname;
}
function append_styles(styles, important = false) {
	var separator = important ? " !important;" : ";";
	var css = "";
	for (var key of Object.keys(styles)) {
		var value = styles[key];
		if (value != null && value !== "") css += " " + key + ": " + value + separator;
	}
	return css;
}
function to_css_name(name) {
	if (name[0] !== "-" || name[1] !== "-") return name.toLowerCase();
	return name;
}
function to_style(value, styles) {
	if (styles) {
		var new_style = "";
		var normal_styles;
		var important_styles;
		if (Array.isArray(styles)) {
			normal_styles = styles[0];
			important_styles = styles[1];
		} else normal_styles = styles;
		if (value) {
			value = String(value).replaceAll(/\/\*.*?\*\//g, "").trim();
			var in_str = false;
			var in_apo = 0;
			var in_comment = false;
			var reserved_names = [];
			if (normal_styles) reserved_names.push(...Object.keys(normal_styles).map(to_css_name));
			if (important_styles) reserved_names.push(...Object.keys(important_styles).map(to_css_name));
			var start_index = 0;
			var name_index = -1;
			const len = value.length;
			for (var i = 0; i < len; i++) {
				var c = value[i];
				if (in_comment) {
					if (c === "/" && value[i - 1] === "*") in_comment = false;
				} else if (in_str) {
					if (in_str === c) in_str = false;
				} else if (c === "/" && value[i + 1] === "*") in_comment = true;
				else if (c === "\"" || c === "'") in_str = c;
				else if (c === "(") in_apo++;
				else if (c === ")") in_apo--;
				if (!in_comment && in_str === false && in_apo === 0) {
					if (c === ":" && name_index === -1) name_index = i;
					else if (c === ";" || i === len - 1) {
						if (name_index !== -1) {
							var name = to_css_name(value.substring(start_index, name_index).trim());
							if (!reserved_names.includes(name)) {
								if (c !== ";") i++;
								var property = value.substring(start_index, i).trim();
								new_style += " " + property + ";";
							}
						}
						start_index = i + 1;
						name_index = -1;
					}
				}
			}
		}
		if (normal_styles) new_style += append_styles(normal_styles);
		if (important_styles) new_style += append_styles(important_styles, true);
		new_style = new_style.trim();
		return new_style === "" ? null : new_style;
	}
	return value == null ? null : String(value);
}
// node_modules/svelte/src/internal/client/dom/elements/class.js
function set_class(dom, is_html, value, hash, prev_classes, next_classes) {
	var prev = dom[CLASS_CACHE];
	if (hydrating || prev !== value || prev === void 0) {
		var next_class_name = to_class(value, hash, next_classes);
		if (!hydrating || next_class_name !== dom.getAttribute("class")) {
			if (next_class_name == null) dom.removeAttribute("class");
			else if (is_html) dom.className = next_class_name;
			else dom.setAttribute("class", next_class_name);
		}
		dom[CLASS_CACHE] = value;
	} else if (next_classes && prev_classes !== next_classes) for (var key in next_classes) {
		var is_present = !!next_classes[key];
		if (prev_classes == null || is_present !== !!prev_classes[key]) dom.classList.toggle(key, is_present);
	}
	return next_classes;
}
// node_modules/svelte/src/internal/client/dom/elements/style.js
function update_styles(dom, prev = {}, next, priority) {
	for (var key in next) {
		var value = next[key];
		if (prev[key] !== value) {
			if (next[key] == null) dom.style.removeProperty(key);
			else dom.style.setProperty(key, value, priority);
		}
	}
}
function set_style(dom, value, prev_styles, next_styles) {
	var prev = dom[STYLE_CACHE];
	if (hydrating || prev !== value) {
		var next_style_attr = to_style(value, next_styles);
		if (!hydrating || next_style_attr !== dom.getAttribute("style")) {
			if (next_style_attr == null) dom.removeAttribute("style");
			else dom.style.cssText = next_style_attr;
		}
		dom[STYLE_CACHE] = value;
	} else if (next_styles) {
		if (Array.isArray(next_styles)) {
			update_styles(dom, prev_styles?.[0], next_styles[0]);
			update_styles(dom, prev_styles?.[1], next_styles[1], "important");
		} else update_styles(dom, prev_styles, next_styles);
	}
	return next_styles;
}
// node_modules/svelte/src/internal/client/dom/elements/bindings/select.js
function set_selected(option, selected) {
	if (selected) {
		if (!option.hasAttribute("selected")) option.setAttribute("selected", "");
	} else option.removeAttribute("selected");
}
function set_default_select_value(select, value) {
	var mounting = !("__defaultValue" in select);
	if (!mounting && select.__defaultValue === value) return;
	select.__defaultValue = value;
	apply_default_select_value(select, !mounting || "__value" in select);
}
function apply_default_select_value(select, preserve) {
	var value = select.__defaultValue;
	var multiple = select.multiple;
	var values = multiple ? value ?? [] : null;
	if (multiple && !is_array(values)) return;
	var index = select.selectedIndex;
	var selected = preserve && multiple ? new Set(select.selectedOptions) : null;
	for (var option of select.options) {
		var option_value = get_option_value(option);
		set_selected(option, multiple ? values.includes(option_value) : is(option_value, value));
	}
	if (!preserve) return;
	if (selected !== null) for (option of select.options) {
		var was_selected = selected.has(option);
		if (option.selected !== was_selected) option.selected = was_selected;
	}
	else if (select.selectedIndex !== index) select.selectedIndex = index;
}
function select_option(select, value, mounting = false) {
	if (select.multiple) {
		if (value == void 0) return;
		if (!is_array(value)) return select_multiple_invalid_value();
		for (var option of select.options) option.selected = value.includes(get_option_value(option));
		return;
	}
	for (option of select.options) if (is(get_option_value(option), value)) {
		option.selected = true;
		return;
	}
	if (!mounting || value !== void 0) select.selectedIndex = -1;
}
function init_select(select) {
	var observer = new MutationObserver((entries) => {
		if (entries.every(is_selectedcontent_mutation)) return;
		if ("__defaultValue" in select) apply_default_select_value(select, false);
		if ("__value" in select) select_option(select, select.__value);
	});
	observer.observe(select, {
		childList: true,
		subtree: true,
		attributes: true,
		attributeFilter: ["value"]
	});
	teardown(() => {
		observer.disconnect();
	});
}
function bind_select_value(select, get, set = get) {
	var batches = new WeakSet();
	var mounting = true;
	listen_to_event_and_reset_event(select, "change", (is_reset) => {
		var query = is_reset ? "[selected]" : ":checked";
		var value;
		if (select.multiple) value = [].map.call(select.querySelectorAll(query), get_option_value);
		else {
			var selected_option = select.querySelector(query) ?? select.querySelector("option:not([disabled])");
			value = selected_option && get_option_value(selected_option);
		}
		set(value);
		select.__value = value;
		if (current_batch !== null) batches.add(current_batch);
	});
	effect(() => {
		var value = get();
		if (select === document.activeElement) {
			var batch = async_mode_flag ? previous_batch : current_batch;
			if (batches.has(batch)) return;
		}
		select_option(select, value, mounting);
		if (mounting && value === void 0) {
			var selected_option = select.querySelector(":checked");
			if (selected_option !== null) {
				value = get_option_value(selected_option);
				set(value);
			}
		}
		select.__value = value;
		mounting = false;
	});
}
function get_option_value(option) {
	if ("__value" in option) return option.__value;
	else return option.value;
}
function is_selectedcontent_mutation(entry) {
	if (entry.target.closest("selectedcontent") !== null) return true;
	if (entry.type === "childList") {
		var nodes = [...entry.addedNodes, ...entry.removedNodes];
		return nodes.length > 0 && nodes.every((node) => node.nodeName === "SELECTEDCONTENT");
	}
	return false;
}
// node_modules/svelte/src/internal/client/dom/elements/attributes.js
var CLASS = Symbol("class");
var STYLE = Symbol("style");
var IS_CUSTOM_ELEMENT = Symbol("is custom element");
var IS_HTML = Symbol("is html");
var LINK_TAG = IS_XHTML ? "link" : "LINK";
var INPUT_TAG = IS_XHTML ? "input" : "INPUT";
var OPTION_TAG = IS_XHTML ? "option" : "OPTION";
var SELECT_TAG = IS_XHTML ? "select" : "SELECT";
var PROGRESS_TAG = IS_XHTML ? "progress" : "PROGRESS";
function remove_input_defaults(input) {
	if (!hydrating) return;
	var already_removed = false;
	var remove_defaults = () => {
		if (already_removed) return;
		already_removed = true;
		if (input.hasAttribute("value")) {
			var value = input.value;
			set_attribute(input, "value", null);
			input.value = value;
		}
		if (input.hasAttribute("checked")) {
			var checked = input.checked;
			set_attribute(input, "checked", null);
			input.checked = checked;
		}
	};
	input[FORM_RESET_HANDLER] = remove_defaults;
	queue_micro_task(remove_defaults);
	add_form_reset_listener();
}
function set_value(element, value) {
	var attributes = get_attributes(element);
	if (attributes.value === (attributes.value = value ?? void 0) || element.value === value && (value !== 0 || element.nodeName !== PROGRESS_TAG)) return;
	element.value = value ?? "";
}
function set_checked(element, checked) {
	var attributes = get_attributes(element);
	if (attributes.checked === (attributes.checked = checked ?? void 0)) return;
	element.checked = checked;
}
function set_attribute(element, attribute, value, skip_warning) {
	var attributes = get_attributes(element);
	if (hydrating) {
		attributes[attribute] = element.getAttribute(attribute);
		if (attribute === "src" || attribute === "srcset" || attribute === "href" && element.nodeName === LINK_TAG) {
			if (!skip_warning);
			return;
		}
	}
	var previous = attributes[attribute];
	if (previous === (attributes[attribute] = value)) return;
	if (attribute === "loading") element[LOADING_ATTR_SYMBOL] = value;
	if (value == null) element.removeAttribute(attribute);
	else if (typeof value !== "string" && get_setters(element).has(attribute)) element[attribute] = value;
	else if (!(hydrating && (typeof value === "number" || typeof value === "boolean") && previous === String(value))) element.setAttribute(attribute, value);
}
function set_attributes(element, prev, next, css_hash, should_remove_defaults = false, skip_warning = false) {
	if (hydrating && should_remove_defaults && element.nodeName === INPUT_TAG) {
		if (!("defaultValue" in next || "defaultChecked" in next)) remove_input_defaults(element);
	}
	var attributes = get_attributes(element);
	var is_custom_element = attributes[IS_CUSTOM_ELEMENT];
	var preserve_attribute_case = !attributes[IS_HTML];
	let is_hydrating_custom_element = hydrating && is_custom_element;
	if (is_hydrating_custom_element) set_hydrating(false);
	var current = prev || {};
	var is_option_element = element.nodeName === OPTION_TAG;
	var is_select_element = element.nodeName === SELECT_TAG;
	try {
		for (var key in prev) if (!(key in next) && key[0] + key[1] !== "$$") next[key] = null;
		if (next.class) next.class = clsx(next.class);
		else if (css_hash || next[CLASS]) next.class = null;
		if (next[STYLE]) next.style ??= null;
		var setters = get_setters(element);
		if (element.nodeName === INPUT_TAG && "type" in next && ("value" in next || "__value" in next)) {
			var type = next.type;
			if (type !== current.type || type === void 0 && element.hasAttribute("type")) {
				current.type = type;
				set_attribute(element, "type", type, skip_warning);
			}
		}
		for (const key in next) {
			let value = next[key];
			if (is_option_element && key === "value" && value == null) {
				element.value = element.__value = "";
				current[key] = value;
				continue;
			}
			if (key === "class") {
				set_class(element, element.namespaceURI === "http://www.w3.org/1999/xhtml", value, css_hash, prev?.[CLASS], next[CLASS]);
				current[key] = value;
				current[CLASS] = next[CLASS];
				continue;
			}
			if (key === "style") {
				set_style(element, value, prev?.[STYLE], next[STYLE]);
				current[key] = value;
				current[STYLE] = next[STYLE];
				continue;
			}
			var prev_value = current[key];
			if (value === prev_value && !(value === void 0 && element.hasAttribute(key))) continue;
			current[key] = value;
			var prefix = key[0] + key[1];
			if (prefix === "$$") continue;
			if (prefix === "on") {
				const opts = {};
				const event_handle_key = "$$" + key;
				let event_name = key.slice(2);
				var is_delegated = can_delegate_event(event_name);
				if (is_capture_event(event_name)) {
					event_name = event_name.slice(0, -7);
					opts.capture = true;
				}
				if (!is_delegated && prev_value) {
					if (value != null) continue;
					element.removeEventListener(event_name, current[event_handle_key], opts);
					current[event_handle_key] = null;
				}
				if (is_delegated) {
					delegated(event_name, element, value);
					delegate([event_name]);
				} else if (value != null) {
					function handle(evt) {
						current[key].call(this, evt);
					}
					current[event_handle_key] = create_event(event_name, element, handle, opts);
				}
			} else if (key === "style") set_attribute(element, key, value);
			else if (key === "autofocus") autofocus(element, Boolean(value));
			else if (!is_custom_element && (key === "__value" || key === "value" && value != null)) {
				element.__value = value;
				if (prev_value == null || element.value !== value || value === 0 && element.nodeName === PROGRESS_TAG) element.value = value;
			} else if (key === "selected" && is_option_element) set_selected(element, value);
			else {
				var name = key;
				if (!preserve_attribute_case) name = normalize_attribute(name);
				var is_default = name === "defaultValue" || name === "defaultChecked";
				if (is_select_element && name === "defaultValue") continue;
				if (value == null && !is_custom_element && !is_default) {
					attributes[key] = null;
					if (name === "value" || name === "checked") {
						let input = element;
						const use_default = prev === void 0;
						if (name === "value") {
							let previous = input.defaultValue;
							input.removeAttribute(name);
							input.defaultValue = previous;
							input.value = input.__value = use_default ? previous : null;
						} else {
							let previous = input.defaultChecked;
							input.removeAttribute(name);
							input.defaultChecked = previous;
							input.checked = use_default ? previous : false;
						}
					} else element.removeAttribute(key);
				} else if (is_default || (is_custom_element || typeof value !== "string") && setters.has(name)) {
					element[name] = value;
					if (name in attributes) attributes[name] = UNINITIALIZED;
				} else if (typeof value !== "function") set_attribute(element, name, value, skip_warning);
			}
		}
	} finally {
		if (is_hydrating_custom_element) set_hydrating(true);
	}
	return current;
}
function attribute_effect(element, fn, sync = [], async = [], blockers = [], css_hash, should_remove_defaults = false, skip_warning = false) {
	flatten(blockers, sync, async, (values) => {
		var prev = void 0;
		var effects = {};
		var is_select = element.nodeName === SELECT_TAG;
		var inited = false;
		managed(() => {
			var next = fn(...values.map(get));
			var current = set_attributes(element, prev, next, css_hash, should_remove_defaults, skip_warning);
			if (inited && is_select) {
				var select = element;
				if ("defaultValue" in next) set_default_select_value(select, next.defaultValue);
				if ("value" in next) select_option(select, next.value);
			}
			for (let symbol of Object.getOwnPropertySymbols(effects)) if (!next[symbol]) destroy_effect(effects[symbol]);
			for (let symbol of Object.getOwnPropertySymbols(next)) {
				var n = next[symbol];
				if (symbol.description === "@attach" && (!prev || n !== prev[symbol])) {
					if (effects[symbol]) destroy_effect(effects[symbol]);
					effects[symbol] = branch(() => attach(element, () => n));
				}
				current[symbol] = n;
			}
			prev = current;
		});
		if (is_select) {
			var select = element;
			effect(() => {
				var attrs = prev;
				if ("defaultValue" in attrs) set_default_select_value(select, attrs.defaultValue);
				select_option(select, attrs.value, true);
				init_select(select);
			});
		}
		inited = true;
	});
}
function get_attributes(element) {
	return element[ATTRIBUTES_CACHE] ??= {
		[IS_CUSTOM_ELEMENT]: element.nodeName.includes("-"),
		[IS_HTML]: element.namespaceURI === NAMESPACE_HTML
	};
}
var setters_cache = new Map();
function get_setters(element) {
	var cache_key = element.getAttribute("is") || element.nodeName;
	var setters = setters_cache.get(cache_key);
	if (setters) return setters;
	setters_cache.set(cache_key, setters = new Set());
	var descriptors;
	var proto = element;
	var element_proto = Element.prototype;
	while (element_proto !== proto) {
		descriptors = get_descriptors(proto);
		for (var key in descriptors) if (descriptors[key].set && key !== "innerHTML" && key !== "textContent" && key !== "innerText") setters.add(key);
		proto = get_prototype_of(proto);
	}
	return setters;
}
// node_modules/svelte/src/internal/client/dom/elements/bindings/input.js
function bind_value(input, get, set = get) {
	var batches = new WeakSet();
	listen_to_event_and_reset_event(input, "input", async (is_reset) => {
		var value = is_reset ? input.defaultValue : input.value;
		value = is_numberlike_input(input) ? to_number(value) : value;
		set(value);
		if (current_batch !== null) batches.add(current_batch);
		await tick();
		if (value !== (value = get())) {
			var start = input.selectionStart;
			var end = input.selectionEnd;
			var length = input.value.length;
			input.value = value ?? "";
			if (end !== null) {
				var new_length = input.value.length;
				if (start === end && end === length && new_length > length) {
					input.selectionStart = new_length;
					input.selectionEnd = new_length;
				} else {
					input.selectionStart = start;
					input.selectionEnd = Math.min(end, new_length);
				}
			}
		}
	});
	if (hydrating && input.defaultValue !== input.value || untrack(get) == null && input.value) {
		set(is_numberlike_input(input) ? to_number(input.value) : input.value);
		if (current_batch !== null) batches.add(current_batch);
	}
	render_effect(() => {
		var value = get();
		if (input === document.activeElement) {
			var batch = async_mode_flag ? previous_batch : current_batch;
			if (batches.has(batch)) return;
		}
		if (is_numberlike_input(input) && value === to_number(input.value)) return;
		if (input.type === "date" && !value && !input.value) return;
		if (value !== input.value) input.value = value ?? "";
	});
}
var pending = new Set();
function bind_group(inputs, group_index, input, get, set = get) {
	var is_checkbox = input.getAttribute("type") === "checkbox";
	var binding_group = inputs;
	let hydration_mismatch = false;
	if (group_index !== null) for (var index of group_index) binding_group = binding_group[index] ??= [];
	binding_group.push(input);
	listen_to_event_and_reset_event(input, "change", () => {
		var value = input.__value;
		if (is_checkbox) value = get_binding_group_value(binding_group, value, input.checked);
		set(value);
	}, () => set(is_checkbox ? [] : null));
	render_effect(() => {
		var value = get();
		if (hydrating && input.defaultChecked !== input.checked) {
			hydration_mismatch = true;
			return;
		}
		if (is_checkbox) {
			value = value || [];
			input.checked = value.includes(input.__value);
		} else input.checked = is(input.__value, value);
	});
	teardown(() => {
		var index = binding_group.indexOf(input);
		if (index !== -1) binding_group.splice(index, 1);
	});
	if (!pending.has(binding_group)) {
		pending.add(binding_group);
		queue_micro_task(() => {
			binding_group.sort((a, b) => a.compareDocumentPosition(b) === 4 ? -1 : 1);
			pending.delete(binding_group);
		});
	}
	queue_micro_task(() => {
		if (hydration_mismatch) {
			var value;
			if (is_checkbox) value = get_binding_group_value(binding_group, value, input.checked);
			else value = binding_group.find((input) => input.checked)?.__value;
			set(value);
		}
	});
}
function bind_checked(input, get, set = get) {
	listen_to_event_and_reset_event(input, "change", (is_reset) => {
		set(is_reset ? input.defaultChecked : input.checked);
	});
	if (hydrating && input.defaultChecked !== input.checked || untrack(get) == null) set(input.checked);
	render_effect(() => {
		var value = get();
		input.checked = Boolean(value);
	});
}
function get_binding_group_value(group, __value, checked) {
	var value = new Set();
	for (var i = 0; i < group.length; i += 1) if (group[i].checked) value.add(group[i].__value);
	if (!checked) value.delete(__value);
	return Array.from(value);
}
function is_numberlike_input(input) {
	var type = input.type;
	return type === "number" || type === "range";
}
function to_number(value) {
	return value === "" ? null : +value;
}
// node_modules/svelte/src/internal/client/dom/elements/bindings/this.js
function is_bound_this(bound_value, element_or_component) {
	return bound_value === element_or_component || bound_value?.[STATE_SYMBOL] === element_or_component;
}
function bind_this(element_or_component = mark_as_component(), update, get_value, get_parts) {
	var component_effect = component_context.r;
	var parent = active_effect;
	effect(() => {
		var old_parts;
		var parts;
		render_effect(() => {
			old_parts = parts;
			parts = get_parts?.() || [];
			untrack(() => {
				if (!is_bound_this(get_value(...parts), element_or_component)) {
					update(element_or_component, ...parts);
					if (old_parts && is_bound_this(get_value(...old_parts), element_or_component)) update(null, ...old_parts);
				}
			});
		});
		return () => {
			let p = parent;
			while (p !== component_effect && p.parent !== null && p.parent.f & 33554432) p = p.parent;
			const teardown = () => {
				if (parts && is_bound_this(get_value(...parts), element_or_component)) update(null, ...parts);
			};
			const original_teardown = p.teardown;
			p.teardown = () => {
				teardown();
				original_teardown?.();
			};
		};
	});
	return element_or_component;
}
// node_modules/svelte/src/internal/client/reactivity/store.js
var is_store_binding = false;
function capture_store_binding(fn) {
	var previous_is_store_binding = is_store_binding;
	try {
		is_store_binding = false;
		return [fn(), is_store_binding];
	} finally {
		is_store_binding = previous_is_store_binding;
	}
}
// node_modules/svelte/src/internal/client/reactivity/props.js
var spread_props_handler = {
	get(target, key) {
		let i = target.props.length;
		while (i--) {
			let p = target.props[i];
			if (is_function(p)) p = p();
			if (typeof p === "object" && p !== null && key in p) return p[key];
		}
	},
	set(target, key, value) {
		let i = target.props.length;
		while (i--) {
			let p = target.props[i];
			if (is_function(p)) p = p();
			const desc = get_descriptor(p, key);
			if (desc && desc.set) {
				desc.set(value);
				return true;
			}
		}
		return false;
	},
	getOwnPropertyDescriptor(target, key) {
		let i = target.props.length;
		while (i--) {
			let p = target.props[i];
			if (is_function(p)) p = p();
			if (typeof p === "object" && p !== null && key in p) {
				const descriptor = get_descriptor(p, key);
				if (descriptor && !descriptor.configurable) descriptor.configurable = true;
				return descriptor;
			}
		}
	},
	has(target, key) {
		if (key === STATE_SYMBOL || key === LEGACY_PROPS) return false;
		for (let p of target.props) {
			if (is_function(p)) p = p();
			if (p != null && key in p) return true;
		}
		return false;
	},
	ownKeys(target) {
		const keys = [];
		for (let p of target.props) {
			if (is_function(p)) p = p();
			if (!p) continue;
			for (const key in p) if (!keys.includes(key)) keys.push(key);
			for (const key of Object.getOwnPropertySymbols(p)) if (!keys.includes(key)) keys.push(key);
		}
		return keys;
	}
};
function spread_props(...props) {
	return new Proxy({ props }, spread_props_handler);
}
function prop(props, key, flags, fallback) {
	var runes = !legacy_mode_flag || (flags & 2) !== 0;
	var bindable = (flags & 8) !== 0;
	var lazy = (flags & 16) !== 0;
	var fallback_value = fallback;
	var fallback_dirty = true;
	var fallback_signal = void 0;
	var get_fallback = () => {
		if (lazy && runes) {
			fallback_signal ??= derived(fallback);
			return get(fallback_signal);
		}
		if (fallback_dirty) {
			fallback_dirty = false;
			fallback_value = lazy ? untrack(fallback) : fallback;
		}
		return fallback_value;
	};
	let setter;
	if (bindable) {
		var is_entry_props = STATE_SYMBOL in props || LEGACY_PROPS in props;
		setter = get_descriptor(props, key)?.set ?? (is_entry_props && key in props ? (v) => props[key] = v : void 0);
	}
	var initial_value;
	var is_store_sub = false;
	if (bindable) [initial_value, is_store_sub] = capture_store_binding(() => props[key]);
	else initial_value = props[key];
	if (initial_value === void 0 && fallback !== void 0) {
		initial_value = get_fallback();
		if (setter) {
			if (runes) props_invalid_value(key);
			setter(initial_value);
		}
	}
	var getter;
	if (runes) getter = () => {
		var value = props[key];
		if (value === void 0) return get_fallback();
		fallback_dirty = true;
		return value;
	};
	else getter = () => {
		var value = props[key];
		if (value !== void 0) fallback_value = void 0;
		return value === void 0 ? fallback_value : value;
	};
	if (runes && (flags & 4) === 0) return getter;
	if (setter) {
		var legacy_parent = props.$$legacy;
		return (function(value, mutation) {
			if (arguments.length > 0) {
				if (!runes || !mutation || legacy_parent || is_store_sub) setter(mutation ? getter() : value);
				return value;
			}
			return getter();
		});
	}
	var overridden = false;
	var d = ((flags & 1) !== 0 ? derived : derived_safe_equal)(() => {
		overridden = false;
		return getter();
	});
	if (bindable) get(d);
	var parent_effect = active_effect;
	return (function(value, mutation) {
		if (arguments.length > 0) {
			const new_value = mutation ? get(d) : runes && bindable ? proxy(value) : value;
			set(d, new_value);
			overridden = true;
			if (fallback_value !== void 0) fallback_value = new_value;
			return value;
		}
		if (is_destroying_effect && overridden || (parent_effect.f & 16384) !== 0) return d.v;
		return get(d);
	});
}
if (typeof HTMLElement === "function");
function onMount(fn) {
	if (component_context === null) lifecycle_outside_component("onMount");
	if (legacy_mode_flag && component_context.l !== null) init_update_callbacks(component_context).m.push(fn);
	else user_effect(() => {
		const cleanup = untrack(fn);
		if (typeof cleanup === "function") return cleanup;
	});
}
function init_update_callbacks(context) {
	var l = context.l;
	return l.u ??= {
		a: [],
		b: [],
		m: []
	};
}
// node_modules/svelte/src/internal/disclose-version.js
if (typeof window !== "undefined") ((window.__svelte ??= {}).v ??= new Set()).add("5");
// src/lib/commands.ts
var Commands = class {
	#offers = [];
	offer(commands) {
		this.#offers = [...this.#offers, commands];
		return () => this.#offers = this.#offers.filter((other) => other !== commands);
	}
	get all() {
		return this.#offers.flatMap((offer) => offer());
	}
};
var commands = new Commands();
function found(all, written) {
	const sought = written.trim().toLowerCase();
	const words = sought.split(/\s+/);
	const rank = ({ name }) => {
		const lower = name.toLowerCase();
		if (lower.startsWith(sought)) return 0;
		return lower.includes(` ${sought}`) ? 1 : 2;
	};
	return all.filter(({ name, kind }) => words.every((word) => `${name} ${kind}`.toLowerCase().includes(word))).map((command) => ({
		command,
		rank: rank(command)
	})).sort((a, b) => a.rank - b.rank).map(({ command }) => command);
}
// src/lib/router.svelte.ts
var base = typeof document === "undefined" ? "" : document.querySelector("meta[name=\"base-path\"]")?.content ?? "";
function inside(path, base) {
	if (!path.startsWith(base)) return null;
	const rest = path.slice(base.length);
	if (rest !== "" && !rest.startsWith("/")) return null;
	return rest.replace(/\/+$/, "") || "/";
}
var Router = class {
	#path = state("/");
	get path() {
		return get(this.#path);
	}
	set path(value) {
		set(this.#path, value, true);
	}
	#query = state("");
	get query() {
		return get(this.#query);
	}
	set query(value) {
		set(this.#query, value, true);
	}
	start() {
		const read = () => {
			this.path = inside(location.pathname, base) ?? "/";
			this.query = location.search.slice(1);
		};
		read();
		addEventListener("popstate", read);
		addEventListener("click", (event) => {
			const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
			const link = event.target?.closest?.("a");
			if (!plain || event.defaultPrevented || !link || link.target || link.hash) return;
			const path = link.origin === location.origin ? inside(link.pathname, base) : null;
			if (path === null) return;
			event.preventDefault();
			this.go(path + link.search);
		});
	}
	go(to, how = "push") {
		const [path = "/", query = ""] = to.split("?", 2);
		if (path === this.path && (query === "" || query === this.query)) return;
		history[how === "push" ? "pushState" : "replaceState"](null, "", base + to);
		this.path = path;
		this.query = query;
	}
	say(path, state) {
		const query = state.toString();
		if (path !== this.path || query === this.query) return;
		history.replaceState(null, "", base + path + (query && `?${query}`));
		this.query = query;
	}
	get state() {
		return new URLSearchParams(this.query);
	}
};
var router = new Router();
function href(path) {
	return base + path;
}
// src/lib/connection.svelte.ts
var EVERY_MS = 2e3;
var Connection = class {
	#down = state(false);
	get down() {
		return get(this.#down);
	}
	set down(value) {
		set(this.#down, value, true);
	}
	#timer;
	#waiting = [];
	lost(failure) {
		if (!this.down) {
			this.down = true;
			this.#later();
		}
		return failure;
	}
	found() {
		clearTimeout(this.#timer);
		this.down = false;
		for (const tell of this.#waiting.splice(0)) tell();
	}
	onceBack(then) {
		this.#waiting.push(then);
	}
	async check() {
		clearTimeout(this.#timer);
		try {
			await fetch(`${base}/health`, { cache: "no-store" });
			this.found();
		} catch {
			this.#later();
		}
	}
	#later() {
		this.#timer = setTimeout(() => void this.check(), EVERY_MS);
	}
};
var connection = new Connection();
// src/lib/storage.ts
var PREFIX = "lyceum.";
function recall(name, otherwise, where) {
	try {
		const text = (where ?? localStorage).getItem(PREFIX + name);
		return text === null ? otherwise : JSON.parse(text);
	} catch {
		return otherwise;
	}
}
function keep(name, value, where) {
	try {
		(where ?? localStorage).setItem(PREFIX + name, JSON.stringify(value));
		return true;
	} catch {
		return false;
	}
}
function forget(name, where) {
	try {
		(where ?? localStorage).removeItem(PREFIX + name);
	} catch {}
}
// \0vite/preload-helper.js
var scriptRel = (function detectScriptRel() {
	const relList = typeof document !== "undefined" && document.createElement("link").relList;
	return relList && relList.supports && relList.supports("modulepreload") ? "modulepreload" : "preload";
})();
var assetsURL = function(dep, importerUrl) {
	return new URL(dep, importerUrl).href;
};
var seen = {};
var isCssPreloadUrl = function isCssPreloadUrl(url) {
	return url.pathname.endsWith(".css");
};
var preloadOnce = function preloadOnce(seen, href, preload) {
	if (href in seen) return seen[href];
	const promise = preload();
	if (!promise) {
		seen[href] = void 0;
		return;
	}
	const preloadPromise = promise.then(() => {
		seen[href] = void 0;
	}, (err) => {
		seen[href] = void 0;
		throw err;
	});
	seen[href] = preloadPromise;
	return preloadPromise;
};
var __vitePreload = function preload(baseModule, deps, importerUrl) {
	let promise = Promise.resolve();
	if (deps && deps.length > 0) {
		let preloadedHrefs;
		const cspNonceMeta = document.querySelector("meta[property=csp-nonce]");
		const cspNonce = cspNonceMeta?.nonce || cspNonceMeta?.getAttribute("nonce");
		function allSettled(promises) {
			return Promise.all(promises.map((p) => Promise.resolve(p).then((value) => ({
				status: "fulfilled",
				value
			}), (reason) => ({
				status: "rejected",
				reason
			}))));
		}
		function importMetaResolve(specifier) {
			if (import.meta.resolve) return new URL(import.meta.resolve(specifier));
			return new URL(specifier, import.meta.url);
		}
		promise = allSettled(deps.map((depString) => {
			depString = assetsURL(depString, importerUrl);
			const dep = importMetaResolve(depString);
			const isCss = isCssPreloadUrl(dep);
			return preloadOnce(seen, dep.href, () => {
				if (preloadedHrefs === void 0) {
					preloadedHrefs = {
						all: new Set(),
						styles: new Set()
					};
					const links = document.getElementsByTagName("link");
					for (let i = links.length - 1; i >= 0; i--) {
						const link = links[i];
						preloadedHrefs.all.add(link.href);
						if (link.rel === "stylesheet") preloadedHrefs.styles.add(link.href);
					}
				}
				if ((isCss ? preloadedHrefs.styles : preloadedHrefs.all).has(dep.href)) return;
				const link = document.createElement("link");
				link.rel = isCss ? "stylesheet" : scriptRel;
				if (!isCss) link.as = "script";
				link.crossOrigin = "";
				link.href = dep.href;
				if (cspNonce) link.setAttribute("nonce", cspNonce);
				document.head.appendChild(link);
				if (isCss) return new Promise((res, rej) => {
					const handleSettle = (e) => {
						link.removeEventListener("load", handleSettle);
						link.removeEventListener("error", handleSettle);
						if (e.type === "error") rej(new Error(`Unable to preload CSS for ${dep}`));
						else res(e);
					};
					link.addEventListener("load", handleSettle);
					link.addEventListener("error", handleSettle);
				});
			});
		}).filter((p) => p !== void 0));
	}
	function handlePreloadError(err) {
		const e = new Event("vite:preloadError", { cancelable: true });
		e.payload = err;
		window.dispatchEvent(e);
		if (!e.defaultPrevented) throw err;
	}
	return promise.then((res) => {
		for (const item of res || []) {
			if (item.status !== "rejected") continue;
			handlePreloadError(item.reason);
		}
		return baseModule().catch(handlePreloadError);
	});
};
// src/lib/i18n.svelte.ts
var LANGUAGES = {
	en: "English",
	zh: "中文"
};
var TEXTS = {
	en: async () => (await __vitePreload(async () => {
		const { en } = await import("./en.js");
		return { en };
	}, [], import.meta.url)).en,
	zh: async () => (await __vitePreload(async () => {
		const { zh } = await import("./zh.js");
		return { zh };
	}, [], import.meta.url)).zh
};
var TAGS = {
	en: "en",
	zh: "zh-CN"
};
var Languages = class {
	#now = state("en");
	get now() {
		return get(this.#now);
	}
	set now(value) {
		set(this.#now, value, true);
	}
	#texts = state({});
	async start() {
		const wished = recall("language", "") || navigator.language;
		await this.set(wished.startsWith("zh") ? "zh" : "en");
	}
	async set(language) {
		set(this.#texts, await TEXTS[language]());
		this.now = language;
		document.documentElement.lang = TAGS[language];
	}
	async choose(language) {
		await this.set(language);
		keep("language", language);
	}
	text(key) {
		return get(this.#texts)[key] ?? key;
	}
	get tag() {
		return TAGS[this.now];
	}
};
var language = new Languages();
function t(key, values = {}) {
	return fill(language.text(key), values);
}
function fill(text, values) {
	return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
function number$1(value, digits = 0) {
	const format = {
		minimumFractionDigits: digits,
		maximumFractionDigits: digits
	};
	return new Intl.NumberFormat(language.tag, format).format(value).replace("-", "−");
}
function percent(share, digits = 2) {
	const least = 10 ** -digits;
	if (share > 0 && share * 100 < least / 2) return `<${number$1(least, digits)}%`;
	return `${number$1(share * 100, digits)}%`;
}
function counted(one, many, count) {
	return t(count === 1 ? one : many, { n: number$1(count) });
}
// src/lib/key.svelte.ts
var Key = class {
	#value = state("");
	get value() {
		return get(this.#value);
	}
	set value(value) {
		set(this.#value, value, true);
	}
	#wanted = state(null);
	get wanted() {
		return get(this.#wanted);
	}
	set wanted(value) {
		set(this.#wanted, value, true);
	}
	#waiting = [];
	start() {
		this.value = recall("key", "", sessionStorage) || recall("key", "");
	}
	ask(why) {
		this.wanted = why;
	}
	set(value, remember) {
		this.value = value.trim();
		this.wanted = null;
		forget("key");
		forget("key", sessionStorage);
		if (this.value) keep("key", this.value, remember ? localStorage : sessionStorage);
		for (const tell of this.#waiting.splice(0)) tell();
	}
	get kept() {
		return recall("key", "") !== "";
	}
	onceSet(then) {
		this.#waiting.push(then);
	}
};
var key = new Key();
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
// src/lib/roles.ts
var ROLES = [
	"system",
	"user",
	"assistant",
	"tool"
];
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
	if (!isObject$1(value)) return null;
	const mode = MODES.find((mode) => TELLS[mode] in value);
	const text = mode && value[TELLS[mode]];
	const { params } = value;
	switch (mode) {
		case "complete":
		case "embeddings": return isText(text) && isObject$1(params) ? value : null;
		case "code": return isText(text) && typeof value.suffix === "string" && isObject$1(params) ? value : null;
		case "chat": return (text === null || Array.isArray(text) && text.every(isMessage)) && isObject$1(params) ? value : null;
		case "compare": {
			const { system, as, columns } = value;
			const whole = Array.isArray(columns) && columns.length > 0 && columns.every(isObject$1);
			const known = typeof system === "string" && (as === "chat" || as === "complete");
			return isText(text) && whole && known ? value : null;
		}
		default: return null;
	}
}
function isObject$1(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
function isText(value) {
	return value === null || typeof value === "string";
}
function isMessage(value) {
	if (!isObject$1(value) || typeof value.content !== "string") return false;
	return ROLES.includes(value.role);
}
// src/lib/link.svelte.ts
var Link = class {
	#broken = state(false);
	get broken() {
		return get(this.#broken);
	}
	set broken(value) {
		set(this.#broken, value, true);
	}
	async start() {
		const { hash } = location;
		this.broken = !await openFragment(hash);
		if (hash !== "") history.replaceState(null, "", location.pathname + location.search);
		addEventListener("hashchange", () => {
			if (location.hash.startsWith("#s=")) location.reload();
		});
	}
	async to(start) {
		return location.origin + base + router.path + await fragment(start);
	}
};
var link = new Link();
// src/lib/presets.svelte.ts
var NAME$1 = "presets";
var Presets = class {
	#all = state([]);
	get all() {
		return get(this.#all);
	}
	set all(value) {
		set(this.#all, value);
	}
	constructor() {
		this.read();
	}
	read() {
		const kept = recall(NAME$1, []);
		this.all = Array.isArray(kept) ? kept.filter((p) => checked(p?.start) !== null) : [];
	}
	of(mode) {
		return this.all.filter((preset) => modeOf(preset.start) === mode);
	}
	named(mode, name) {
		return this.of(mode).find((preset) => preset.name === name.trim());
	}
	save(name, start, now = Date.now()) {
		this.read();
		const known = this.named(modeOf(start), name);
		if (!known && this.all.length >= 100) return "presets.full";
		const id = known?.id ?? this.#freeId(now);
		const preset = {
			id,
			name: name.trim().slice(0, 80),
			at: now,
			start
		};
		return this.#set([preset, ...this.all.filter((other) => other.id !== id)]);
	}
	rename(id, name) {
		this.read();
		const preset = this.all.find((preset) => preset.id === id);
		const wanted = name.trim().slice(0, 80);
		if (!preset || wanted === "" || wanted === preset.name) return null;
		if (this.named(modeOf(preset.start), wanted)) return "presets.taken";
		return this.#set(this.all.map((p) => p.id === id ? {
			...p,
			name: wanted
		} : p));
	}
	remove(id) {
		this.read();
		this.#set(this.all.filter((preset) => preset.id !== id));
	}
	restore(preset) {
		this.read();
		const rest = this.all.filter((other) => other.id !== preset.id);
		return this.#set([preset, ...rest].sort((a, b) => b.at - a.at));
	}
	#set(all) {
		if (!keep(NAME$1, all)) return "presets.noRoom";
		this.all = all;
		return null;
	}
	#freeId(now) {
		let id = now;
		while (this.all.some((preset) => preset.id === id.toString(36))) id++;
		return id.toString(36);
	}
};
var presets = new Presets();
// src/lib/theme.svelte.ts
var THEMES = [
	"system",
	"light",
	"dark"
];
var Themes = class {
	#now = state("system");
	get now() {
		return get(this.#now);
	}
	set now(value) {
		set(this.#now, value, true);
	}
	start() {
		this.set(recall("theme", "system"));
	}
	set(theme) {
		this.now = THEMES.includes(theme) ? theme : "system";
		document.documentElement.dataset.theme = this.now;
		keep("theme", this.now);
	}
	next() {
		this.set(THEMES[(THEMES.indexOf(this.now) + 1) % THEMES.length] ?? "system");
	}
};
var theme = new Themes();
// src/lib/request.ts
var SHOW = [
	"off",
	"most",
	"least",
	"full"
];
var DEFAULTS = {
	model: "",
	temperature: 1,
	maxTokens: 256,
	stop: [],
	topP: 1,
	frequencyPenalty: 0,
	presencePenalty: 0,
	logitBias: [],
	bestOf: 1,
	injectStart: "",
	injectRestart: "",
	show: "full",
	seed: null
};
var LIMITS = {
	temperature: {
		min: 0,
		max: 2,
		step: .01
	},
	maxTokens: {
		min: 1,
		max: 2048,
		step: 1
	},
	topP: {
		min: 0,
		max: 1,
		step: .01
	},
	frequencyPenalty: {
		min: 0,
		max: 2,
		step: .01
	},
	presencePenalty: {
		min: 0,
		max: 2,
		step: .01
	},
	bestOf: {
		min: 1,
		max: 20,
		step: 1
	}
};
function sampled(params, seed) {
	const body = {
		model: params.model,
		temperature: params.temperature,
		max_tokens: params.maxTokens,
		top_p: params.topP,
		frequency_penalty: params.frequencyPenalty,
		presence_penalty: params.presencePenalty,
		seed,
		stream: true,
		stream_options: { include_usage: true }
	};
	if (params.stop.length > 0) body.stop = params.stop;
	if (params.logitBias.length > 0) body.logit_bias = Object.fromEntries(params.logitBias.map(({ id, bias }) => [id, bias]));
	return body;
}
function completionBody(params, prompt, seed) {
	const { model, ...rest } = sampled(params, seed);
	const body = {
		model,
		prompt,
		...rest
	};
	if (params.bestOf > 1) {
		body.n = params.bestOf;
		body.best_of = params.bestOf;
	}
	if (params.show !== "off") body.logprobs = 5;
	else if (params.bestOf > 1) body.logprobs = 0;
	return body;
}
function anySeed() {
	return Math.floor(Math.random() * 2 ** 31);
}
function restored(defaults, kept) {
	const params = { ...defaults };
	for (const name of Object.keys(defaults)) if (typeof kept[name] === typeof defaults[name]) params[name] = kept[name];
	for (const name of Object.keys(LIMITS)) {
		const { min, max } = LIMITS[name];
		const value = params[name];
		params[name] = Number.isFinite(value) ? Math.min(max, Math.max(min, value)) : defaults[name];
	}
	if (!SHOW.includes(params.show)) params.show = defaults.show;
	params.stop = (Array.isArray(kept.stop) ? kept.stop : []).filter((stop) => typeof stop === "string").slice(0, 4);
	params.logitBias = (Array.isArray(kept.logitBias) ? kept.logitBias : []).filter(isBias).slice(0, 20);
	params.seed = Number.isSafeInteger(kept.seed) ? kept.seed ?? null : defaults.seed;
	return params;
}
function isBias(value) {
	const { id, text, bias } = value ?? {};
	return typeof bias === "number" && Math.abs(bias) <= 100 && Number.isSafeInteger(id) && (id ?? -1) >= 0 && typeof text === "string";
}
// src/ui/Icon.svelte
var root$15 = from_svg(`<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" class="svelte-123hemx"><path></path></svg>`);
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
	var svg = root$15();
	var path = only_child(svg);
	template_effect(() => set_attribute(path, "d", PATHS[$$props.name]));
	append($$anchor, svg);
}
// src/lib/sse.ts
async function* events(body) {
	const reader = body.getReader();
	const decoder = new TextDecoder();
	let rest = "";
	let data = [];
	try {
		for (;;) {
			const { done, value } = await reader.read();
			rest += decoder.decode(value, { stream: !done });
			const lines = rest.split(/\r\n|\n|\r(?!$)/);
			rest = lines.pop() ?? "";
			for (const line of lines) if (line === "" && data.length > 0) {
				yield data.join("\n");
				data = [];
			} else if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5));
			if (done) return;
		}
	} finally {
		await reader.cancel().catch(() => void 0);
	}
}
// src/lib/api.ts
var Failure = class extends Error {
	status;
	type;
	code;
	param;
	requestId;
	constructor(message, status = 0, more = {}) {
		super(message);
		this.status = status;
		this.type = more.type ?? null;
		this.code = more.code ?? null;
		this.param = more.param ?? null;
		this.requestId = more.requestId ?? null;
	}
};
function endpoint(path) {
	return `${location.origin}${base}/v1${path}`;
}
async function models$1() {
	return (await (await ask("/v1/models")).json()).data;
}
async function cards() {
	try {
		return (await (await ask("/api/models")).json()).data;
	} catch (error) {
		if (error instanceof Failure && error.status === 404) return null;
		throw error;
	}
}
async function embed(body, signal) {
	return await (await ask("/v1/embeddings", body, signal)).json();
}
async function inspectPrompt(body) {
	return await (await ask("/api/inspect/prompt", body)).json();
}
async function prefer(preference) {
	await ask("/api/preferences", preference);
}
async function preferences() {
	return (await ask("/api/preferences/export")).blob();
}
async function tokenize(model, input, signal) {
	return await (await ask("/v1/tokenize", {
		model,
		input
	}, signal)).json();
}
async function countMessages(model, input, tools, signal) {
	return (await (await ask("/v1/responses/input_tokens", tools.length > 0 ? {
		model,
		input,
		tools
	} : {
		model,
		input
	}, signal)).json()).input_tokens;
}
async function* stream(path, body, signal) {
	const answer = await ask(path, body, signal);
	if (!answer.body) throw new Failure("The answer has no body.", answer.status);
	const requestId = answer.headers.get("x-request-id");
	try {
		for await (const data of events(answer.body)) {
			if (data === "[DONE]") return;
			const chunk = JSON.parse(data);
			if ("error" in chunk) throw new Failure(chunk.error.message, answer.status, {
				...chunk.error,
				requestId
			});
			yield chunk;
		}
	} catch (error) {
		if (error instanceof Failure || signal.aborted) throw error;
		throw connection.lost(new Failure(String(error)));
	}
	throw connection.lost(new Failure("The stream ended early.", 0, { requestId }));
}
async function ask(path, body, signal, method = body ? "POST" : "GET") {
	const headers = {};
	if (body) headers["content-type"] = "application/json";
	if (key.value) headers["authorization"] = `Bearer ${key.value}`;
	const request = {
		method,
		headers
	};
	if (body) request.body = JSON.stringify(body);
	if (signal) request.signal = signal;
	let answer;
	try {
		answer = await fetch(base + path, request);
	} catch (error) {
		if (signal?.aborted) throw error;
		throw connection.lost(new Failure(String(error)));
	}
	connection.found();
	if (answer.ok) return answer;
	const failure = await refusal(answer);
	if (failure.status === 401) key.ask(failure.message);
	throw failure;
}
async function refusal(answer) {
	const requestId = answer.headers.get("x-request-id");
	try {
		const { error } = await answer.json();
		return new Failure(error.message, answer.status, {
			...error,
			requestId
		});
	} catch {
		return new Failure(`${answer.status} ${answer.statusText}`, answer.status, { requestId });
	}
}
function upload(path, form, progress, signal) {
	const request = new XMLHttpRequest();
	request.open("POST", base + path);
	if (key.value) request.setRequestHeader("authorization", `Bearer ${key.value}`);
	request.upload.onprogress = (event) => progress(event.loaded, event.total);
	signal.addEventListener("abort", () => request.abort());
	return new Promise((done, failed) => {
		const lost = () => failed(connection.lost(new Failure("The file did not arrive.")));
		request.onerror = lost;
		request.onabort = () => failed(new DOMException("", "AbortError"));
		request.onload = async () => {
			connection.found();
			const { status, responseText } = request;
			if (status < 300) return done(JSON.parse(responseText));
			const requestId = request.getResponseHeader("x-request-id");
			const failure = await refusal(new Response(responseText, {
				status,
				headers: requestId ? { "x-request-id": requestId } : {}
			}));
			if (status === 401) key.ask(failure.message);
			failed(failure);
		};
		request.send(form);
	});
}
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
var encoder = new TextEncoder();
function bytes(name) {
	const spelt = /^bytes:((?:\\x[0-9a-f]{2})+)$/.exec(name)?.[1];
	if (spelt === void 0) return encoder.encode(name);
	return Uint8Array.from(spelt.slice(2).split("\\x"), (byte) => parseInt(byte, 16));
}
function spelt(bytes) {
	const text = decoded(bytes);
	if (text !== null) return text;
	return `bytes:${Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}`;
}
function decoded(bytes) {
	try {
		return new TextDecoder("utf-8", {
			fatal: true,
			ignoreBOM: true
		}).decode(bytes);
	} catch {
		return null;
	}
}
function textOf(names) {
	const parts = names.map(bytes);
	const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return decoded(whole);
}
function visible(name) {
	if (/^bytes:(\\x[0-9a-f]{2})+$/.test(name)) return Array.from(bytes(name), (b) => b.toString(16).toUpperCase().padStart(2, "0")).join(" ");
	return name.replaceAll("\n", "⏎").replaceAll("	", "⇥").replace(/^ +| +$/g, (spaces) => "␣".repeat(spaces.length));
}
function logprob(tokens) {
	return tokens.reduce((sum, token) => sum + token.logprob, 0);
}
function probability(cell) {
	return Math.exp(logprob(cell.tokens));
}
function covered(token) {
	return token.top.slice(0, 5).reduce((sum, c) => sum + Math.exp(c.logprob), 0);
}
function tempered(top, temperature) {
	const best = Math.max(...top.map((c) => c.logprob));
	if (temperature < .001) return top.map((c) => c.logprob === best ? 1 : 0);
	const weights = top.map((c) => Math.exp((c.logprob - best) / temperature));
	const sum = weights.reduce((a, b) => a + b, 0);
	return weights.map((w) => w / sum);
}
var Reader = class {
	text = "";
	cells = [];
	count = 0;
	#start;
	#before;
	#chars = 0;
	#units = 0;
	constructor(prompt) {
		this.#start = prompt.length;
		this.#before = characters(prompt);
	}
	add(text, logprobs) {
		this.text += text;
		if (!logprobs) {
			this.count += text === "" ? 0 : 1;
			return;
		}
		logprobs.tokens.forEach((name, i) => {
			const start = this.#start + this.#unitsBefore((logprobs.text_offset[i] ?? 0) - this.#before);
			const token = {
				name,
				logprob: logprobs.token_logprobs[i] ?? 0,
				top: sorted(logprobs.top_logprobs[i] ?? {})
			};
			const last = this.cells.at(-1);
			if (last?.start === start) last.tokens.push(token);
			else {
				if (last) last.end = start;
				this.cells.push({
					start,
					end: start,
					tokens: [token]
				});
			}
			this.count++;
		});
		const last = this.cells.at(-1);
		if (last) last.end = this.#start + this.text.length;
	}
	get mean() {
		const tokens = this.cells.flatMap((cell) => cell.tokens);
		return tokens.length === 0 ? -Infinity : logprob(tokens) / tokens.length;
	}
	#unitsBefore(chars) {
		while (this.#chars < chars && this.#units < this.text.length) {
			this.#units += (this.text.codePointAt(this.#units) ?? 0) > 65535 ? 2 : 1;
			this.#chars++;
		}
		return this.#units;
	}
};
function sorted(top) {
	return Object.entries(top).map(([name, logprob]) => ({
		name,
		logprob
	})).sort((a, b) => b.logprob - a.logprob);
}
function characters(text) {
	let count = 0;
	for (const _ of text) count++;
	return count;
}
// src/lib/chat.ts
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
function waitsForResult(messages) {
	const results = new Set(messages.map(({ tool_call_id: id }) => id));
	return messages.some(({ tool_calls: calls }) => calls?.some(({ id }) => !results.has(id)));
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
				const within = bytes.length > 0 && !begins$1(bytes[0] ?? 0);
				const offset = this.#begun - (within ? 1 : 0);
				this.#begun += bytes.filter(begins$1).length;
				return offset;
			})
		};
	}
};
function begins$1(byte) {
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
// src/pages/playground/counting.svelte.ts
var PAUSE_MS = 350;
var Counting = class {
	#tokens = state(null);
	get tokens() {
		return get(this.#tokens);
	}
	set tokens(value) {
		set(this.#tokens, value, true);
	}
	#context = state(null);
	get context() {
		return get(this.#context);
	}
	set context(value) {
		set(this.#context, value, true);
	}
	#timer;
	#abort;
	later(model, text) {
		this.#later(model, (signal) => tokenize(model, text, signal));
	}
	messagesLater(model, messages, tools) {
		if (waitsForResult(messages)) {
			this.stop();
			this.tokens = null;
			return;
		}
		const input = inputOf(messages);
		const described = tools.map(({ type, function: own }) => ({
			type,
			strict: false,
			...own
		}));
		this.#later(model, async (signal) => {
			const { context } = await tokenize(model, "", signal);
			return {
				count: await countMessages(model, input, described, signal),
				context
			};
		});
	}
	#later(model, count) {
		this.stop();
		if (model === "") return;
		this.#timer = setTimeout(() => void this.#run(count), PAUSE_MS);
	}
	stop() {
		clearTimeout(this.#timer);
		this.#abort?.abort();
	}
	async #run(ask) {
		this.#abort = new AbortController();
		try {
			const { count, context } = await ask(this.#abort.signal);
			this.tokens = count;
			this.context = context;
		} catch {
			this.tokens = null;
		}
	}
};
// src/ui/ErrorBox.svelte
var root$14 = from_html(`<span> </span>`);
var root_1$11 = from_html(`<div class="error svelte-gw58yb" role="alert"><p><strong> </strong></p> <p> <!></p> <p class="details svelte-gw58yb"> <!></p> <button> </button></div>`);
function ErrorBox($$anchor, $$props) {
	push($$props, true);
	let partial = prop($$props, "partial", 3, false);
	const details = user_derived(() => [
		$$props.failure.status || null,
		$$props.failure.type,
		$$props.failure.code,
		$$props.failure.param
	].filter(Boolean));
	var div = root_1$11();
	var p = child(div);
	var text$1 = only_child(child(p), true);
	reset(p);
	var p_1 = sibling(p, 2);
	var text_1 = child(p_1, true);
	var node = sibling(text_1);
	var consequent = ($$anchor) => {
		var text_2 = text();
		template_effect(($0) => set_text(text_2, ` ${$0 ?? ""}`), [() => t("error.keep")]);
		append($$anchor, text_2);
	};
	if_block(node, ($$render) => {
		if (partial()) $$render(consequent);
	});
	reset(p_1);
	var p_2 = sibling(p_1, 2);
	var text_3 = child(p_2);
	var node_1 = sibling(text_3);
	var consequent_1 = ($$anchor) => {
		var span = root$14();
		var text_4 = only_child(span);
		template_effect(($0) => set_text(text_4, `${$0 ?? ""} ${$$props.failure.requestId ?? ""}`), [() => t("error.id")]);
		append($$anchor, span);
	};
	if_block(node_1, ($$render) => {
		if ($$props.failure.requestId) $$render(consequent_1);
	});
	reset(p_2);
	var button = sibling(p_2, 2);
	var text_5 = only_child(button, true);
	reset(div);
	template_effect(($0, $1) => {
		set_text(text$1, $0);
		set_text(text_1, $$props.failure.message);
		set_text(text_3, `${$1 ?? ""} `);
		set_text(text_5, $$props.action);
	}, [() => $$props.failure.status === 0 ? t("error.lost") : t("error.title"), () => get(details).join(" · ")]);
	delegated("click", button, function(...$$args) {
		$$props.onaction?.apply(this, $$args);
	});
	append($$anchor, div);
	pop();
}
delegate(["click"]);
// src/pages/playground/Failed.svelte
var root$13 = from_html(`<div class="failure svelte-15neidf"><!></div>`);
function Failed($$anchor, $$props) {
	push($$props, true);
	var div = root$13();
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
// src/pages/playground/Frame.svelte
var root$12 = from_html(`<a class="svelte-197r4yx"> </a>`);
var root_1$10 = from_html(`<div class="page svelte-197r4yx"><section class="work svelte-197r4yx"><h1 class="unseen"> </h1> <div class="tools svelte-197r4yx"><nav class="svelte-197r4yx"></nav> <span class="space"></span> <!></div> <!></section> <aside class="svelte-197r4yx"><!></aside></div>`);
function Frame($$anchor, $$props) {
	push($$props, true);
	const MODES = [
		["/playground/chat", "mode.chat"],
		["/playground/complete", "mode.complete"],
		["/playground/code", "mode.code"],
		["/playground/embeddings", "mode.embeddings"],
		["/playground/compare", "mode.compare"]
	];
	var div = root_1$10();
	var section = child(div);
	var h1 = child(section);
	var text = only_child(h1, true);
	var div_1 = sibling(h1, 2);
	var nav = child(div_1);
	each(nav, 21, () => MODES, ([path, key]) => path, ($$anchor, $$item) => {
		var $$array = user_derived(() => to_array(get($$item), 2));
		let path = () => get($$array)[0];
		let key = () => get($$array)[1];
		var a = root$12();
		var text_1 = only_child(a, true);
		template_effect(($0, $1) => {
			set_attribute(a, "href", $0);
			set_attribute(a, "aria-current", router.path === path() ? "page" : void 0);
			set_text(text_1, $1);
		}, [() => href(path()), () => t(key())]);
		append($$anchor, a);
	});
	reset(nav);
	snippet(sibling(nav, 4), () => $$props.tools);
	reset(div_1);
	snippet(sibling(div_1, 2), () => $$props.children);
	reset(section);
	var aside = sibling(section, 2);
	snippet(child(aside), () => $$props.knobs);
	reset(aside);
	reset(div);
	template_effect(($0, $1) => {
		set_attribute(section, "aria-label", $$props.name);
		set_text(text, $$props.name);
		set_attribute(nav, "aria-label", $0);
		set_attribute(aside, "aria-label", $1);
	}, [() => t("mode.label"), () => t("play.params")]);
	append($$anchor, div);
	pop();
}
// src/lib/models.svelte.ts
var WRITES = "gpt-3.5-turbo-instruct";
var EMBEDS = "text-embedding-3-small";
function embeds({ root }, all, cards) {
	const card = cards?.find((card) => card.id === root);
	if (card) return card.kind === "embedding";
	return root === all.find((model) => model.id === EMBEDS)?.root;
}
function writers(all, cards = null) {
	return all.filter((m) => m.id === m.root && !embeds(m, all, cards)).map((m) => m.id);
}
function embedders(all, cards = null) {
	return all.filter((m) => m.id === m.root && embeds(m, all, cards)).map((m) => m.id);
}
function aliases(all, own) {
	return all.filter((m) => m.id !== m.root && own.includes(m.root)).map((m) => m.id);
}
function chosen(all, wished, own = writers(all)) {
	const root = all.find((model) => model.id === wished)?.root;
	if (root !== void 0 && own.includes(root)) return wished;
	const default_ = all.find((model) => model.id === WRITES)?.root ?? "";
	return own.includes(default_) ? default_ : own[0] ?? "";
}
var Models = class {
	#all = state([]);
	get all() {
		return get(this.#all);
	}
	set all(value) {
		set(this.#all, value);
	}
	#cards = state(null);
	get cards() {
		return get(this.#cards);
	}
	set cards(value) {
		set(this.#cards, value);
	}
	#loading = state(true);
	get loading() {
		return get(this.#loading);
	}
	set loading(value) {
		set(this.#loading, value, true);
	}
	#failure = state(null);
	get failure() {
		return get(this.#failure);
	}
	set failure(value) {
		set(this.#failure, value);
	}
	async load() {
		this.loading = true;
		this.failure = null;
		try {
			const [all, cards$1] = await Promise.all([models$1(), cards()]);
			this.cards = cards$1;
			this.all = all;
		} catch (error) {
			this.failure = error instanceof Failure ? error : new Failure(String(error));
			if (this.failure.status === 401) key.onceSet(() => void this.load());
			else if (this.failure.status === 0) connection.onceBack(() => void this.load());
		}
		this.loading = false;
	}
	get writers() {
		return writers(this.all, this.cards);
	}
	get embedders() {
		return embedders(this.all, this.cards);
	}
	card(name) {
		const root = this.all.find((model) => model.id === name)?.root ?? name;
		return this.cards?.find((card) => card.id === root);
	}
};
var models = new Models();
// src/pages/playground/ModeTools.svelte
var root$11 = from_html(`<button class="plain"><!> </button> <button class="plain"><!> </button> <button class="plain"><!> </button> <!> <!>`, 1);
function ModeTools($$anchor, $$props) {
	push($$props, true);
	let kind = prop($$props, "kind", 3, "writers");
	let dialog = state(null);
	user_effect(() => commands.offer(() => {
		const action = (name, run) => ({
			name,
			kind: t("palette.action"),
			run
		});
		return [
			action(t("app.presets"), () => set(dialog, "presets")),
			action(t("play.share"), () => set(dialog, "share")),
			...$$props.code ? [action(t("play.code"), view)] : [],
			...$$props.onmodel ? models[kind()].map((name) => ({
				name,
				kind: t("palette.model"),
				run: () => $$props.onmodel(name)
			})) : []
		];
	}));
	const close = () => set(dialog, null);
	function view() {
		$$props.onview?.();
		set(dialog, "code");
	}
	function keyed(event) {
		if (event.defaultPrevented || inDialog() || !(event.ctrlKey || event.metaKey)) return;
		if (event.key === "s" && !event.shiftKey) set(dialog, "presets");
		else if (event.key === "C" && event.shiftKey && $$props.code) view();
		else return;
		event.preventDefault();
	}
	var fragment = root$11();
	event("keydown", $window, keyed);
	var button = first_child(fragment);
	var node = child(button);
	Icon(node, { name: "preset" });
	var text = sibling(node, 1, true);
	reset(button);
	var button_1 = sibling(button, 2);
	var node_1 = child(button_1);
	Icon(node_1, { name: "share" });
	var text_1 = sibling(node_1, 1, true);
	reset(button_1);
	var button_2 = sibling(button_1, 2);
	var node_2 = child(button_2);
	Icon(node_2, { name: "code" });
	var text_2 = sibling(node_2, 1, true);
	reset(button_2);
	var node_3 = sibling(button_2, 2);
	snippet(node_3, () => $$props.children ?? noop);
	var node_4 = sibling(node_3, 2);
	var consequent = ($$anchor) => {
		var fragment_1 = comment();
		await_block(first_child(fragment_1), () => __vitePreload(() => import("./PresetDialog.js"), __vite__mapDeps([0,1]), import.meta.url), null, ($$anchor, $$source) => {
			var $$value = user_derived(() => {
				var { default: PresetDialog } = get($$source);
				return { PresetDialog };
			});
			var PresetDialog = user_derived(() => get($$value).PresetDialog);
			var fragment_2 = comment();
			component(first_child(fragment_2), () => get(PresetDialog), ($$anchor, PresetDialog_1) => {
				PresetDialog_1($$anchor, {
					get mode() {
						return $$props.mode;
					},
					get start() {
						return $$props.start;
					},
					get onopen() {
						return $$props.onopen;
					},
					onclose: close
				});
			});
			append($$anchor, fragment_2);
		});
		append($$anchor, fragment_1);
	};
	var consequent_1 = ($$anchor) => {
		var fragment_3 = comment();
		await_block(first_child(fragment_3), () => __vitePreload(() => import("./ShareDialog.js"), __vite__mapDeps([2,3,4]), import.meta.url), null, ($$anchor, $$source) => {
			var $$value = user_derived(() => {
				var { default: ShareDialog } = get($$source);
				return { ShareDialog };
			});
			var ShareDialog = user_derived(() => get($$value).ShareDialog);
			var fragment_4 = comment();
			component(first_child(fragment_4), () => get(ShareDialog), ($$anchor, ShareDialog_1) => {
				ShareDialog_1($$anchor, {
					get start() {
						return $$props.start;
					},
					onclose: close
				});
			});
			append($$anchor, fragment_4);
		});
		append($$anchor, fragment_3);
	};
	var consequent_2 = ($$anchor) => {
		var fragment_5 = comment();
		await_block(first_child(fragment_5), () => __vitePreload(() => import("./CodeDialog.js"), __vite__mapDeps([5,3,6]), import.meta.url), null, ($$anchor, $$source) => {
			var $$value = user_derived(() => {
				var { default: CodeDialog } = get($$source);
				return { CodeDialog };
			});
			var CodeDialog = user_derived(() => get($$value).CodeDialog);
			var fragment_6 = comment();
			var node_10 = first_child(fragment_6);
			{
				let $0 = user_derived(() => $$props.code());
				component(node_10, () => get(CodeDialog), ($$anchor, CodeDialog_1) => {
					CodeDialog_1($$anchor, spread_props(() => get($0), { onclose: close }));
				});
			}
			append($$anchor, fragment_6);
		});
		append($$anchor, fragment_5);
	};
	if_block(node_4, ($$render) => {
		if (get(dialog) === "presets") $$render(consequent);
		else if (get(dialog) === "share") $$render(consequent_1, 1);
		else if (get(dialog) === "code" && $$props.code) $$render(consequent_2, 2);
	});
	template_effect(($0, $1, $2) => {
		set_attribute(button, "title", `${MOD ?? ""}+S`);
		set_text(text, $0);
		set_text(text_1, $1);
		button_2.disabled = !$$props.code;
		set_attribute(button_2, "title", `${MOD ?? ""}+Shift+C`);
		set_text(text_2, $2);
	}, [
		() => t("app.presets"),
		() => t("play.share"),
		() => t("play.code")
	]);
	delegated("click", button, () => set(dialog, "presets"));
	delegated("click", button_1, () => set(dialog, "share"));
	delegated("click", button_2, view);
	append($$anchor, fragment);
	pop();
}
delegate(["click"]);
// src/pages/playground/Numbers.svelte
var root$10 = from_html(`<span> </span>`);
var root_1$9 = from_html(`<!> <span> </span> <!> <!>`, 1);
var root_2$5 = from_html(`<span class="numbers number svelte-yna0la"><!> <!></span>`);
function Numbers($$anchor, $$props) {
	push($$props, true);
	var span = root_2$5();
	var node = child(span);
	var consequent_3 = ($$anchor) => {
		const computed_const = user_derived(() => {
			return $$props.stats;
		});
		var fragment = root_1$9();
		var node_1 = first_child(fragment);
		var consequent = ($$anchor) => {
			var span_1 = root$10();
			var text = only_child(span_1, true);
			template_effect(($0) => set_text(text, $0), [() => t("status.prompt", { n: number$1(get(computed_const).promptTokens) })]);
			append($$anchor, span_1);
		};
		if_block(node_1, ($$render) => {
			if (get(computed_const).promptTokens !== null) $$render(consequent);
		});
		var span_2 = sibling(node_1, 2);
		var text_1 = only_child(span_2, true);
		var node_2 = sibling(span_2, 2);
		var consequent_1 = ($$anchor) => {
			var span_3 = root$10();
			var text_2 = only_child(span_3, true);
			template_effect(($0) => set_text(text_2, $0), [() => t("status.speed", { n: number$1(get(computed_const).perSecond, 1) })]);
			append($$anchor, span_3);
		};
		if_block(node_2, ($$render) => {
			if (get(computed_const).perSecond !== null) $$render(consequent_1);
		});
		var node_3 = sibling(node_2, 2);
		var consequent_2 = ($$anchor) => {
			var span_4 = root$10();
			var text_3 = only_child(span_4, true);
			template_effect(($0) => set_text(text_3, $0), [() => t("status.first", { ms: number$1(get(computed_const).firstMs) })]);
			append($$anchor, span_4);
		};
		if_block(node_3, ($$render) => {
			if (get(computed_const).firstMs !== null) $$render(consequent_2);
		});
		template_effect(($0) => set_text(text_1, $0), [() => t("status.answer", { n: number$1(get(computed_const).tokens) })]);
		append($$anchor, fragment);
	};
	if_block(node, ($$render) => {
		if ($$props.stats) $$render(consequent_3);
	});
	var node_4 = sibling(node, 2);
	var consequent_4 = ($$anchor) => {
		var span_5 = root$10();
		let classes;
		var text_4 = only_child(span_5, true);
		template_effect(($0) => {
			classes = set_class(span_5, 1, "svelte-yna0la", null, classes, { full: $$props.full });
			set_text(text_4, $0);
		}, [() => t("status.room", {
			used: number$1($$props.tokens),
			context: number$1($$props.context)
		})]);
		append($$anchor, span_5);
	};
	if_block(node_4, ($$render) => {
		if ($$props.tokens !== null && $$props.context !== null) $$render(consequent_4);
	});
	reset(span);
	append($$anchor, span);
	pop();
}
// src/ui/About.svelte
var root$9 = from_html(` <code class="svelte-1bmiiuv"> </code>`, 1);
var root_1$8 = from_html(`<div class="row svelte-1bmiiuv"><!> <button class="plain svelte-1bmiiuv"><!></button></div> <div class="text svelte-1bmiiuv"><p> <!></p> <!></div>`, 1);
function About($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let open = state(false);
	var fragment = root_1$8();
	var div = first_child(fragment);
	var node = child(div);
	snippet(node, () => $$props.label);
	var button = sibling(node, 2);
	Icon(child(button), { name: "info" });
	reset(button);
	reset(div);
	var div_1 = sibling(div, 2);
	var p = child(div_1);
	var text_1 = child(p, true);
	var node_2 = sibling(text_1);
	var consequent = ($$anchor) => {
		var fragment_1 = root$9();
		var text_2 = first_child(fragment_1, true);
		text_2.nodeValue = " ";
		var text_3 = only_child(sibling(text_2), true);
		template_effect(() => set_text(text_3, $$props.api));
		append($$anchor, fragment_1);
	};
	if_block(node_2, ($$render) => {
		if ($$props.api) $$render(consequent);
	});
	reset(p);
	var node_3 = sibling(p, 2);
	var consequent_1 = ($$anchor) => {
		var fragment_2 = comment();
		snippet(first_child(fragment_2), () => $$props.more ?? noop);
		append($$anchor, fragment_2);
	};
	if_block(node_3, ($$render) => {
		if (get(open)) $$render(consequent_1);
	});
	reset(div_1);
	template_effect(($0) => {
		set_attribute(button, "aria-label", $0);
		set_attribute(button, "aria-expanded", get(open));
		set_attribute(button, "aria-controls", id);
		set_attribute(div_1, "id", id);
		set_attribute(div_1, "hidden", !get(open));
		set_text(text_1, $$props.text);
	}, [() => t("param.about", { name: $$props.name })]);
	delegated("click", button, () => set(open, !get(open)));
	append($$anchor, fragment);
	pop();
}
delegate(["click"]);
// src/ui/Bar.svelte
var root$8 = from_html(`<span class="bar svelte-kbmo8j"><span class="svelte-kbmo8j"></span></span>`);
function Bar($$anchor, $$props) {
	var span = root$8();
	var span_1 = child(span);
	let styles;
	reset(span);
	template_effect(() => styles = set_style(span_1, "", styles, { width: `${$$props.share * 100}%` }));
	append($$anchor, span);
}
// src/ui/Segments.svelte
var root$7 = from_html(`<label><input class="unseen svelte-1qlbtbo" type="radio"/> </label>`);
var root_1$7 = from_html(`<div class="segments svelte-1qlbtbo" role="radiogroup"></div>`);
function Segments($$anchor, $$props) {
	const group = props_id();
	push($$props, true);
	const binding_group = [];
	let value = prop($$props, "value", 15);
	var div = root_1$7();
	let styles;
	each(div, 20, () => $$props.options, (option) => option, ($$anchor, option) => {
		var label_1 = root$7();
		let classes;
		var input = child(label_1);
		remove_input_defaults(input);
		var input_value;
		var text = sibling(input);
		reset(label_1);
		template_effect(($0) => {
			classes = set_class(label_1, 1, "svelte-1qlbtbo", null, classes, { on: value() === option });
			set_attribute(input, "name", group);
			if (input_value !== (input_value = option)) input.value = (input.__value = input_value) ?? "";
			set_text(text, ` ${$0 ?? ""}`);
		}, [() => $$props.names(option)]);
		delegated("change", input, function(...$$args) {
			$$props.onchange?.apply(this, $$args);
		});
		bind_group(binding_group, [], input, () => {
			return value();
		}, value);
		append($$anchor, label_1);
	});
	reset(div);
	template_effect(() => {
		set_attribute(div, "aria-label", $$props.label);
		styles = set_style(div, "", styles, { "--columns": $$props.columns ?? $$props.options.length });
	});
	append($$anchor, div);
	pop();
}
delegate(["change"]);
// src/ui/Slider.svelte
var root$6 = from_html(`<label> </label>`);
var root_1$6 = from_html(`<div class="slider"><div class="head svelte-1sauv95"><!> <input class="number svelte-1sauv95" type="number"/></div> <input type="range"/></div>`);
function Slider($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let value = prop($$props, "value", 15);
	const digits = user_derived(() => $$props.step < 1 ? 2 : 0);
	function typed(field) {
		const number = field.valueAsNumber;
		if (Number.isFinite(number)) {
			const near = Math.round(number / $$props.step) * $$props.step;
			value(Number(Math.min($$props.max, Math.max($$props.min, near)).toFixed(get(digits))));
		}
		field.value = value().toFixed(get(digits));
	}
	var div = root_1$6();
	var div_1 = child(div);
	var node = child(div_1);
	{
		const label = ($$anchor) => {
			var label_1 = root$6();
			var text = only_child(label_1, true);
			template_effect(() => {
				set_attribute(label_1, "for", id);
				set_text(text, $$props.name);
			});
			append($$anchor, label_1);
		};
		About(node, {
			get name() {
				return $$props.name;
			},
			get api() {
				return $$props.api;
			},
			get text() {
				return $$props.about;
			},
			get more() {
				return $$props.more;
			},
			label,
			$$slots: { label: true }
		});
	}
	var input = sibling(node, 2);
	remove_input_defaults(input);
	reset(div_1);
	var input_1 = sibling(div_1, 2);
	remove_input_defaults(input_1);
	reset(div);
	template_effect(($0) => {
		set_attribute(input, "min", $$props.min);
		set_attribute(input, "max", $$props.max);
		set_attribute(input, "step", $$props.step);
		set_attribute(input, "aria-label", $$props.name);
		set_value(input, $0);
		set_attribute(input_1, "id", id);
		set_attribute(input_1, "min", $$props.min);
		set_attribute(input_1, "max", $$props.max);
		set_attribute(input_1, "step", $$props.step);
	}, [() => value().toFixed(get(digits))]);
	delegated("change", input, (event) => typed(event.currentTarget));
	bind_value(input_1, value);
	append($$anchor, div);
	pop();
}
delegate(["change"]);
// src/ui/Stops.svelte
var root$5 = from_html(`<span class="chip svelte-ypyihv"><code class="svelte-ypyihv"> </code> <button class="plain svelte-ypyihv"><!></button></span>`);
var root_1$5 = from_html(`<input/>`);
var root_2$4 = from_html(`<div class="stops svelte-ypyihv"><!> <!></div>`);
function Stops($$anchor, $$props) {
	push($$props, true);
	let values = prop($$props, "values", 15);
	let draft = state("");
	function add() {
		const text = get(draft).replace(/\\n/g, "\n").replace(/\\t/g, "	");
		set(draft, "");
		if (text === "" || values().includes(text) || values().length >= $$props.most) return;
		values([...values(), text]);
	}
	function remove(text) {
		values(values().filter((other) => other !== text));
	}
	var div = root_2$4();
	var node = child(div);
	each(node, 16, values, (text) => text, ($$anchor, text) => {
		var span = root$5();
		var code = child(span);
		var text_1 = only_child(code, true);
		var button = sibling(code, 2);
		Icon(child(button), { name: "close" });
		reset(button);
		reset(span);
		template_effect(($0, $1) => {
			set_text(text_1, $0);
			set_attribute(button, "aria-label", $1);
		}, [() => visible(text), () => t("param.stop.remove", { text: visible(text) })]);
		delegated("click", button, () => remove(text));
		append($$anchor, span);
	});
	var node_2 = sibling(node, 2);
	var consequent = ($$anchor) => {
		var input = root_1$5();
		remove_input_defaults(input);
		template_effect(($0) => {
			set_attribute(input, "id", $$props.id);
			set_attribute(input, "placeholder", $0);
		}, [() => t("param.stop.add")]);
		delegated("keydown", input, (event) => {
			if (!enters(event) || event.ctrlKey || event.metaKey) return;
			event.preventDefault();
			add();
		});
		event("blur", input, add);
		bind_value(input, () => get(draft), ($$value) => set(draft, $$value));
		append($$anchor, input);
	};
	if_block(node_2, ($$render) => {
		if (values().length < $$props.most) $$render(consequent);
	});
	reset(div);
	append($$anchor, div);
	pop();
}
delegate(["click", "keydown"]);
// src/pages/playground/LogitBias.svelte
var root$4 = from_html(`<label> </label>`);
var root_1$4 = from_html(`<li class="svelte-1wnuitq"><code class="piece"> </code> <input type="number" class="svelte-1wnuitq"/> <button class="plain svelte-1wnuitq"><!></button></li>`);
var root_2$3 = from_html(`<ul class="bare"></ul>`);
var root_3$3 = from_html(`<input/>`);
var root_4$3 = from_html(`<p class="wrong" role="alert"> </p>`);
var root_5$3 = from_html(`<div class="bias svelte-1wnuitq"><!> <!> <!> <!></div>`);
function LogitBias($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let values = prop($$props, "values", 15);
	let draft = state("");
	let wrong = state("");
	async function add() {
		set(wrong, "");
		if (get(draft) === "" || $$props.model === "") return;
		try {
			const { tokens } = await tokenize($$props.model, get(draft).replaceAll("\\n", "\n"), new AbortController().signal);
			const found = tokens.map(({ id, bytes }) => ({
				id,
				text: spelt(Uint8Array.from(bytes)),
				bias: -100
			}));
			const fresh = found.filter(({ id }, i) => !values().some((v) => v.id === id) && found.findIndex((f) => f.id === id) === i);
			if (values().length + fresh.length > 20) {
				set(wrong, t("bias.most", { n: 20 }), true);
				return;
			}
			values([...values(), ...fresh]);
			set(draft, "");
		} catch (error) {
			set(wrong, error instanceof Failure ? error.message : String(error), true);
		}
	}
	function set$1(at, field) {
		const value = values()[at];
		if (!value) return;
		const bias = Math.min(100, Math.max(-100, Math.round(field.valueAsNumber)));
		if (Number.isFinite(bias)) values(values().with(at, {
			...value,
			bias
		}));
		field.value = String(values()[at]?.bias);
	}
	var div = root_5$3();
	var node = child(div);
	{
		const label = ($$anchor) => {
			var label_1 = root$4();
			var text_1 = only_child(label_1, true);
			template_effect(($0) => {
				set_attribute(label_1, "for", id);
				set_text(text_1, $0);
			}, [() => t("param.logit_bias")]);
			append($$anchor, label_1);
		};
		let $0 = user_derived(() => t("param.logit_bias"));
		let $1 = user_derived(() => t("param.logit_bias.help"));
		About(node, {
			get name() {
				return get($0);
			},
			api: "logit_bias",
			get text() {
				return get($1);
			},
			label,
			$$slots: { label: true }
		});
	}
	var node_1 = sibling(node, 2);
	var consequent = ($$anchor) => {
		var ul = root_2$3();
		each(ul, 23, values, ({ id, text, bias }) => id, ($$anchor, $$item, i, $$array) => {
			let id = () => get($$item).id;
			let text = () => get($$item).text;
			let bias = () => get($$item).bias;
			const name = user_derived(() => text() === "" ? `#${id()}` : visible(text()));
			var li = root_1$4();
			var code = child(li);
			var text_2 = only_child(code, true);
			var input = sibling(code, 2);
			remove_input_defaults(input);
			var button = sibling(input, 2);
			Icon(child(button), { name: "close" });
			reset(button);
			reset(li);
			template_effect(($0, $1) => {
				set_attribute(code, "title", `#${id() ?? ""}`);
				set_text(text_2, get(name));
				set_attribute(input, "min", -100);
				set_attribute(input, "max", 100);
				set_value(input, bias());
				set_attribute(input, "aria-label", $0);
				set_attribute(button, "aria-label", $1);
			}, [() => t("bias.of", { text: get(name) }), () => t("param.stop.remove", { text: get(name) })]);
			delegated("change", input, (event) => set$1(get(i), event.currentTarget));
			delegated("click", button, () => values(values().filter((v) => v.id !== id())));
			append($$anchor, li);
		});
		reset(ul);
		append($$anchor, ul);
	};
	if_block(node_1, ($$render) => {
		if (values().length > 0) $$render(consequent);
	});
	var node_3 = sibling(node_1, 2);
	var consequent_1 = ($$anchor) => {
		var input_1 = root_3$3();
		remove_input_defaults(input_1);
		template_effect(($0) => {
			set_attribute(input_1, "id", id);
			set_attribute(input_1, "placeholder", $0);
			set_attribute(input_1, "aria-describedby", get(wrong) ? `${id}-wrong` : void 0);
		}, [() => t("bias.add")]);
		delegated("keydown", input_1, (event) => {
			if (!sends(event) || event.ctrlKey || event.metaKey) return;
			event.preventDefault();
			add();
		});
		bind_value(input_1, () => get(draft), ($$value) => set(draft, $$value));
		append($$anchor, input_1);
	};
	if_block(node_3, ($$render) => {
		if (values().length < 20) $$render(consequent_1);
	});
	var node_4 = sibling(node_3, 2);
	var consequent_2 = ($$anchor) => {
		var p = root_4$3();
		var text_3 = only_child(p, true);
		template_effect(() => {
			set_attribute(p, "id", `${id}-wrong`);
			set_text(text_3, get(wrong));
		});
		append($$anchor, p);
	};
	if_block(node_4, ($$render) => {
		if (get(wrong)) $$render(consequent_2);
	});
	reset(div);
	append($$anchor, div);
	pop();
}
delegate([
	"change",
	"click",
	"keydown"
]);
// src/pages/playground/ModelMenu.svelte
var root$3 = from_html(`<p class="muted"> </p>`);
var root_1$3 = from_html(`<p> </p>`);
var root_2$2 = from_html(`<label> </label> <!>`, 1);
var root_3$2 = from_html(`<option> </option>`);
var root_4$2 = from_html(`<button class="plain"><!></button>`);
var root_5$2 = from_html(`<!> <div class="model svelte-z6aa56"><select><optgroup></optgroup><optgroup></optgroup></select> <!></div>`, 1);
function ModelMenu($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let value = prop($$props, "value", 15), kind = prop($$props, "kind", 3, "writers"), bare = prop($$props, "bare", 3, false);
	const own = user_derived(() => models[kind()]);
	user_effect(() => {
		if (models.all.length > 0) value(chosen(models.all, value(), get(own)));
	});
	var fragment = root_5$2();
	var node = first_child(fragment);
	var consequent_3 = ($$anchor) => {
		var fragment_1 = root_2$2();
		var label_1 = first_child(fragment_1);
		var text = only_child(label_1, true);
		var node_1 = sibling(label_1, 2);
		var consequent = ($$anchor) => {
			{
				let $0 = user_derived(() => t("models.refresh"));
				ErrorBox($$anchor, {
					get failure() {
						return models.failure;
					},
					get action() {
						return get($0);
					},
					onaction: () => models.load()
				});
			}
		};
		var consequent_1 = ($$anchor) => {
			var p = root$3();
			var text_1 = only_child(p, true);
			template_effect(($0) => set_text(text_1, $0), [() => t("models.loading")]);
			append($$anchor, p);
		};
		var consequent_2 = ($$anchor) => {
			var p_1 = root_1$3();
			var text_2 = only_child(p_1, true);
			template_effect(($0) => set_text(text_2, $0), [() => t(kind() === "embedders" ? "models.noEmbedders" : "models.none")]);
			append($$anchor, p_1);
		};
		if_block(node_1, ($$render) => {
			if (models.failure) $$render(consequent);
			else if (models.loading && models.all.length === 0) $$render(consequent_1, 1);
			else if (get(own).length === 0) $$render(consequent_2, 2);
		});
		template_effect(($0) => {
			set_attribute(label_1, "for", id);
			set_text(text, $0);
		}, [() => $$props.label ?? t("models.label")]);
		append($$anchor, fragment_1);
	};
	if_block(node, ($$render) => {
		if (!bare()) $$render(consequent_3);
	});
	var div = sibling(node, 2);
	var select = child(div);
	var optgroup = child(select);
	each(optgroup, 20, () => get(own), (name) => name, ($$anchor, name) => {
		var option = root_3$2();
		var text_3 = only_child(option, true);
		var option_value = {};
		template_effect(() => {
			set_text(text_3, name);
			if (option_value !== (option_value = name)) option.__value = option_value;
		});
		append($$anchor, option);
	});
	reset(optgroup);
	var optgroup_1 = sibling(optgroup);
	each(optgroup_1, 20, () => aliases(models.all, get(own)), (name) => name, ($$anchor, name) => {
		var option_1 = root_3$2();
		var text_4 = only_child(option_1, true);
		var option_1_value = {};
		template_effect(() => {
			set_text(text_4, name);
			if (option_1_value !== (option_1_value = name)) option_1.__value = option_1_value;
		});
		append($$anchor, option_1);
	});
	reset(optgroup_1);
	reset(select);
	init_select(select);
	var node_2 = sibling(select, 2);
	var consequent_4 = ($$anchor) => {
		var button = root_4$2();
		Icon(child(button), { name: "reload" });
		reset(button);
		template_effect(($0, $1) => {
			set_attribute(button, "aria-label", $0);
			set_attribute(button, "title", $1);
		}, [() => t("models.refresh"), () => t("models.refresh")]);
		delegated("click", button, () => models.load());
		append($$anchor, button);
	};
	if_block(node_2, ($$render) => {
		if (!bare()) $$render(consequent_4);
	});
	reset(div);
	template_effect(($0, $1) => {
		set_attribute(select, "id", id);
		select.disabled = get(own).length === 0;
		set_attribute(select, "aria-label", bare() ? $$props.label : void 0);
		set_attribute(optgroup, "label", $0);
		set_attribute(optgroup_1, "label", $1);
	}, [() => t("models.own"), () => t("models.aliases")]);
	bind_select_value(select, value);
	append($$anchor, fragment);
	pop();
}
delegate(["click"]);
// src/pages/playground/Parameters.svelte
var root$2 = from_html(`<div class="candidate svelte-auzdio"><code class="piece"> </code> <!> <span class="number svelte-auzdio"> </span></div>`);
var root_1$2 = from_html(`<figure class="svelte-auzdio"><figcaption> </figcaption> <!></figure>`);
var root_2$1 = from_html(`<label> </label>`);
var root_3$1 = from_html(`<!> <div class="field svelte-auzdio"><!> <textarea class="field mono svelte-auzdio" rows="1"></textarea></div> <div class="field svelte-auzdio"><!> <textarea class="field mono svelte-auzdio" rows="1"></textarea></div>`, 1);
var root_4$1 = from_html(`<span> </span>`);
var root_5$1 = from_html(`<span class="sure svelte-auzdio"> </span>`);
var root_6 = from_html(`<span class="unsure svelte-auzdio"> </span>`);
var root_7 = from_html(`<div class="legend svelte-auzdio" aria-hidden="true"><!> <!></div>`);
var root_8 = from_html(`<p class="muted"> </p>`);
var root_9 = from_html(`<div class="field svelte-auzdio"><!> <!> <!> <!></div>`);
var root_10 = from_html(`<div class="head svelte-auzdio"><h2> </h2> <button class="plain"> </button></div> <div class="field svelte-auzdio"><!></div> <!> <!> <div class="field svelte-auzdio"><!> <!></div> <!> <!> <!> <!> <!> <!> <!> <div class="field svelte-auzdio"><!> <input inputmode="numeric"/></div>`, 1);
function Parameters($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let params = prop($$props, "params", 7);
	const picture = user_derived(() => tempered($$props.last, params().temperature));
	user_effect(() => {
		JSON.stringify(params());
		$$props.onchange();
	});
	function seed(text) {
		const number = text.trim() === "" ? null : Math.trunc(Number(text));
		params().seed = number === null || Number.isSafeInteger(number) ? number : params().seed;
	}
	function reset$1() {
		Object.assign(params(), {
			...$$props.defaults,
			model: params().model
		});
	}
	var fragment = root_10();
	var div = first_child(fragment);
	var h2 = child(div);
	var text_1 = only_child(h2, true);
	var button = sibling(h2, 2);
	var text_2 = only_child(button, true);
	reset(div);
	var div_1 = sibling(div, 2);
	var node = child(div_1);
	var consequent = ($$anchor) => {
		ModelMenu($$anchor, {
			get value() {
				return params().model;
			},
			set value($$value) {
				params().model = $$value;
			}
		});
	};
	if_block(node, ($$render) => {
		if ($$props.mode !== "compare") $$render(consequent);
	});
	reset(div_1);
	var node_1 = sibling(div_1, 2);
	{
		const more = ($$anchor) => {
			var fragment_2 = comment();
			var node_2 = first_child(fragment_2);
			var consequent_1 = ($$anchor) => {
				var figure = root_1$2();
				var figcaption = child(figure);
				var text_3 = only_child(figcaption, true);
				each(sibling(figcaption, 2), 19, () => $$props.last, (candidate) => candidate.name, ($$anchor, candidate, i) => {
					var div_2 = root$2();
					var code = child(div_2);
					var text_4 = only_child(code, true);
					var node_4 = sibling(code, 2);
					{
						let $0 = user_derived(() => get(picture)[get(i)] ?? 0);
						Bar(node_4, { get share() {
							return get($0);
						} });
					}
					var text_5 = only_child(sibling(node_4, 2), true);
					reset(div_2);
					template_effect(($0, $1) => {
						set_text(text_4, $0);
						set_text(text_5, $1);
					}, [() => visible(get(candidate).name), () => percent(get(picture)[get(i)] ?? 0, 1)]);
					append($$anchor, div_2);
				});
				reset(figure);
				template_effect(($0) => set_text(text_3, $0), [() => t("param.temperature.picture", { t: params().temperature.toFixed(2) })]);
				append($$anchor, figure);
			};
			if_block(node_2, ($$render) => {
				if ($$props.last.length > 0) $$render(consequent_1);
			});
			append($$anchor, fragment_2);
		};
		let $0 = user_derived(() => t("param.temperature"));
		let $1 = user_derived(() => t("param.temperature.help"));
		Slider(node_1, spread_props({
			get name() {
				return get($0);
			},
			api: "temperature",
			get about() {
				return get($1);
			}
		}, () => LIMITS.temperature, {
			get value() {
				return params().temperature;
			},
			set value($$value) {
				params().temperature = $$value;
			},
			more,
			$$slots: { more: true }
		}));
	}
	var node_5 = sibling(node_1, 2);
	{
		let $0 = user_derived(() => t("param.max_tokens"));
		let $1 = user_derived(() => t("param.max_tokens.help"));
		let $2 = user_derived(() => Math.max($$props.context ?? LIMITS.maxTokens.max, params().maxTokens));
		Slider(node_5, spread_props({
			get name() {
				return get($0);
			},
			api: "max_tokens",
			get about() {
				return get($1);
			}
		}, () => LIMITS.maxTokens, {
			get max() {
				return get($2);
			},
			get value() {
				return params().maxTokens;
			},
			set value($$value) {
				params().maxTokens = $$value;
			}
		}));
	}
	var div_3 = sibling(node_5, 2);
	var node_6 = child(div_3);
	{
		const label = ($$anchor) => {
			var label_1 = root_2$1();
			var text_6 = only_child(label_1, true);
			template_effect(($0) => {
				set_attribute(label_1, "for", `${id}-stop`);
				set_text(text_6, $0);
			}, [() => t("param.stop")]);
			append($$anchor, label_1);
		};
		let $0 = user_derived(() => t("param.stop"));
		let $1 = user_derived(() => t("param.stop.help"));
		About(node_6, {
			get name() {
				return get($0);
			},
			api: "stop",
			get text() {
				return get($1);
			},
			label,
			$$slots: { label: true }
		});
	}
	Stops(sibling(node_6, 2), {
		get id() {
			return `${id}-stop`;
		},
		get most() {
			return 4;
		},
		get values() {
			return params().stop;
		},
		set values($$value) {
			params().stop = $$value;
		}
	});
	reset(div_3);
	var node_8 = sibling(div_3, 2);
	{
		let $0 = user_derived(() => t("param.top_p"));
		let $1 = user_derived(() => t("param.top_p.help"));
		Slider(node_8, spread_props({
			get name() {
				return get($0);
			},
			api: "top_p",
			get about() {
				return get($1);
			}
		}, () => LIMITS.topP, {
			get value() {
				return params().topP;
			},
			set value($$value) {
				params().topP = $$value;
			}
		}));
	}
	var node_9 = sibling(node_8, 2);
	{
		let $0 = user_derived(() => t("param.frequency_penalty"));
		let $1 = user_derived(() => t("param.frequency_penalty.help"));
		Slider(node_9, spread_props({
			get name() {
				return get($0);
			},
			api: "frequency_penalty",
			get about() {
				return get($1);
			}
		}, () => LIMITS.frequencyPenalty, {
			get value() {
				return params().frequencyPenalty;
			},
			set value($$value) {
				params().frequencyPenalty = $$value;
			}
		}));
	}
	var node_10 = sibling(node_9, 2);
	{
		let $0 = user_derived(() => t("param.presence_penalty"));
		let $1 = user_derived(() => t("param.presence_penalty.help"));
		Slider(node_10, spread_props({
			get name() {
				return get($0);
			},
			api: "presence_penalty",
			get about() {
				return get($1);
			}
		}, () => LIMITS.presencePenalty, {
			get value() {
				return params().presencePenalty;
			},
			set value($$value) {
				params().presencePenalty = $$value;
			}
		}));
	}
	var node_11 = sibling(node_10, 2);
	LogitBias(node_11, {
		get model() {
			return params().model;
		},
		get values() {
			return params().logitBias;
		},
		set values($$value) {
			params().logitBias = $$value;
		}
	});
	var node_12 = sibling(node_11, 2);
	var consequent_2 = ($$anchor) => {
		var fragment_3 = root_3$1();
		var node_13 = first_child(fragment_3);
		{
			let $0 = user_derived(() => t("param.best_of"));
			let $1 = user_derived(() => t("param.best_of.help"));
			Slider(node_13, spread_props({
				get name() {
					return get($0);
				},
				api: "best_of",
				get about() {
					return get($1);
				}
			}, () => LIMITS.bestOf, {
				get value() {
					return params().bestOf;
				},
				set value($$value) {
					params().bestOf = $$value;
				}
			}));
		}
		var div_4 = sibling(node_13, 2);
		var node_14 = child(div_4);
		{
			const label = ($$anchor) => {
				var label_2 = root_2$1();
				var text_7 = only_child(label_2, true);
				template_effect(($0) => {
					set_attribute(label_2, "for", `${id}-start`);
					set_text(text_7, $0);
				}, [() => t("param.inject_start")]);
				append($$anchor, label_2);
			};
			let $0 = user_derived(() => t("param.inject_start"));
			let $1 = user_derived(() => t("param.inject_start.help"));
			About(node_14, {
				get name() {
					return get($0);
				},
				get text() {
					return get($1);
				},
				label,
				$$slots: { label: true }
			});
		}
		var textarea = sibling(node_14, 2);
		remove_textarea_child(textarea);
		reset(div_4);
		var div_5 = sibling(div_4, 2);
		var node_15 = child(div_5);
		{
			const label = ($$anchor) => {
				var label_3 = root_2$1();
				var text_8 = only_child(label_3, true);
				template_effect(($0) => {
					set_attribute(label_3, "for", `${id}-restart`);
					set_text(text_8, $0);
				}, [() => t("param.inject_restart")]);
				append($$anchor, label_3);
			};
			let $0 = user_derived(() => t("param.inject_restart"));
			let $1 = user_derived(() => t("param.inject_restart.help"));
			About(node_15, {
				get name() {
					return get($0);
				},
				get text() {
					return get($1);
				},
				label,
				$$slots: { label: true }
			});
		}
		var textarea_1 = sibling(node_15, 2);
		remove_textarea_child(textarea_1);
		reset(div_5);
		template_effect(() => {
			set_attribute(textarea, "id", `${id}-start`);
			set_attribute(textarea_1, "id", `${id}-restart`);
		});
		bind_value(textarea, () => params().injectStart, ($$value) => params().injectStart = $$value);
		bind_value(textarea_1, () => params().injectRestart, ($$value) => params().injectRestart = $$value);
		append($$anchor, fragment_3);
	};
	if_block(node_12, ($$render) => {
		if ($$props.mode === "complete") $$render(consequent_2);
	});
	var node_16 = sibling(node_12, 2);
	snippet(node_16, () => $$props.children ?? noop);
	var node_17 = sibling(node_16, 2);
	var consequent_7 = ($$anchor) => {
		var div_6 = root_9();
		var node_18 = child(div_6);
		{
			const label = ($$anchor) => {
				var span_1 = root_4$1();
				var text_9 = only_child(span_1, true);
				template_effect(($0) => set_text(text_9, $0), [() => t("param.show")]);
				append($$anchor, span_1);
			};
			let $0 = user_derived(() => t("param.show"));
			let $1 = user_derived(() => t("param.show.help"));
			About(node_18, {
				get name() {
					return get($0);
				},
				api: "logprobs",
				get text() {
					return get($1);
				},
				label,
				$$slots: { label: true }
			});
		}
		var node_19 = sibling(node_18, 2);
		{
			let $0 = user_derived(() => t("param.show"));
			Segments(node_19, {
				get label() {
					return get($0);
				},
				get options() {
					return SHOW;
				},
				names: (option) => t(`show.${option}`),
				columns: 2,
				get value() {
					return params().show;
				},
				set value($$value) {
					params().show = $$value;
				}
			});
		}
		var node_20 = sibling(node_19, 2);
		var consequent_5 = ($$anchor) => {
			var div_7 = root_7();
			var node_21 = child(div_7);
			var consequent_3 = ($$anchor) => {
				var span_2 = root_5$1();
				var text_10 = only_child(span_2, true);
				template_effect(($0) => set_text(text_10, $0), [() => t("legend.sure")]);
				append($$anchor, span_2);
			};
			if_block(node_21, ($$render) => {
				if (params().show !== "least") $$render(consequent_3);
			});
			var node_22 = sibling(node_21, 2);
			var consequent_4 = ($$anchor) => {
				var span_3 = root_6();
				var text_11 = only_child(span_3, true);
				template_effect(($0) => set_text(text_11, $0), [() => t("legend.unsure")]);
				append($$anchor, span_3);
			};
			if_block(node_22, ($$render) => {
				if (params().show !== "most") $$render(consequent_4);
			});
			reset(div_7);
			append($$anchor, div_7);
		};
		if_block(node_20, ($$render) => {
			if (params().show !== "off") $$render(consequent_5);
		});
		var node_23 = sibling(node_20, 2);
		var consequent_6 = ($$anchor) => {
			var p = root_8();
			var text_12 = only_child(p, true);
			template_effect(($0) => set_text(text_12, $0), [() => t("legend.none")]);
			append($$anchor, p);
		};
		if_block(node_23, ($$render) => {
			if ($$props.colourless && params().show !== "off") $$render(consequent_6);
		});
		reset(div_6);
		append($$anchor, div_6);
	};
	if_block(node_17, ($$render) => {
		if ($$props.mode === "complete" || $$props.mode === "chat") $$render(consequent_7);
	});
	var div_8 = sibling(node_17, 2);
	var node_24 = child(div_8);
	{
		const label = ($$anchor) => {
			var label_4 = root_2$1();
			var text_13 = only_child(label_4, true);
			template_effect(($0) => {
				set_attribute(label_4, "for", `${id}-seed`);
				set_text(text_13, $0);
			}, [() => t("param.seed")]);
			append($$anchor, label_4);
		};
		let $0 = user_derived(() => t("param.seed"));
		let $1 = user_derived(() => t("param.seed.help"));
		About(node_24, {
			get name() {
				return get($0);
			},
			api: "seed",
			get text() {
				return get($1);
			},
			label,
			$$slots: { label: true }
		});
	}
	var input = sibling(node_24, 2);
	remove_input_defaults(input);
	reset(div_8);
	template_effect(($0, $1, $2) => {
		set_text(text_1, $0);
		set_text(text_2, $1);
		set_attribute(input, "id", `${id}-seed`);
		set_attribute(input, "placeholder", $2);
		set_value(input, params().seed ?? "");
	}, [
		() => t("play.params"),
		() => t("play.settingsReset"),
		() => t("param.seed.any")
	]);
	delegated("click", button, reset$1);
	delegated("change", input, (event) => {
		seed(event.currentTarget.value);
		event.currentTarget.value = String(params().seed ?? "");
	});
	append($$anchor, fragment);
	pop();
}
delegate(["click", "change"]);
// src/lib/address.ts
var NUMBERS = {
	temperature: "temperature",
	maxTokens: "max_tokens",
	topP: "top_p",
	frequencyPenalty: "frequency_penalty",
	presencePenalty: "presence_penalty",
	bestOf: "best_of"
};
var OWN = {
	format: "response_format",
	toolChoice: "tool_choice"
};
function toQuery(params, defaults) {
	const query = new URLSearchParams();
	if (params.model !== "") query.set("model", params.model);
	for (const name of Object.keys(NUMBERS)) if (params[name] !== defaults[name]) query.set(NUMBERS[name], String(params[name]));
	for (const stop of params.stop) query.append("stop", stop);
	for (const { id, bias, text } of params.logitBias) query.append("logit_bias", [
		id,
		bias,
		text
	].join(":"));
	if (params.show !== defaults.show) query.set("show", params.show);
	if (params.seed !== null) query.set("seed", String(params.seed));
	for (const name of Object.keys(OWN)) {
		const value = params[name];
		if (value !== void 0 && value !== defaults[name]) query.set(OWN[name], value);
	}
	return query;
}
function fromQuery(query, now, defaults) {
	if (![
		"model",
		"stop",
		"logit_bias",
		"show",
		"seed",
		...[...Object.values(NUMBERS), ...Object.values(OWN)]
	].some((name) => query.has(name))) return null;
	const said = {
		stop: query.getAll("stop"),
		logitBias: query.getAll("logit_bias").map(bias),
		show: query.get("show") ?? defaults.show,
		seed: number(query.get("seed")) ?? defaults.seed,
		model: query.get("model") ?? now.model
	};
	for (const name of Object.keys(NUMBERS)) said[name] = number(query.get(NUMBERS[name])) ?? defaults[name];
	for (const name of Object.keys(OWN)) if (name in defaults) said[name] = query.get(OWN[name]) ?? defaults[name] ?? "";
	return restored(defaults, {
		...now,
		...said
	});
}
function number(text) {
	return text === null || text.trim() === "" ? null : Number(text);
}
function bias(text) {
	const [id, bias, ...piece] = text.split(":");
	return {
		id: Number(id),
		bias: Number(bias),
		text: piece.join(":")
	};
}
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
// src/lib/document.svelte.ts
var Document = class {
	#text = state("");
	get text() {
		return get(this.#text);
	}
	set text(value) {
		set(this.#text, value);
	}
	#cells = state([]);
	get cells() {
		return get(this.#cells);
	}
	set cells(value) {
		set(this.#cells, value);
	}
	#lines = state(layout("", []));
	get lines() {
		return get(this.#lines);
	}
	set lines(value) {
		set(this.#lines, value);
	}
	edit(text) {
		const same = commonPrefix(this.text, text);
		this.restore({
			text,
			cells: this.cells.filter((cell) => cell.end <= same)
		});
	}
	restore({ text, cells }) {
		const from = Math.min(commonPrefix(this.text, text), this.#changed(cells));
		this.lines = layout(text, cells, this.lines, from);
		this.text = text;
		this.cells = cells;
	}
	get snapshot() {
		return {
			text: this.text,
			cells: this.cells
		};
	}
	#changed(cells) {
		const most = Math.min(this.cells.length, cells.length) - 1;
		let same = 0;
		while (same < most && this.cells[same] === cells[same]) same++;
		return Math.min(this.cells[same]?.start ?? Infinity, cells[same]?.start ?? Infinity);
	}
};
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
// src/lib/pace.ts
var Pace = class {
	#started = performance.now();
	#first = null;
	#last = 0;
	beat() {
		this.#last = performance.now();
		this.#first ??= this.#last;
	}
	stats(counted, usage) {
		const tokens = usage?.completion_tokens ?? counted;
		const seconds = (this.#last - (this.#first ?? 0)) / 1e3;
		return {
			promptTokens: usage?.prompt_tokens ?? null,
			tokens,
			firstMs: this.#first === null ? null : this.#first - this.#started,
			perSecond: tokens > 1 && seconds > 0 ? (tokens - 1) / seconds : null
		};
	}
};
// src/pages/playground/history.svelte.ts
var NAME = "complete.history";
var History = class {
	#entries = state(recall(NAME, []));
	get entries() {
		return get(this.#entries);
	}
	set entries(value) {
		set(this.#entries, value);
	}
	add(request, document) {
		const older = this.entries.slice(0, 39).map((entry, at) => {
			const { text } = entry.document;
			return at < 4 ? entry : {
				...entry,
				document: {
					text,
					cells: []
				}
			};
		});
		this.entries = [{
			at: Date.now(),
			request,
			document
		}, ...older];
		this.#save();
	}
	clear() {
		this.entries = [];
		this.#save();
	}
	#save = later(() => {
		while (!keep(NAME, this.entries) && this.entries.length > 0) this.entries = this.entries.slice(0, Math.floor(this.entries.length / 2));
	});
};
var history$1 = new History();
// src/pages/playground/session.svelte.ts
var PATH = "/playground/complete";
var DRAFT = "complete.draft";
var PARAMS = "complete.params";
var Session = class {
	document = new Document();
	#params = state(proxy(restored(DEFAULTS, recall(PARAMS, {}))));
	get params() {
		return get(this.#params);
	}
	set params(value) {
		set(this.#params, value, true);
	}
	#running = state(false);
	get running() {
		return get(this.#running);
	}
	set running(value) {
		set(this.#running, value, true);
	}
	#ending = state(null);
	get ending() {
		return get(this.#ending);
	}
	set ending(value) {
		set(this.#ending, value, true);
	}
	#failure = state(null);
	get failure() {
		return get(this.#failure);
	}
	set failure(value) {
		set(this.#failure, value);
	}
	#stats = state(null);
	get stats() {
		return get(this.#stats);
	}
	set stats(value) {
		set(this.#stats, value);
	}
	#sent = state(null);
	get sent() {
		return get(this.#sent);
	}
	set sent(value) {
		set(this.#sent, value);
	}
	#answers = state([]);
	get answers() {
		return get(this.#answers);
	}
	set answers(value) {
		set(this.#answers, value);
	}
	#versions = state([]);
	get versions() {
		return get(this.#versions);
	}
	set versions(value) {
		set(this.#versions, value);
	}
	#version = state(0);
	get version() {
		return get(this.#version);
	}
	set version(value) {
		set(this.#version, value, true);
	}
	#steps = state([]);
	#prompt = null;
	#abort = null;
	constructor() {
		this.document.restore(recall(DRAFT, {
			text: "",
			cells: []
		}));
	}
	get canUndo() {
		return get(this.#steps).length > 0 && !this.running;
	}
	get canRepeat() {
		return this.versions.length > 0 && !this.running;
	}
	get next() {
		const { params, document } = this;
		return completionBody(params, document.text + params.injectStart, params.seed ?? anySeed());
	}
	async submit() {
		if (this.running || this.params.model === "") return;
		const { text, cells } = this.document.snapshot;
		this.#remember();
		this.versions = [];
		await this.#answer({
			text: text + this.params.injectStart,
			cells
		});
	}
	async again() {
		if (!this.canRepeat || !this.#prompt) return;
		this.#remember();
		this.versions = this.versions.with(this.version, this.document.snapshot);
		await this.#answer(this.#prompt);
	}
	async branch(cell, token, candidate) {
		const prompt = this.branched(cell, token, candidate);
		if (!prompt || this.running) return;
		this.#remember();
		if (this.versions.length === 0) this.version = 0;
		this.versions = this.versions.toSpliced(this.version, 1, this.document.snapshot);
		await this.#answer(prompt);
	}
	branched(cell, token, candidate) {
		const kept = cell.tokens.slice(0, token);
		const text = textOf([...kept.map((t) => t.name), candidate.name]);
		const instead = cell.tokens[token];
		if (text === null || !instead) return null;
		const start = cell.start;
		const tokens = [...kept, {
			...instead,
			...candidate
		}];
		const before = this.document.cells.filter((other) => other.end <= start);
		return {
			text: this.document.text.slice(0, start) + text,
			cells: [...before, {
				start,
				end: start + text.length,
				tokens
			}]
		};
	}
	stop() {
		this.#abort?.abort();
	}
	undo() {
		if (!this.canUndo) return;
		this.#back();
		this.#quiet();
		this.save();
	}
	show(version) {
		const snapshot = this.versions[version];
		if (!snapshot || this.running) return;
		this.versions = this.versions.with(this.version, this.document.snapshot);
		this.version = version;
		this.document.restore(this.versions[version] ?? snapshot);
		this.save();
	}
	choose(answer) {
		if (this.running || !this.#prompt) return;
		this.#remember();
		this.#place(this.#prompt, answer);
	}
	edit(text) {
		this.document.edit(text);
		this.save();
	}
	open(snapshot) {
		if (this.running) return;
		this.#remember();
		this.document.restore(snapshot);
		this.versions = [];
		this.answers = [];
		this.#quiet();
		this.save();
	}
	begin({ prompt, params }) {
		if (this.running) return;
		if (prompt !== null) {
			this.open({
				text: prompt,
				cells: []
			});
			this.sent = null;
		}
		const { model } = this.params;
		Object.assign(this.params, restored(DEFAULTS, {
			model,
			...params
		}));
	}
	start(withText) {
		return {
			prompt: withText ? this.document.text : null,
			params: snapshot(this.params)
		};
	}
	readAddress() {
		const said = fromQuery(router.state, this.params, DEFAULTS);
		if (said) Object.assign(this.params, said);
	}
	save = later(() => {
		if (!keep(DRAFT, this.document.snapshot)) keep(DRAFT, {
			text: this.document.text,
			cells: []
		});
	});
	saveParams = later(() => {
		keep(PARAMS, this.params);
		router.say(PATH, toQuery(this.params, DEFAULTS));
	});
	#quiet() {
		this.ending = null;
		this.failure = null;
		this.stats = null;
	}
	#remember() {
		const { versions, version, answers } = this;
		const step = {
			document: this.document.snapshot,
			versions,
			version,
			answers
		};
		set(this.#steps, [...get(this.#steps).slice(-49), step]);
	}
	async #answer(prompt) {
		const params = snapshot(this.params);
		const body = completionBody(params, prompt.text, params.seed ?? anySeed());
		this.#quiet();
		this.running = true;
		this.sent = body;
		this.#prompt = prompt;
		this.answers = [];
		this.document.restore(prompt);
		const abort = new AbortController();
		this.#abort = abort;
		const run = new Run(this, prompt, params.bestOf);
		try {
			for await (const chunk of stream("/v1/completions", body, abort.signal)) run.take(chunk);
			this.ending = run.ending;
		} catch (error) {
			this.ending = abort.signal.aborted ? "stopped" : "failed";
			if (!abort.signal.aborted) this.failure = error instanceof Failure ? error : new Failure(String(error));
		}
		run.flush();
		this.running = false;
		if (run.count > 0) this.#finish(prompt, run);
		else this.#back();
		this.save();
	}
	#back() {
		const step = get(this.#steps).at(-1);
		if (!step) return;
		set(this.#steps, get(this.#steps).slice(0, -1));
		this.document.restore(step.document);
		this.versions = step.versions;
		this.version = step.version;
		this.answers = step.answers;
	}
	#finish(prompt, run) {
		const best = run.best;
		if (this.params.bestOf > 1) this.answers = run.answers;
		this.#place(prompt, best);
		if (this.sent) history$1.add(this.sent, this.document.snapshot);
	}
	#place(prompt, answer) {
		const text = prompt.text + answer.text + this.params.injectRestart;
		this.document.restore({
			text,
			cells: [...prompt.cells, ...answer.cells]
		});
		this.versions = [...this.versions, this.document.snapshot];
		this.version = this.versions.length - 1;
		this.save();
	}
};
var Run = class {
	ending = "stop";
	#session;
	#prompt;
	#readers;
	#finished = new Set();
	#pace = new Pace();
	#usage = null;
	#frame = 0;
	constructor(session, prompt, answers) {
		this.#session = session;
		this.#prompt = prompt;
		this.#readers = Array.from({ length: answers }, () => new Reader(prompt.text));
	}
	take(chunk) {
		for (const choice of chunk.choices) {
			this.#readers[choice.index]?.add(choice.text, choice.logprobs);
			if (choice.finish_reason) {
				this.#finished.add(choice.index);
				this.ending = choice.finish_reason;
			}
			if (choice.text !== "" || choice.logprobs?.tokens.length) this.#pace.beat();
		}
		if (chunk.usage) this.#usage = chunk.usage;
		this.#frame ||= requestAnimationFrame(() => this.flush());
	}
	flush() {
		cancelAnimationFrame(this.#frame);
		this.#frame = 0;
		const [reader] = this.#readers;
		if (this.#readers.length === 1 && reader) {
			const { text, cells } = this.#prompt;
			this.#session.document.restore({
				text: text + reader.text,
				cells: [...cells, ...reader.cells]
			});
		} else this.#session.answers = this.answers;
		this.#session.stats = this.#pace.stats(this.count, this.#usage);
	}
	get count() {
		return this.#readers.reduce((sum, reader) => sum + reader.count, 0);
	}
	get answers() {
		return this.#readers.map((reader, i) => ({
			text: reader.text,
			cells: reader.cells,
			mean: reader.mean,
			finished: this.#finished.has(i)
		}));
	}
	get best() {
		const answers = this.answers;
		const whole = answers.filter((answer) => answer.finished);
		return bestOf(whole.length > 0 ? whole : answers);
	}
};
function bestOf(answers) {
	return answers.reduce((best, answer) => answer.mean > best.mean ? answer : best);
}
var session = new Session();
// src/pages/playground/Tokens.svelte
var root$1 = from_html(`<span> </span>`);
var root_1$1 = from_html(`<span aria-hidden="true"> </span>`);
var root_2 = from_html(`<span class="part svelte-14cav5y" role="none"></span>`);
var root_3 = from_html(`<br/>`);
var root_4 = from_html(`<div class="line svelte-14cav5y" role="none"><!><!></div>`);
var root_5 = from_html(`<div class="around svelte-14cav5y"><div class="texts writing svelte-14cav5y"></div> <!></div>`);
function Tokens($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	const card = __vitePreload(() => import("./TokenCard.js"), __vite__mapDeps([7,8]), import.meta.url);
	const PART = 50;
	const PARTS_AT_ONCE = 12;
	const LEVELS = 10;
	const list = user_derived(() => $$props.show !== "off" && $$props.cells.length > 0);
	let texts = state(void 0);
	let active = state(-1);
	let opened = state(-1);
	let byKeyboard = state(false);
	let place = state(proxy({
		left: 0,
		top: 0
	}));
	const shown = user_derived(() => $$props.running || !get(list) ? void 0 : $$props.cells[get(opened)]);
	user_effect(() => {
		if ($$props.running) close();
	});
	function option(index) {
		return get(texts)?.querySelector(`[data-cell="${index}"]`);
	}
	let showing;
	let frame = 0;
	function shows(part) {
		part.dataset.show = showing;
	}
	user_pre_effect(() => {
		showing = $$props.show;
		untrack(() => {
			const parts = [...get(texts)?.querySelectorAll(".part") ?? []];
			const far = (part) => {
				const { top, bottom } = part.getBoundingClientRect();
				return bottom < 0 || top > innerHeight ? 1 : 0;
			};
			const order = parts.map((part) => ({
				part,
				far: far(part)
			})).sort((a, b) => a.far - b.far);
			const step = () => {
				for (const { part } of order.splice(0, PARTS_AT_ONCE)) shows(part);
				frame = order.length > 0 ? requestAnimationFrame(step) : 0;
			};
			cancelAnimationFrame(frame);
			step();
		});
		return () => cancelAnimationFrame(frame);
	});
	function parts(pieces) {
		if (pieces.length <= PART) return [pieces];
		const count = Math.ceil(pieces.length / PART);
		return Array.from({ length: count }, (_, i) => pieces.slice(i * PART, (i + 1) * PART));
	}
	user_effect(() => {
		const cell = $$props.cells[get(active)];
		const element = get(list) && cell ? option(get(active)) : null;
		if (!element || !cell) return;
		element.dataset.active = "";
		element.ariaSelected = "true";
		element.ariaLabel = label(get(active), cell);
		return () => {
			delete element.dataset.active;
			element.ariaSelected = "false";
			element.ariaLabel = null;
		};
	});
	function colour(cell) {
		const p = probability(cell);
		const much = Math.round(Math.abs(2 * p - 1) * LEVELS);
		return `${p >= .5 ? "sure" : "unsure"} much${much}`;
	}
	function label(index, cell) {
		return t("token.label", {
			text: visible($$props.lines.flatMap((line) => line.pieces).filter((piece) => piece.index === index).map((piece) => piece.text).join("")),
			percent: percent(probability(cell))
		});
	}
	function open(index, keyboard) {
		const piece = option(index);
		const box = piece && [...piece.getClientRects()].at(-1);
		if (!box || !get(texts) || $$props.running || !get(list)) return;
		const around = get(texts).getBoundingClientRect();
		set(place, {
			left: box.left - around.left,
			top: box.bottom - around.top + 6
		}, true);
		set(byKeyboard, keyboard, true);
		set(active, set(opened, index, true), true);
		$$props.onopen?.();
	}
	function close() {
		if (get(byKeyboard) && get(opened) >= 0) get(texts)?.focus();
		set(opened, -1);
	}
	function openAt(x, y) {
		const under = document.elementsFromPoint(x, y).find((e) => e.matches("[data-cell]"));
		if (under instanceof HTMLElement && get(texts)?.contains(under)) open(Number(under.dataset.cell), false);
		else close();
	}
	function moved(event) {
		const last = $$props.cells.length - 1;
		const to = {
			ArrowLeft: get(active) - 1,
			ArrowUp: get(active) - 1,
			ArrowRight: get(active) + 1,
			ArrowDown: get(active) + 1,
			Home: 0,
			End: last
		}[event.key];
		if (to !== void 0 && !event.altKey) {
			set(active, Math.max(0, Math.min(last, to)), true);
			option(get(active))?.scrollIntoView({ block: "nearest" });
		} else if (event.key === "Enter" && !submits(event)) open(get(active), true);
		else return;
		event.preventDefault();
	}
	function escaped(event) {
		if (event.key !== "Escape" || get(opened) < 0) return;
		event.stopPropagation();
		close();
	}
	var $$exports = {
		close,
		openAt
	};
	var div = root_5();
	var div_1 = child(div);
	each(div_1, 21, () => $$props.lines, index, ($$anchor, line) => {
		var div_2 = root_4();
		var node = child(div_2);
		each(node, 17, () => parts(get(line).pieces), index, ($$anchor, part) => {
			var span = root_2();
			each(span, 21, () => get(part), index, ($$anchor, piece) => {
				var fragment = comment();
				var node_1 = first_child(fragment);
				var consequent = ($$anchor) => {
					var span_1 = root$1();
					let classes;
					var text_1 = only_child(span_1, true);
					template_effect(($0, $1, $2, $3, $4) => {
						set_attribute(span_1, "id", $0);
						classes = set_class(span_1, 1, $1, "svelte-14cav5y", classes, { newline: get(piece).text === "\n" });
						set_attribute(span_1, "data-cell", get(piece).index);
						set_attribute(span_1, "role", $2);
						set_attribute(span_1, "aria-hidden", $3);
						set_attribute(span_1, "aria-selected", $4);
						set_text(text_1, get(piece).text);
					}, [
						() => begins(get(piece)) ? `${id}-${get(piece).index}` : void 0,
						() => clsx(["token", colour(get(piece).cell)]),
						() => begins(get(piece)) ? "option" : void 0,
						() => begins(get(piece)) ? void 0 : "true",
						() => begins(get(piece)) ? false : void 0
					]);
					append($$anchor, span_1);
				};
				var alternate = ($$anchor) => {
					var span_2 = root_1$1();
					var text_2 = only_child(span_2, true);
					template_effect(() => set_text(text_2, get(piece).text));
					append($$anchor, span_2);
				};
				if_block(node_1, ($$render) => {
					if (get(piece).cell) $$render(consequent);
					else $$render(alternate, -1);
				});
				append($$anchor, fragment);
			});
			reset(span);
			attach(span, () => shows);
			append($$anchor, span);
		});
		var node_2 = sibling(node);
		var consequent_1 = ($$anchor) => {
			append($$anchor, root_3());
		};
		if_block(node_2, ($$render) => {
			if (get(line).pieces.length === 0) $$render(consequent_1);
		});
		reset(div_2);
		append($$anchor, div_2);
	});
	reset(div_1);
	bind_this(div_1, ($$value) => set(texts, $$value), () => get(texts));
	var node_3 = sibling(div_1, 2);
	var consequent_2 = ($$anchor) => {
		var fragment_1 = comment();
		await_block(first_child(fragment_1), () => card, null, ($$anchor, $$source) => {
			var $$value = user_derived(() => {
				var { default: TokenCard } = get($$source);
				return { TokenCard };
			});
			var TokenCard = user_derived(() => get($$value).TokenCard);
			var fragment_2 = comment();
			key$1(first_child(fragment_2), () => get(opened), ($$anchor) => {
				var fragment_3 = comment();
				var node_6 = first_child(fragment_3);
				{
					let $0 = user_derived(() => get(texts)?.clientWidth ?? 0);
					component(node_6, () => get(TokenCard), ($$anchor, TokenCard_1) => {
						TokenCard_1($$anchor, {
							get cell() {
								return get(shown);
							},
							get index() {
								return get(opened);
							},
							get place() {
								return get(place);
							},
							get focus() {
								return get(byKeyboard);
							},
							get width() {
								return get($0);
							},
							get of() {
								return $$props.cells.length;
							},
							get branches() {
								return $$props.branches;
							},
							onclose: close
						});
					});
				}
				append($$anchor, fragment_3);
			});
			append($$anchor, fragment_2);
		});
		append($$anchor, fragment_1);
	};
	if_block(node_3, ($$render) => {
		if (get(shown)) $$render(consequent_2);
	});
	reset(div);
	template_effect(($0) => {
		set_attribute(div_1, "role", get(list) ? "listbox" : void 0);
		set_attribute(div_1, "aria-label", $0);
		set_attribute(div_1, "aria-hidden", get(list) ? void 0 : "true");
		set_attribute(div_1, "aria-activedescendant", get(list) && get(active) >= 0 ? `${id}-${get(active)}` : void 0);
		set_attribute(div_1, "tabindex", get(list) ? 0 : void 0);
	}, [() => get(list) ? t("token.list") : void 0]);
	delegated("keydown", div, escaped);
	delegated("keydown", div_1, function(...$$args) {
		(get(list) ? moved : void 0)?.apply(this, $$args);
	});
	delegated("click", div_1, (event) => openAt(event.clientX, event.clientY));
	event("focus", div_1, () => set(active, Math.max(0, Math.min(get(active), $$props.cells.length - 1)), true));
	append($$anchor, div);
	return pop($$exports);
}
delegate(["keydown", "click"]);
// src/ui/Dialog.svelte
var root = from_html(`<header class="svelte-1v9wgu6"><h2> </h2> <button class="plain"><!></button></header> <!>`, 1);
var root_1 = from_html(`<dialog><!></dialog>`);
function Dialog($$anchor, $$props) {
	const id = props_id();
	push($$props, true);
	let wide = prop($$props, "wide", 3, false);
	let dialog = state(void 0);
	user_effect(() => {
		const before = document.activeElement;
		if ($$props.open && get(dialog) && !get(dialog).open) {
			get(dialog).showModal();
			get(dialog).querySelector("input, textarea, select")?.focus();
		} else if (!$$props.open && get(dialog)?.open) get(dialog).close();
		return () => {
			if (document.activeElement === document.body && before instanceof HTMLElement) before.focus();
		};
	});
	var dialog_1 = root_1();
	let classes;
	var node = child(dialog_1);
	var consequent = ($$anchor) => {
		var fragment = root();
		var header = first_child(fragment);
		var h2 = child(header);
		var text = only_child(h2, true);
		var button = sibling(h2, 2);
		Icon(child(button), { name: "close" });
		reset(button);
		reset(header);
		snippet(sibling(header, 2), () => $$props.children);
		template_effect(($0) => {
			set_attribute(h2, "id", id);
			set_text(text, $$props.title);
			set_attribute(button, "aria-label", $0);
		}, [() => t("close")]);
		delegated("click", button, () => get(dialog)?.close());
		append($$anchor, fragment);
	};
	if_block(node, ($$render) => {
		if ($$props.open) $$render(consequent);
	});
	reset(dialog_1);
	bind_this(dialog_1, ($$value) => set(dialog, $$value), () => get(dialog));
	template_effect(() => {
		set_attribute(dialog_1, "aria-labelledby", id);
		classes = set_class(dialog_1, 1, "svelte-1v9wgu6", null, classes, { wide: wide() });
	});
	event("close", dialog_1, function(...$$args) {
		$$props.onclose?.apply(this, $$args);
	});
	append($$anchor, dialog_1);
	pop();
}
delegate(["click"]);
export { DEFAULTS as $, component as $t, grown as A, user_derived as An, recall as At, faultOf as B, bind_checked as Bt, FORMATS as C, child as Cn, fill as Ct, callOf as D, proxy as Dn, t as Dt, apiCall as E, sibling as En, percent as Et, covered as F, next as Fn, commands as Ft, embed as G, set_checked as Gt, toolOf as H, attribute_effect as Ht, logprob as I, reset as In, found as It, prefer as J, init_select as Jt, endpoint as K, set_value as Kt, probability as L, noop as Ln, onMount as Lt, toJsonl as M, pop as Mn, base as Mt, toolsOf as N, push as Nn, href as Nt, chatBody as O, set as On, __vitePreload as Ot, Reader as P, snapshot as Pn, router as Pt, Icon as Q, element as Qt, textOf as R, to_array as Rn, prop as Rt, Counting as S, $window as Sn, counted as St, WrongLine as T, only_child as Tn, number$1 as Tt, Failure as U, remove_input_defaults as Ut, isTool as V, bind_value as Vt, ask as W, set_attribute as Wt, stream as X, set_class as Xt, preferences as Y, set_style as Yt, upload as Z, clsx as Zt, ModeTools as _, get as _n, sendKey as _t, history$1 as a, await_block as an, presets as at, Failed as b, user_effect as bn, key as bt, layout as c, append as cn, checked as ct, Parameters as d, from_svg as dn, open as dt, snippet as en, anySeed as et, ModelMenu as f, props_id as fn, startOf as ft, Numbers as g, event as gn, inDialog as gt, About as h, delegated as hn, composing as ht, session as i, if_block as in, theme as it, restoredChat as j, remove_textarea_child as jn, connection as jt, fromJsonl as k, state as kn, keep as kt, fromQuery as l, comment as ln, excerpt as lt, Bar as m, delegate as mn, SEND_KEYS as mt, Tokens as n, index as nn, restored as nt, Pace as o, mount as on, link as ot, Segments as p, text as pn, MOD as pt, inspectPrompt as q, bind_select_value as qt, bestOf as r, key$1 as rn, THEMES as rt, later as s, set_text as sn, MODES as st, Dialog as t, each as tn, completionBody as tt, toQuery as u, from_html as un, modeOf as ut, models as v, tick as vn, sends as vt, Offsets as w, first_child as wn, language as wt, ErrorBox as x, user_pre_effect as xn, LANGUAGES as xt, Frame as y, template_effect as yn, submits as yt, visible as z, bind_this as zt };
