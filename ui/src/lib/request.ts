/** What the knobs of Complete mode say, and the request that they make. */

export const SHOW = ["off", "most", "least", "full"] as const;
export type Show = (typeof SHOW)[number];

export interface Params {
  model: string;
  temperature: number;
  maxTokens: number;
  stop: string[];
  topP: number;
  frequencyPenalty: number;
  presencePenalty: number;
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

/** What requests of all modes have. */
export interface Sampled {
  model: string;
  temperature: number;
  max_tokens: number;
  top_p: number;
  frequency_penalty: number;
  presence_penalty: number;
  stop?: string[];
  n?: number;
  seed: number;
  stream?: boolean;
  stream_options?: { include_usage: boolean };
}

export interface CompletionBody extends Sampled {
  prompt: string;
  best_of?: number;
  logprobs?: number;
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

/** What an older version kept, made whole and brought within the limits. */
export function restored<P extends Params>(defaults: P, kept: Partial<P>): P {
  const params = { ...defaults, ...kept };
  for (const [name, { min, max }] of Object.entries(LIMITS)) {
    const field = name as keyof typeof LIMITS;
    const value = Number(params[field]);
    params[field] = Number.isFinite(value) ? Math.min(max, Math.max(min, value)) : defaults[field];
  }
  if (!SHOW.includes(params.show)) params.show = defaults.show;
  if (!Array.isArray(params.stop)) params.stop = [];
  return params;
}
