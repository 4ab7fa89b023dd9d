/** What is different between two texts, as people read it. */

export interface Part {
  kind: "same" | "gone" | "new";
  text: string;
}

/** Cells of the table at most; beyond, all that lies between what is the same is told as replaced. */
const MOST_CELLS = 4_000_000;

/** Differences by words, with the spaces before them. */
export function words(before: string, after: string): Part[] {
  return difference(cut(before, /\s*\S+|\s+$/g), cut(after, /\s*\S+|\s+$/g));
}

/** Differences by lines, each with its end. */
export function lines(before: string, after: string): Part[] {
  return difference(cut(before, /[^\n]*\n|[^\n]+$/g), cut(after, /[^\n]*\n|[^\n]+$/g));
}

function cut(text: string, into: RegExp): string[] {
  return text.match(into) ?? [];
}

/** The longest common subsequence, between a common beginning and a common end. */
function difference(before: string[], after: string[]): Part[] {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  let end = 0;
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const a = before.slice(start, before.length - end);
  const b = after.slice(start, after.length - end);
  return joined([
    ...before.slice(0, start).map(same),
    ...middle(a, b),
    ...before.slice(before.length - end).map(same),
  ]);
}

function middle(a: string[], b: string[]): Part[] {
  const width = b.length + 1;
  const parts: Part[] = [];
  if (a.length * width > MOST_CELLS) return [...a.map(gone), ...b.map(fresh)];
  // How much of `a` from i on and of `b` from j on is common.
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const longest = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
      common[i * width + j] = longest;
    }
  }
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [one, other] = [a[i], b[j]];
    if (one !== undefined && one === other) {
      parts.push(same(one));
      [i, j] = [i + 1, j + 1];
    } else if (one !== undefined && (other === undefined || at(i + 1, j) >= at(i, j + 1))) {
      parts.push(gone(one));
      i++;
    } else {
      parts.push(fresh(other ?? ""));
      j++;
    }
  }
  return parts;
}

const same = (text: string): Part => ({ kind: "same", text });
const gone = (text: string): Part => ({ kind: "gone", text });
const fresh = (text: string): Part => ({ kind: "new", text });

/** Neighbours of a kind as one. */
function joined(parts: Part[]): Part[] {
  const all: Part[] = [];
  for (const part of parts) {
    const last = all.at(-1);
    if (last?.kind === part.kind) last.text += part.text;
    else all.push({ ...part });
  }
  return all;
}
