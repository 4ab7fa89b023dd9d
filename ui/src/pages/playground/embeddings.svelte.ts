/** Embeddings mode: texts as vectors, and what can be seen of them. */

import { embed, Failure } from "../../lib/api.ts";
import { later } from "../../lib/later.ts";
import type { EmbeddingBody } from "../../lib/request.ts";
import { router } from "../../lib/router.svelte.ts";
import type { EmbeddingsStart } from "../../lib/start.ts";
import { keep, recall } from "../../lib/storage.ts";
import { analogy, nearest, plane, texts, type Near, type Plane, type Vector } from "../../lib/vectors.ts";

export const PATH = "/playground/embeddings";
/** Texts at once; beyond, nothing can be made out. */
export const MOST = 300;
/** Rows of the matrix, for the same reason. */
export const MATRIX_AT_MOST = 30;

const NAME = "embeddings";
const LINES = `The cat sleeps on the sofa.
A kitten is lying on the couch.
Shares fell sharply this morning.
The stock market lost value today.
How do I bake a loaf of bread?
A simple recipe for bread.
The rocket left for the moon.
Astronauts are on their way into space.`;

/** Words among which the answer is looked for; the three that are asked with are left out. */
export const WORDS =
  "king, queen, man, woman, prince, princess, boy, girl, duke, duchess, father, mother, throne, castle, soldier, nurse, apple, river, Paris, France, Rome, Italy, Berlin, Germany";

export interface Texts {
  texts: string[];
  vectors: Vector[];
  plane: Plane;
  tokens: number;
}

interface Kept {
  lines: string;
  model: string;
  dimensions: number | null;
  terms: [string, string, string];
  words: string;
}

class Embeddings {
  lines = $state("");
  model = $state("");
  /** None: as many as the model gives. */
  dimensions = $state<number | null>(null);
  running = $state(false);
  failure = $state.raw<Failure | null>(null);
  sent = $state.raw<EmbeddingBody | null>(null);
  result = $state.raw<Texts | null>(null);
  /** The line whose neighbours are shown. */
  selected = $state(0);

  /** `a − b + c`. */
  terms = $state<[string, string, string]>(["king", "man", "woman"]);
  words = $state(WORDS);
  near = $state.raw<(Near & { word: string })[]>([]);
  analogyFailure = $state.raw<Failure | null>(null);
  #abort: AbortController | null = null;

  constructor() {
    const kept = recall<Partial<Kept>>(NAME, {});
    this.lines = kept.lines ?? LINES;
    this.model = kept.model ?? "";
    this.dimensions = kept.dimensions ?? null;
    this.terms = kept.terms ?? this.terms;
    this.words = kept.words ?? this.words;
  }

  get texts(): string[] {
    return texts(this.lines, MOST);
  }

  get next(): EmbeddingBody {
    return this.#body(this.texts);
  }

  begin({ lines, params }: EmbeddingsStart): void {
    if (lines !== null) this.lines = lines;
    if (typeof params.model === "string") this.model = params.model;
    this.dimensions = dimensions(params.dimensions);
  }

  start(withText: boolean): EmbeddingsStart {
    const { lines, model, dimensions } = this;
    return { lines: withText ? lines : null, params: { model, dimensions } };
  }

  readAddress(): void {
    const { state } = router;
    if (!state.has("model") && !state.has("dimensions")) return;
    this.model = state.get("model") ?? this.model;
    this.dimensions = dimensions(Number(state.get("dimensions")));
  }

  async run(): Promise<void> {
    const all = this.texts;
    if (this.running || this.model === "" || all.length === 0) return;
    this.running = true;
    this.failure = null;
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const body = this.#body(all);
      this.sent = body;
      const { data, usage } = await embed(body, abort.signal);
      const vectors = data.map((item) => item.embedding);
      this.result = { texts: all, vectors, plane: plane(vectors), tokens: usage.prompt_tokens };
      this.selected = Math.min(this.selected, all.length - 1);
    } catch (error) {
      if (!abort.signal.aborted) this.failure = failure(error);
    }
    this.running = false;
  }

  stop(): void {
    this.#abort?.abort();
  }

  /** What is nearest to `a − b + c`, of the words but for the three themselves. */
  async calculate(): Promise<void> {
    const terms = this.terms.map((term) => term.trim());
    const asked = terms.map((term) => term.toLowerCase());
    const words = texts(this.words.replaceAll(/[,，、]/g, "\n"), MOST).filter(
      (word) => !asked.includes(word.toLowerCase()),
    );
    if (this.running || this.model === "" || terms.includes("") || words.length === 0) return;
    this.running = true;
    this.analogyFailure = null;
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const { data } = await embed(this.#body([...terms, ...words]), abort.signal);
      const [a, b, c, ...among] = data.map((item) => item.embedding);
      const found = nearest(analogy(a ?? [], b ?? [], c ?? []), among);
      this.near = found.slice(0, 5).map((near) => ({ ...near, word: words[near.index] ?? "" }));
    } catch (error) {
      if (!abort.signal.aborted) this.analogyFailure = failure(error);
    }
    this.running = false;
  }

  save = later(() => {
    const { lines, model, dimensions, terms, words } = this;
    keep(NAME, { lines, model, dimensions, terms, words } satisfies Kept);
    const state = new URLSearchParams();
    if (model !== "") state.set("model", model);
    if (dimensions !== null) state.set("dimensions", String(dimensions));
    router.say(PATH, state);
  });

  #body(input: string[]): EmbeddingBody {
    const { model, dimensions } = this;
    return dimensions === null ? { model, input } : { model, input, dimensions };
  }
}

function dimensions(value: unknown): number | null {
  return Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : null;
}

function failure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure(String(error));
}

/** Kept while other pages are looked at. */
export const embeddings = new Embeddings();
