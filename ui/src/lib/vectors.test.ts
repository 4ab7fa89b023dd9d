import { describe, expect, it } from "vitest";
import { analogy, cosine, nearest, plane, texts, type Vector } from "./vectors.ts";

/** Reproducible numbers around 0. */
function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 0x7fffffff) / 0x7fffffff - 0.5;
}

it("likeness is that of directions", () => {
  expect(cosine([1, 0], [5, 0])).toBe(1);
  expect(cosine([1, 0], [0, 2])).toBe(0);
  expect(cosine([1, 1], [-2, -2])).toBeCloseTo(-1);
  expect(cosine([0, 0], [1, 1])).toBe(0);
});

it("a king without a man, with a woman, is near a queen", () => {
  // Royal, male, female.
  const words: Record<string, Vector> = { king: [1, 1, 0], man: [0, 1, 0], woman: [0, 0, 1] };
  const among = [...Object.values(words), [1, 0, 1], [0.2, 0.5, 0.5]];
  const [first] = nearest(analogy(words.king!, words.man!, words.woman!), among, [0, 1, 2]);
  expect(first?.index).toBe(3);
});

describe("the map", () => {
  it("finds a plane that the vectors lie in, distances and all", () => {
    const number = random(7);
    const [u, v] = [
      [0.6, 0.8, 0, 0],
      [0, 0, 0.6, -0.8],
    ] as const;
    const flat = Array.from({ length: 30 }, () => [number() * 4, number()] as const);
    const vectors = flat.map(([x, y]) => u.map((_, d) => 1 + x * (u[d] ?? 0) + y * (v[d] ?? 0)));
    const { points, kept } = plane(vectors);
    expect(kept).toBeCloseTo(1, 6);
    for (const [i, j] of [[0, 1], [3, 17], [8, 29]] as const) {
      const apart = (all: readonly (readonly [number, number])[]) =>
        Math.hypot(all[i]![0] - all[j]![0], all[i]![1] - all[j]![1]);
      expect(apart(points)).toBeCloseTo(apart(flat), 4);
    }
  });

  it("tells how much it leaves out, and is the same each time", () => {
    const number = random(11);
    const vectors = Array.from({ length: 40 }, () => Array.from({ length: 64 }, number));
    const map = plane(vectors);
    expect(map.kept).toBeGreaterThan(0.05);
    expect(map.kept).toBeLessThan(0.3);
    expect(plane(vectors)).toEqual(map);
    const mean = map.points.reduce((sum, [x]) => sum + x, 0) / 40;
    expect(mean).toBeCloseTo(0, 6);
  });

  it("of one point, or of equal ones, is a point", () => {
    expect(plane([[1, 2]]).points).toEqual([[0, 0]]);
    expect(plane([[1, 2], [1, 2]])).toEqual({ points: [[0, 0], [0, 0]], kept: 1 });
    expect(plane([])).toEqual({ points: [], kept: 1 });
  });
});

it("lines are texts, once each", () => {
  expect(texts(" a\n\nb\na\nc", 2)).toEqual(["a", "b"]);
});
