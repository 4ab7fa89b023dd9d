/** Arithmetic of embeddings: how alike they are, where they lie on a map, what is near what. */

export type Vector = number[];

export function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** From −1, opposite, to 1, the same direction. */
export function cosine(a: Vector, b: Vector): number {
  const lengths = Math.sqrt(dot(a, a) * dot(b, b));
  return lengths === 0 ? 0 : dot(a, b) / lengths;
}

/** `a − b + c`, each at length 1. */
export function analogy(a: Vector, b: Vector, c: Vector): Vector {
  const [x, y, z] = [unit(a), unit(b), unit(c)];
  return x.map((value, i) => value - (y[i] ?? 0) + (z[i] ?? 0));
}

function unit(a: Vector): Vector {
  const length = Math.sqrt(dot(a, a)) || 1;
  return a.map((value) => value / length);
}

export interface Near {
  index: number;
  cosine: number;
}

/** The most alike first. */
export function nearest(to: Vector, among: Vector[], without: number[] = []): Near[] {
  return among
    .map((vector, index) => ({ index, cosine: cosine(to, vector) }))
    .filter(({ index }) => !without.includes(index))
    .sort((a, b) => b.cosine - a.cosine);
}

export interface Plane {
  points: [number, number][];
  /** Of all variance, what the two directions keep. */
  kept: number;
}

/**
 * The two directions along which the vectors differ most (principal components). There are far fewer
 * vectors than dimensions, so they are found among the vectors' products and not among dimensions:
 * the eigenvectors of the centred Gram matrix, times the roots of their values, are the places.
 */
export function plane(vectors: Vector[]): Plane {
  const count = vectors.length;
  const gram = centredGram(vectors);
  const variance = gram.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
  const none = { points: vectors.map((): [number, number] => [0, 0]), kept: 1 };
  if (count < 2 || variance < 1e-12) return none;
  const first = strongest(gram);
  for (const [i, row] of gram.entries()) {
    for (let j = 0; j < count; j++) {
      row[j] = (row[j] ?? 0) - first.value * (first.vector[i] ?? 0) * (first.vector[j] ?? 0);
    }
  }
  const second = strongest(gram);
  const place = ({ value, vector }: Eigen, i: number) => Math.sqrt(Math.max(0, value)) * (vector[i] ?? 0);
  return {
    points: vectors.map((_, i) => [place(first, i), place(second, i)]),
    kept: Math.min(1, (first.value + Math.max(0, second.value)) / variance),
  };
}

function centredGram(vectors: Vector[]): number[][] {
  const count = vectors.length;
  const mean = (vectors[0] ?? []).map(
    (_, d) => vectors.reduce((sum, vector) => sum + (vector[d] ?? 0), 0) / count,
  );
  const centred = vectors.map((vector) => vector.map((value, d) => value - (mean[d] ?? 0)));
  const gram = centred.map(() => new Array<number>(count).fill(0));
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      const product = dot(centred[i] ?? [], centred[j] ?? []);
      gram[i]![j] = gram[j]![i] = product;
    }
  }
  return gram;
}

interface Eigen {
  value: number;
  vector: Vector;
}

/** Power iteration, from a start that is always the same; the sign, too, is settled. */
function strongest(matrix: number[][]): Eigen {
  const start = matrix.map((_, i) => Math.sin(i + 1));
  let vector = unit(start);
  for (let step = 0; step < 500; step++) {
    const next = unit(matrix.map((row) => dot(row, vector)));
    const same = dot(next, vector);
    vector = next;
    if (1 - Math.abs(same) < 1e-12) break;
  }
  const value = dot(
    vector,
    matrix.map((row) => dot(row, vector)),
  );
  const largest = vector.reduce((a, b) => (Math.abs(b) > Math.abs(a) + 1e-9 ? b : a), 0);
  return { value, vector: largest < 0 ? vector.map((v) => -v) : vector };
}

/** Texts of lines, once each, as many as can be looked at together. */
export function texts(lines: string, most: number): string[] {
  const all = lines.split("\n").map((line) => line.trim());
  return [...new Set(all)].filter((line) => line !== "").slice(0, most);
}
