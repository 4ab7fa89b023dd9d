/** What is chosen on a page stands in its address, so that it can be kept and passed on. */

export function said(name: string): string | null {
  return new URLSearchParams(location.search).get(name);
}

/** Writes down what is chosen; `null` is left out. */
export function say(values: Record<string, string | null>): void {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== null) query.set(name, value);
  const text = query.size > 0 ? `?${query}` : "";
  if (text !== location.search) history.replaceState(null, "", location.pathname + text);
}
