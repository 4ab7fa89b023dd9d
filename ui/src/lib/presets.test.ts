import { beforeEach, expect, it } from "vitest";
import { Presets, PRESETS_AT_MOST } from "./presets.svelte.ts";

/** A browser's storage, with an end. */
class Room implements Storage {
  [name: string]: unknown;
  #values = new Map<string, string>();
  most = Infinity;

  get length(): number {
    return this.#values.size;
  }
  key = (index: number) => [...this.#values.keys()][index] ?? null;
  getItem = (name: string) => this.#values.get(name) ?? null;
  removeItem = (name: string) => void this.#values.delete(name);
  clear = () => this.#values.clear();
  setItem = (name: string, value: string) => {
    if (value.length > this.most) throw new Error("QuotaExceededError");
    this.#values.set(name, value);
  };
}

let room: Room;

beforeEach(() => {
  room = new Room();
  globalThis.localStorage = room;
});

const start = (prompt: string | null) => ({ prompt, params: { temperature: 0.2 } });

it("a name is one preset of its mode: saved again it is overwritten", () => {
  const presets = new Presets();
  expect(presets.save("Poems ", start("a"), 1)).toBeNull();
  expect(presets.save("Poems", start("b"), 2)).toBeNull();
  expect(presets.save("Poems", { messages: null, params: {} }, 3)).toBeNull();
  expect(presets.all.map(({ name, at }) => [name, at])).toEqual([
    ["Poems", 3],
    ["Poems", 2],
  ]);
  expect(presets.named("complete", "Poems")?.start).toEqual(start("b"));
});

it("two tabs do not lose each other's", () => {
  const [one, other] = [new Presets(), new Presets()];
  one.save("a", start(null), 1);
  other.save("b", start(null), 2);
  one.save("c", start(null), 2);
  expect(new Presets().all.map((preset) => preset.name)).toEqual(["c", "b", "a"]);
  expect(new Set(one.all.map((preset) => preset.id)).size).toBe(3);
});

it("they are renamed, not over each other, removed and put back", () => {
  const presets = new Presets();
  presets.save("a", start(null), 1);
  presets.save("b", start(null), 2);
  const [b, a] = presets.all;
  expect(presets.rename(a!.id, "b")).toBe("presets.taken");
  expect(presets.rename(a!.id, "  ")).toBeNull();
  expect(presets.rename(a!.id, "z")).toBeNull();
  presets.remove(b!.id);
  expect(presets.all.map((preset) => preset.name)).toEqual(["z"]);
  presets.restore(b!);
  expect(new Presets().all.map((preset) => preset.name)).toEqual(["b", "z"]);
});

it("there is an end to them, which is told, and loses none", () => {
  const presets = new Presets();
  for (let i = 0; i < PRESETS_AT_MOST; i++) presets.save(String(i), start(null), i);
  expect(presets.save("more", start(null))).toBe("presets.full");
  expect(presets.save("7", start("other"))).toBeNull();
  room.most = 10;
  expect(presets.save("7", start("x"))).toBe("presets.noRoom");
  expect(presets.all).toHaveLength(PRESETS_AT_MOST);
});

it("what else stands in the storage is no preset", () => {
  room.setItem("lyceum.presets", '[{"name": "a"}, null, {"start": {"prompt": "", "params": {}}}]');
  expect(new Presets().all).toHaveLength(1);
  room.setItem("lyceum.presets", '{"a": 1}');
  expect(new Presets().all).toEqual([]);
});
