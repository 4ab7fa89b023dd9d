/** The pages about the server itself, in the order of the rail. */

import type { Component } from "svelte";
import type { Key } from "../../i18n/en.ts";

interface Page {
  path: string;
  /** One of ours. */
  icon: string;
  name: Key;
  load: () => Promise<{ default: Component }>;
}

export const PLATFORM = [
  { path: "/models", icon: "models", name: "app.page.models", load: () => import("./Models.svelte") },
  { path: "/files", icon: "files", name: "app.page.files", load: () => import("./Files.svelte") },
  { path: "/keys", icon: "key", name: "app.page.keys", load: () => import("./Keys.svelte") },
  { path: "/usage", icon: "usage", name: "app.page.usage", load: () => import("./Usage.svelte") },
  { path: "/logs", icon: "logs", name: "app.page.logs", load: () => import("./Logs.svelte") },
  {
    path: "/settings",
    icon: "settings",
    name: "app.page.settings",
    load: () => import("./Settings.svelte"),
  },
] as const satisfies readonly Page[];

/** The page of an address, which may name one thing on it: `/models/NAME`. */
export function platformPage(path: string) {
  return PLATFORM.find((page) => path === page.path || path.startsWith(`${page.path}/`));
}
