/**
 * Parameters in a page's address: those that differ from their defaults, under the API's own names.
 *
 * What becomes a part of the prompt (injected texts, schemas, functions) is not among them: addresses
 * land in logs. Links that are shared hold it behind the `#`, which browsers do not send.
 */

import { LIMITS, restored, type Bias, type Params } from "./request.ts";

/** Parameters of a mode's own that may stand in addresses. */
type Own = "format" | "toolChoice";

const NUMBERS = {
  temperature: "temperature",
  maxTokens: "max_tokens",
  topP: "top_p",
  frequencyPenalty: "frequency_penalty",
  presencePenalty: "presence_penalty",
  bestOf: "best_of",
} as const satisfies Record<keyof typeof LIMITS, string>;

const OWN: Record<Own, string> = { format: "response_format", toolChoice: "tool_choice" };

type Some<P> = P & Partial<Record<Own, string>>;

export function toQuery<P extends Params>(params: Some<P>, defaults: Some<P>): URLSearchParams {
  const query = new URLSearchParams();
  if (params.model !== "") query.set("model", params.model);
  for (const name of Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]) {
    if (params[name] !== defaults[name]) query.set(NUMBERS[name], String(params[name]));
  }
  for (const stop of params.stop) query.append("stop", stop);
  for (const { id, bias, text } of params.logitBias) {
    query.append("logit_bias", [id, bias, text].join(":"));
  }
  if (params.show !== defaults.show) query.set("show", params.show);
  if (params.seed !== null) query.set("seed", String(params.seed));
  for (const name of Object.keys(OWN) as Own[]) {
    const value = params[name];
    if (value !== undefined && value !== defaults[name]) query.set(OWN[name], value);
  }
  return query;
}

/**
 * The parameters that an address says, and the defaults of the others; what no address holds stays as
 * in `now`. `null` if it says none.
 */
export function fromQuery<P extends Params>(
  query: URLSearchParams,
  now: Some<P>,
  defaults: Some<P>,
): P | null {
  const texts = [...Object.values(NUMBERS), ...Object.values(OWN)];
  const known = ["model", "stop", "logit_bias", "show", "seed", ...texts];
  if (!known.some((name) => query.has(name))) return null;
  const said: Partial<Params> & Partial<Record<Own, string>> = {
    stop: query.getAll("stop"),
    logitBias: query.getAll("logit_bias").map(bias),
    show: (query.get("show") ?? defaults.show) as Params["show"],
    seed: number(query.get("seed")) ?? defaults.seed,
    model: query.get("model") ?? now.model,
  };
  for (const name of Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]) {
    said[name] = number(query.get(NUMBERS[name])) ?? defaults[name];
  }
  for (const name of Object.keys(OWN) as Own[]) {
    if (name in defaults) said[name] = query.get(OWN[name]) ?? defaults[name] ?? "";
  }
  return restored<P>(defaults, { ...now, ...said });
}

function number(text: string | null): number | null {
  return text === null || text.trim() === "" ? null : Number(text);
}

function bias(text: string): Bias {
  const [id, bias, ...piece] = text.split(":");
  return { id: Number(id), bias: Number(bias), text: piece.join(":") };
}
