/** What was used, summed in the ways that the page shows. */

/** As `/v1/organization/usage/*` tells it; embeddings have no output. */
export interface Bucket {
  start_time: number;
  results: {
    num_model_requests: number;
    input_tokens: number;
    input_cached_tokens?: number;
    output_tokens?: number;
    model: string | null;
    api_key_id: string | null;
  }[];
}

export interface Sums {
  requests: number;
  input: number;
  cached: number;
  output: number;
}

export interface Row extends Sums {
  /** When the day began, in seconds of Unix time. */
  day: number;
  model: string;
  /** Empty where no key was asked for. */
  key: string;
}

export const DAY_S = 86_400;

/** The days up to one in which `now` is, the oldest first. */
export function daysUntil(now: number, count: number): number[] {
  const today = Math.floor(now / DAY_S) * DAY_S;
  return Array.from({ length: count }, (_, i) => today - (count - 1 - i) * DAY_S);
}

export function rows(buckets: Bucket[]): Row[] {
  return buckets.flatMap((bucket) =>
    bucket.results.map((result) => ({
      day: bucket.start_time,
      model: result.model ?? "",
      key: result.api_key_id ?? "",
      requests: result.num_model_requests,
      input: result.input_tokens,
      cached: result.input_cached_tokens ?? 0,
      output: result.output_tokens ?? 0,
    })),
  );
}

export function sum(rows: Sums[]): Sums {
  const total = { requests: 0, input: 0, cached: 0, output: 0 };
  for (const row of rows) {
    total.requests += row.requests;
    total.input += row.input;
    total.cached += row.cached;
    total.output += row.output;
  }
  return total;
}

export function byDay(rows: Row[], days: number[]): Sums[] {
  return days.map((day) => sum(rows.filter((row) => row.day === day)));
}

/** By a name, the one with most tokens first. */
export function by(rows: Row[], what: "model" | "key"): (Sums & { name: string })[] {
  const names = [...new Set(rows.map((row) => row[what]))];
  const sums = names.map((name) => ({ name, ...sum(rows.filter((row) => row[what] === name)) }));
  return sums.sort((a, b) => b.input + b.output - (a.input + a.output));
}

function quoted(text: string): string {
  // What begins like a formula must not be one in a spreadsheet.
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** A line for each row, with the API's own names. */
export function csv(rows: Row[], nameOf: (key: string) => string): string {
  const head = "day,model,api_key_id,api_key,requests,input_tokens,cached_tokens,output_tokens";
  const lines = rows.map(({ day, model, key, requests, input, cached, output }) => {
    const date = new Date(day * 1000).toISOString().slice(0, 10);
    const texts = [date, model, key, nameOf(key)].map(quoted);
    return [...texts, requests, input, cached, output].join(",");
  });
  return [head, ...lines, ""].join("\n");
}

/** Up to about four round numbers to draw lines at, from 0 on; the last is not below `most`. */
export function ticks(most: number): number[] {
  if (most <= 0) return [0, 1];
  const raw = most / 4;
  const scale = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5, 10].find((f) => f * scale >= raw) ?? 10;
  const step = Math.max(1, factor * scale);
  const count = Math.ceil(most / step);
  return Array.from({ length: count + 1 }, (_, i) => i * step);
}
