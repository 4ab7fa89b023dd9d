/** The models that the server has, by all their names. */

import { Failure, models as fetchModels, type Model } from "./api.ts";
import { connection } from "./connection.svelte.ts";
import { key } from "./key.svelte.ts";

/** Names that every server gives to its default models, and so tell which these are. */
const WRITES = "gpt-3.5-turbo-instruct";
const EMBEDS = "text-embedding-3-small";

/** Models that write, under their own names. */
export function writers(all: Model[]): string[] {
  const embedder = all.find((model) => model.id === EMBEDS)?.root;
  return all.filter((m) => m.id === m.root && m.id !== embedder).map((m) => m.id);
}

/** Other names of these. */
export function aliases(all: Model[]): string[] {
  const known = writers(all);
  return all.filter((m) => m.id !== m.root && known.includes(m.root)).map((m) => m.id);
}

/** The model that was chosen, if it is still there, or else the server's own choice. */
export function chosen(all: Model[], wished: string): string {
  if (all.some((model) => model.id === wished)) return wished;
  return all.find((model) => model.id === WRITES)?.root ?? writers(all)[0] ?? "";
}

class Models {
  all = $state.raw<Model[]>([]);
  loading = $state(true);
  failure = $state.raw<Failure | null>(null);

  /** Asks, and asks again when there is a key or the server is back. */
  async load(): Promise<void> {
    this.loading = true;
    this.failure = null;
    try {
      this.all = await fetchModels();
    } catch (error) {
      this.failure = error instanceof Failure ? error : new Failure(String(error));
      if (this.failure.status === 401) key.onceSet(() => void this.load());
      else if (this.failure.status === 0) connection.onceBack(() => void this.load());
    }
    this.loading = false;
  }
}

export const models = new Models();
