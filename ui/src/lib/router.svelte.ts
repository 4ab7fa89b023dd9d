/** Pages by their path, over the browser's own history. */

/** Where the server put us: empty, or as in `/team/ai`. */
export const base =
  typeof document === "undefined"
    ? ""
    : (document.querySelector<HTMLMetaElement>('meta[name="base-path"]')?.content ?? "");

/** The path inside the application; `null` if it is outside. */
export function inside(path: string, base: string): string | null {
  if (!path.startsWith(base)) return null;
  const rest = path.slice(base.length);
  if (rest !== "" && !rest.startsWith("/")) return null;
  return rest.replace(/\/+$/, "") || "/";
}

class Router {
  path = $state("/");
  /** What stands behind the path's question mark. */
  query = $state("");

  start(): void {
    const read = () => {
      this.path = inside(location.pathname, base) ?? "/";
      this.query = location.search.slice(1);
    };
    read();
    addEventListener("popstate", read);
    // Links are links: they can be copied, opened beside, and work before this runs.
    addEventListener("click", (event) => {
      const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
      const link = (event.target as Element | null)?.closest?.("a");
      if (!plain || event.defaultPrevented || !link || link.target || link.hash) return;
      const path = link.origin === location.origin ? inside(link.pathname, base) : null;
      if (path === null) return;
      event.preventDefault();
      this.go(path + link.search);
    });
  }

  /** Opens a page, by its path and what may stand behind it: `/playground/chat?seed=1`. */
  go(to: string, how: "push" | "replace" = "push"): void {
    const [path = "/", query = ""] = to.split("?", 2);
    if (path === this.path && (query === "" || query === this.query)) return;
    history[how === "push" ? "pushState" : "replaceState"](null, "", base + to);
    this.path = path;
    this.query = query;
  }

  /** Says the state of the page in its address, if it is still the one that is open. */
  say(path: string, state: URLSearchParams): void {
    const query = state.toString();
    if (path !== this.path || query === this.query) return;
    history.replaceState(null, "", base + path + (query && `?${query}`));
    this.query = query;
  }

  get state(): URLSearchParams {
    return new URLSearchParams(this.query);
  }
}

export const router = new Router();

/** The address of a path, for links. */
export function href(path: string): string {
  return base + path;
}
