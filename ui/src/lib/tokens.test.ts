import { describe, expect, it } from "vitest";
import { Reader, bytes, covered, probability, tempered, textOf, visible } from "./tokens.ts";

function logprobs(tokens: [string, number, number][]) {
  return {
    tokens: tokens.map(([name]) => name),
    token_logprobs: tokens.map(([, logprob]) => logprob),
    top_logprobs: tokens.map(([name, logprob]) => ({ a: -3, b: -1, [name]: logprob })),
    text_offset: tokens.map(([, , offset]) => offset),
  };
}

describe("names of tokens", () => {
  it("are read as bytes", () => {
    expect([...bytes("a天")]).toEqual([0x61, 0xe5, 0xa4, 0xa9]);
    expect([...bytes("bytes:\\xe5\\xa4")]).toEqual([0xe5, 0xa4]);
    expect([...bytes("bytes:x")]).toEqual([...new TextEncoder().encode("bytes:x")]);
  });

  it("make a text only where characters are whole", () => {
    expect(textOf(["天", "bytes:\\xe5\\x9c", "bytes:\\xb0"])).toBe("天地");
    expect(textOf(["天", "bytes:\\xe5\\x9c"])).toBeNull();
  });

  it("show what cannot be seen", () => {
    expect(visible("  a ")).toBe("␣␣a␣");
    expect(visible("\n")).toBe("⏎");
    expect(visible("bytes:\\xe5\\x0c")).toBe("E5 0C");
  });
});

describe("a reader", () => {
  it("lays tokens over the text behind the prompt", () => {
    const reader = new Reader("🌈 ");
    reader.add("ab", logprobs([["ab", -0.5, 2]]));
    reader.add(" c", logprobs([[" c", -1, 4]]));
    expect(reader.cells.map((c) => [c.start, c.end])).toEqual([
      [3, 5],
      [5, 7],
    ]);
    expect(reader.mean).toBe(-0.75);
    expect(reader.count).toBe(2);
  });

  it("puts the parts of a character into one cell", () => {
    const reader = new Reader("天空");
    reader.add(
      "场🌈",
      logprobs([
        ["bytes:\\xe5\\x9c", -1, 2],
        ["bytes:\\xba", -0.5, 2],
        ["🌈", -2, 3],
      ]),
    );
    reader.add("。", logprobs([["。", -0.1, 4]]));
    expect(reader.cells.map((c) => [c.start, c.end, c.tokens.length])).toEqual([
      [2, 3, 2],
      [3, 5, 1],
      [5, 6, 1],
    ]);
    expect(probability(reader.cells[0]!)).toBeCloseTo(Math.exp(-1.5));
  });

  it("sorts the candidates", () => {
    const reader = new Reader("");
    reader.add("x", logprobs([["x", -2, 0]]));
    expect(reader.cells[0]?.tokens[0]?.top.map((c) => c.name)).toEqual(["b", "x", "a"]);
  });

  it("counts chunks where no probabilities come", () => {
    const reader = new Reader("");
    reader.add("x", null);
    reader.add("", null);
    expect([reader.count, reader.cells.length, reader.text]).toEqual([1, 0, "x"]);
  });
});

it("the five likeliest are covered, not what was taken beside them", () => {
  const top = [0.4, 0.2, 0.1, 0.1, 0.1, 0.01].map((p, i) => ({
    name: `${i}`,
    logprob: Math.log(p),
  }));
  expect(covered({ name: "5", logprob: Math.log(0.01), top })).toBeCloseTo(0.9);
});

it("temperature sharpens and flattens", () => {
  const top = [0.6, 0.3].map((p, i) => ({ name: `${i}`, logprob: Math.log(p) }));
  expect(tempered(top, 0)).toEqual([1, 0]);
  expect(tempered(top, 1)[0]).toBeCloseTo(2 / 3);
  expect(tempered(top, 0.5)[0]).toBeCloseTo(0.8);
  expect(tempered(top, 2)[0]!).toBeLessThan(2 / 3);
});
