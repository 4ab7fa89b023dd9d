// src/pages/platform/address.ts
function said(name) {
	return new URLSearchParams(location.search).get(name);
}
function say(values) {
	const query = new URLSearchParams();
	for (const [name, value] of Object.entries(values)) if (value !== null) query.set(name, value);
	const text = query.size > 0 ? `?${query}` : "";
	if (text !== location.search) history.replaceState(null, "", location.pathname + text);
}
export { say as n, said as t };
