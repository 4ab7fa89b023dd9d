/** What the knobs of Complete mode say, and the request that they make. */

export const SHOW = ["off", "most", "least", "full"] as const;
export type Show = (typeof SHOW)[number];

/** How much likelier a token is made; only the model knows what its id means. */
export interface Bias {
  id: number;
  /** As the server spells it, for people; empty if nobody asked. */
  text: string;
  bias: number;
}

export interface Params {
  model: string;
  temperature: number;
  maxTokens: number;
  stop: string[];
  topP: number;
  frequencyPenalty: number;
  presencePenalty: number;
  logitBias: Bias[];
  bestOf: number;
  injectStart: string;
  injectRestart: string;
  show: Show;
  /** None: another one each time. */
  seed: number | null;
}

export const DEFAULTS: Params = {
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
  seed: null,
};

/** What the server takes; `maxTokens` is also limited by the model's context. */
export const LIMITS = {
  temperature: { min: 0, max: 2, step: 0.01 },
  maxTokens: { min: 1, max: 2048, step: 1 },
  topP: { min: 0, max: 1, step: 0.01 },
  frequencyPenalty: { min: 0, max: 2, step: 0.01 },
  presencePenalty: { min: 0, max: 2, step: 0.01 },
  bestOf: { min: 1, max: 20, step: 1 },
} as const;

export const STOPS_AT_MOST = 4;
export const BIASES_AT_MOST = 20;
export const MOST_BIAS = 100;

/** What requests of all modes have. */
export interface Sampled {
  model: string;
  temperature: number;
  max_tokens: number;
  top_p: number;
  frequency_penalty: number;
  presence_penalty: number;
  stop?: string[];
  logit_bias?: Record<string, number>;
  n?: number;
  seed: number;
  stream?: boolean;
  stream_options?: { include_usage: boolean };
}

export interface CompletionBody extends Sampled {
  prompt: string;
  suffix?: string;
  best_of?: number;
  logprobs?: number;
}

export interface EmbeddingBody {
  model: string;
  input: string[];
  dimensions?: number;
}

export function sampled(params: Params, seed: number): Sampled {
  const body: Sampled = {
    model: params.model,
    temperature: params.temperature,
    max_tokens: params.maxTokens,
    top_p: params.topP,
    frequency_penalty: params.frequencyPenalty,
    presence_penalty: params.presencePenalty,
    seed,
    stream: true,
    stream_options: { include_usage: true },
  };
  if (params.stop.length > 0) body.stop = params.stop;
  if (params.logitBias.length > 0) {
    body.logit_bias = Object.fromEntries(params.logitBias.map(({ id, bias }) => [id, bias]));
  }
  return body;
}

/** The request for `prompt`, exactly as it is sent and as View code shows it. */
export function completionBody(params: Params, prompt: string, seed: number): CompletionBody {
  const { model, ...rest } = sampled(params, seed);
  const body: CompletionBody = { model, prompt, ...rest };
  if (params.bestOf > 1) {
    // All candidates are wanted, to be seen beside the best.
    body.n = params.bestOf;
    body.best_of = params.bestOf;
  }
  if (params.show !== "off") body.logprobs = 5;
  // What is best is decided by log-probabilities.
  else if (params.bestOf > 1) body.logprobs = 0;
  return body;
}

/** A seed that JSON, and every language of View code, can write. */
export function anySeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}

/** What was kept or came from elsewhere, made whole and brought within the limits. */
export function restored<P extends Params>(defaults: P, kept: Partial<P>): P {
  const params = { ...defaults };
  for (const name of Object.keys(defaults) as (keyof P)[]) {
    if (typeof kept[name] === typeof defaults[name]) params[name] = kept[name] as P[keyof P];
  }
  for (const name of Object.keys(LIMITS) as (keyof typeof LIMITS)[]) {
    const { min, max } = LIMITS[name];
    const value = params[name];
    params[name] = Number.isFinite(value) ? Math.min(max, Math.max(min, value)) : defaults[name];
  }
  if (!SHOW.includes(params.show)) params.show = defaults.show;
  const stops: unknown[] = Array.isArray(kept.stop) ? kept.stop : [];
  params.stop = stops.filter((stop) => typeof stop === "string").slice(0, STOPS_AT_MOST);
  const biases: unknown[] = Array.isArray(kept.logitBias) ? kept.logitBias : [];
  params.logitBias = biases.filter(isBias).slice(0, BIASES_AT_MOST);
  params.seed = Number.isSafeInteger(kept.seed) ? (kept.seed ?? null) : defaults.seed;
  return params;
}

function isBias(value: unknown): value is Bias {
  const { id, text, bias } = (value ?? {}) as Partial<Bias>;
  const within = typeof bias === "number" && Math.abs(bias) <= MOST_BIAS;
  return within && Number.isSafeInteger(id) && (id ?? -1) >= 0 && typeof text === "string";
}
