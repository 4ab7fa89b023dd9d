import { expect, it } from "vitest";
import { faultOf, isTool, toolOf } from "./schema.ts";

const WEATHER = {
  name: "get_weather",
  description: "The weather in a city",
  parameters: {
    type: "object",
    properties: {
      city: { type: "string" },
      days: { type: ["integer", "null"] },
      units: { enum: ["C", "F"] },
      more: { type: "array", items: { anyOf: [{ type: "string" }, true] } },
    },
    required: ["city"],
    additionalProperties: false,
  },
};

it("a definition is taken, with what the API has around it or without", () => {
  const tool = { type: "function", function: WEATHER };
  expect(toolOf(JSON.stringify(WEATHER))).toEqual(tool);
  expect(toolOf(JSON.stringify(tool))).toEqual(tool);
  expect(toolOf('{"name": "now"}')).toEqual({ type: "function", function: { name: "now" } });
});

it("a fault is named by where it is", () => {
  const wrong: [unknown, string, string][] = [
    [{ type: "text" }, "type", "schema.type"],
    [{ properties: [] }, "properties", "schema.properties"],
    [{ properties: { a: { type: "strin" } } }, "properties.a.type", "schema.type"],
    [{ properties: { a: 1 } }, "properties.a", "schema.object"],
    [{ properties: { a: {} }, required: ["b"] }, "required", "schema.missing"],
    [{ required: "a" }, "required", "schema.required"],
    [{ items: { enum: [] } }, "items.enum", "schema.enum"],
    [{ anyOf: [{}, { type: 1 }] }, "anyOf[1].type", "schema.type"],
    [{ allOf: {} }, "allOf", "schema.list"],
    [[], "", "schema.object"],
    ["x", "", "schema.object"],
  ];
  for (const [schema, path, why] of wrong) {
    expect(faultOf(schema), JSON.stringify(schema)).toMatchObject({ path, why });
  }
  expect(faultOf(WEATHER.parameters)).toBeNull();
});

it("a function without a proper name or arguments is none", () => {
  const wrong: [string, string][] = [
    ["{", "schema.json"],
    ["[]", "schema.object"],
    ["{}", "schema.name"],
    ['{"name": "a b"}', "schema.name"],
    ['{"name": "a", "description": 1}', "schema.text"],
    ['{"name": "a", "parameters": {"type": "string"}}', "schema.arguments"],
    ['{"name": "a", "parameters": {"properties": {"x": {"type": "y"}}}}', "schema.type"],
  ];
  for (const [text, why] of wrong) {
    const read = toolOf(text);
    expect(isTool(read), text).toBe(false);
    expect(read, text).toMatchObject({ why });
  }
});

it("a schema has a depth at which it is given up", () => {
  let schema: object = {};
  for (let i = 0; i < 100; i++) schema = { items: schema };
  expect(faultOf(schema)?.why).toBe("schema.deep");
});
