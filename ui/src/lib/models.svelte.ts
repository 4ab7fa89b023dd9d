/** The models that the server has, by all their names. */

import { cards as fetchCards, Failure, models as fetchModels, type Card, type Model } from "./api.ts";
import { connection } from "./connection.svelte.ts";
import { key } from "./key.svelte.ts";

/** Names that every server gives to its default models, and so tell which these are. */
const WRITES = "gpt-3.5-turbo-instruct";
const EMBEDS = "text-embedding-3-small";

/** Whether a model embeds. Without cards, the server's own name for its embedder tells it. */
function embeds({ root }: Model, all: Model[], cards: Card[] | null): boolean {
  const card = cards?.find((card) => card.id === root);
  if (card) return card.kind === "embedding";
  return root === all.find((model) => model.id === EMBEDS)?.root;
}

/** Models that write, under their own names. */
export function writers(all: Model[], cards: Card[] | null = null): string[] {
  return all.filter((m) => m.id === m.root && !embeds(m, all, cards)).map((m) => m.id);
}

/** Models that embed. */
export function embedders(all: Model[], cards: Card[] | null = null): string[] {
  return all.filter((m) => m.id === m.root && embeds(m, all, cards)).map((m) => m.id);
}

/** Other names of these. */
export function aliases(all: Model[], own: string[]): string[] {
  return all.filter((m) => m.id !== m.root && own.includes(m.root)).map((m) => m.id);
}

/** The model that was chosen, if it is still there, or else the server's own choice of a writer. */
export function chosen(all: Model[], wished: string, own: string[] = writers(all)): string {
  const root = all.find((model) => model.id === wished)?.root;
  if (root !== undefined && own.includes(root)) return wished;
  const default_ = all.find((model) => model.id === WRITES)?.root ?? "";
  return own.includes(default_) ? default_ : (own[0] ?? "");
}

class Models {
  all = $state.raw<Model[]>([]);
  /** `null` where the server has none. */
  cards = $state.raw<Card[] | null>(null);
  loading = $state(true);
  failure = $state.raw<Failure | null>(null);

  /** Asks, and asks again when there is a key or the server is back. */
  async load(): Promise<void> {
    this.loading = true;
    this.failure = null;
    try {
      const [all, cards] = await Promise.all([fetchModels(), fetchCards()]);
      this.cards = cards;
      this.all = all;
    } catch (error) {
      this.failure = error instanceof Failure ? error : new Failure(String(error));
      if (this.failure.status === 401) key.onceSet(() => void this.load());
      else if (this.failure.status === 0) connection.onceBack(() => void this.load());
    }
    this.loading = false;
  }

  get writers(): string[] {
    return writers(this.all, this.cards);
  }

  get embedders(): string[] {
    return embedders(this.all, this.cards);
  }

  /** What is known of a model, by any of its names. */
  card(name: string): Card | undefined {
    const root = this.all.find((model) => model.id === name)?.root ?? name;
    return this.cards?.find((card) => card.id === root);
  }
}

export const models = new Models();
