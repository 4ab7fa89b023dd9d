import { describe, expect, it } from "vitest";
import { fromQuery, toQuery } from "./address.ts";
import { DEFAULTS } from "./request.ts";

const changed = {
  ...DEFAULTS,
  model: "m",
  temperature: 0.3,
  maxTokens: 12,
  stop: ["\n", "a&b"],
  logitBias: [{ id: 7, bias: -100, text: " a:b" }],
  show: "off" as const,
  seed: 5,
};

describe("an address", () => {
  it("says what differs from the defaults, and the model", () => {
    expect(toQuery({ ...DEFAULTS, model: "m" }, DEFAULTS).toString()).toBe("model=m");
    expect(toQuery(changed, DEFAULTS).toString()).toBe(
      "model=m&temperature=0.3&max_tokens=12&stop=%0A&stop=a%26b&logit_bias=7%3A-100%3A+a%3Ab&show=off&seed=5",
    );
  });

  it("gives back what it was made of", () => {
    expect(fromQuery(toQuery(changed, DEFAULTS), DEFAULTS, DEFAULTS)).toEqual(changed);
  });

  it("never holds what becomes a part of the prompt, and leaves it alone", () => {
    const now = { ...changed, injectStart: "secret", injectRestart: "hidden" };
    const query = toQuery(now, DEFAULTS);
    expect(query.toString()).not.toMatch(/secret|hidden/);
    const read = fromQuery(new URLSearchParams("temperature=2"), now, DEFAULTS);
    expect(read).toEqual({
      ...DEFAULTS,
      model: "m",
      temperature: 2,
      injectStart: "secret",
      injectRestart: "hidden",
    });
  });

  it("that says nothing changes nothing, and nonsense is no harm", () => {
    expect(fromQuery(new URLSearchParams("q=1"), changed, DEFAULTS)).toBeNull();
    const query = new URLSearchParams("temperature=hot&top_p=9&seed=x&logit_bias=a:b&show=all");
    expect(fromQuery(query, DEFAULTS, DEFAULTS)).toEqual(DEFAULTS);
  });

  it("holds a mode's own parameters, where the mode has them", () => {
    const defaults = { ...DEFAULTS, format: "text" };
    const query = toQuery({ ...defaults, format: "json_object" }, defaults);
    expect(query.toString()).toBe("response_format=json_object");
    expect(fromQuery(query, defaults, defaults)).toEqual({ ...defaults, format: "json_object" });
    expect(fromQuery(query, DEFAULTS, DEFAULTS)).toEqual(DEFAULTS);
  });
});
