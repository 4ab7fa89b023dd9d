import { expect, it } from "vitest";
import { by, byDay, csv, DAY_S, daysUntil, rows, sum, ticks, type Bucket } from "./usage.ts";

const result = (model: string, api_key_id: string, input_tokens: number, output_tokens?: number) => ({
  num_model_requests: 1,
  input_tokens,
  input_cached_tokens: 1,
  output_tokens,
  model,
  api_key_id,
});

const BUCKETS = [
  { start_time: 0, results: [result("a", "k", 10, 5), result("b", "", 100)] },
  { start_time: DAY_S, results: [] },
  { start_time: 2 * DAY_S, results: [result("a", "", 1, 1)] },
] as Bucket[];

it("sums by day, by model and by key are all of the same", () => {
  const all = rows(BUCKETS);
  const total = { requests: 3, input: 111, cached: 3, output: 6 };
  expect(sum(all)).toEqual(total);
  const days = byDay(all, [0, DAY_S, 2 * DAY_S]);
  expect(days.map((day) => day.requests)).toEqual([2, 0, 1]);
  expect(sum(days)).toEqual(total);
  const models = by(all, "model");
  expect(models.map((model) => [model.name, model.input])).toEqual([["b", 100], ["a", 11]]);
  expect(sum(by(all, "key"))).toEqual(total);
});

it("days are whole, and end with today", () => {
  expect(daysUntil(2 * DAY_S + 5, 3)).toEqual([0, DAY_S, 2 * DAY_S]);
});

it("a spreadsheet reads back what was used, and no formula", () => {
  const text = csv(rows(BUCKETS), (key) => (key === "k" ? '=cmd|"x"' : ""));
  expect(text.split("\n")).toEqual([
    "day,model,api_key_id,api_key,requests,input_tokens,cached_tokens,output_tokens",
    '1970-01-01,a,k,"\'=cmd|""x""",1,10,1,5',
    "1970-01-01,b,,,1,100,1,0",
    "1970-01-03,a,,,1,1,1,1",
    "",
  ]);
});

it("lines are drawn at round numbers, and none is below the most", () => {
  expect(ticks(0)).toEqual([0, 1]);
  expect(ticks(3)).toEqual([0, 1, 2, 3]);
  expect(ticks(97)).toEqual([0, 50, 100]);
  expect(ticks(1234)).toEqual([0, 500, 1000, 1500]);
});
