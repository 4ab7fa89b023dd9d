/** A link that was shared, when the page is opened by it. */

import { fragment, openFragment, type Start } from "./start.ts";
import { base, router } from "./router.svelte.ts";

class Link {
  /** Whether the one that was followed is damaged. */
  broken = $state(false);

  async start(): Promise<void> {
    const { hash } = location;
    this.broken = !(await openFragment(hash));
    // Taken once: a reload shows what became of it.
    if (hash !== "") history.replaceState(null, "", location.pathname + location.search);
    // One that is pasted over another page of ours loads nothing by itself.
    addEventListener("hashchange", () => {
      if (location.hash.startsWith("#s=")) location.reload();
    });
  }

  async to(start: Start): Promise<string> {
    return location.origin + base + router.path + (await fragment(start));
  }
}

export const link = new Link();
