/** Whether a JSON schema is one that functions and answers can be described by; where it is not. */

import type { Key } from "../i18n/en.ts";

export interface Fault {
  /** As in `properties.city.type`; empty for the whole. */
  path: string;
  why: Extract<Key, `schema.${string}`>;
  got: string;
}

const TYPES = ["object", "array", "string", "number", "integer", "boolean", "null"];
/** As deep as anyone goes. */
const DEEPEST = 32;

/** The first fault of a schema; `null` if it has none that can be seen here. */
export function faultOf(schema: unknown, path = "", depth = 0): Fault | null {
  const fault = (why: Fault["why"], at: string, got: unknown): Fault => ({
    path: joined(path, at),
    why,
    got: JSON.stringify(got) ?? "",
  });
  // `true` and `false` are schemas of everything and nothing.
  if (depth > 0 && typeof schema === "boolean") return null;
  if (!isObject(schema)) return fault("schema.object", "", schema);
  if (depth > DEEPEST) return fault("schema.deep", "", depth);
  const { type, properties, required, items, enum: values, additionalProperties: others } = schema;
  const types = Array.isArray(type) ? type : type === undefined ? [] : [type];
  const unknown = types.find((name) => !TYPES.includes(name as string));
  if (unknown !== undefined) return fault("schema.type", "type", unknown);
  if (properties !== undefined && !isObject(properties)) {
    return fault("schema.properties", "properties", properties);
  }
  if (required !== undefined) {
    const texts = Array.isArray(required) && required.every((name) => typeof name === "string");
    if (!texts) return fault("schema.required", "required", required);
    const missing = required.find((name) => !(name in (properties ?? {})));
    if (missing !== undefined) return fault("schema.missing", "required", missing);
  }
  if (values !== undefined && (!Array.isArray(values) || values.length === 0)) {
    return fault("schema.enum", "enum", values);
  }
  const inner: [string, unknown][] = Object.entries(properties ?? {}).map(([name, value]) => [
    `properties.${name}`,
    value,
  ]);
  if (items !== undefined) inner.push(["items", items]);
  if (others !== undefined) inner.push(["additionalProperties", others]);
  for (const name of ["anyOf", "oneOf", "allOf"]) {
    const all = schema[name];
    if (all === undefined) continue;
    if (!Array.isArray(all) || all.length === 0) return fault("schema.list", name, all);
    inner.push(...all.map((one, i): [string, unknown] => [`${name}[${i}]`, one]));
  }
  for (const [at, value] of inner) {
    const found = faultOf(value, joined(path, at), depth + 1);
    if (found) return found;
  }
  return null;
}

function joined(path: string, at: string): string {
  return [path, at].filter((part) => part !== "").join(".");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A function's definition as the API has it. */
export interface Tool {
  type: "function";
  function: Record<string, unknown> & { name: string };
}

/** Reads a definition, with or without the API's `{"type": "function"}` around it. */
export function toolOf(text: string): Tool | Fault {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error);
    return { path: "", why: "schema.json", got };
  }
  const inner = isObject(value) && isObject(value.function) ? value.function : value;
  if (!isObject(inner)) return { path: "", why: "schema.object", got: text.slice(0, 40) };
  const { name, description, parameters } = inner;
  if (typeof name !== "string" || !/^[\w-]{1,64}$/.test(name)) {
    return { path: "name", why: "schema.name", got: JSON.stringify(name) ?? "" };
  }
  if (description !== undefined && typeof description !== "string") {
    return { path: "description", why: "schema.text", got: JSON.stringify(description) };
  }
  if (parameters !== undefined) {
    const fault = faultOf(parameters, "parameters");
    if (fault) return fault;
    const { type } = parameters as { type?: unknown };
    if (type !== undefined && type !== "object") {
      return { path: "parameters.type", why: "schema.arguments", got: JSON.stringify(type) };
    }
  }
  return { type: "function", function: { ...inner, name } };
}

export function isTool(read: Tool | Fault): read is Tool {
  return "function" in read;
}
