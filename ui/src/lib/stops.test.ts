import { expect, it } from "vitest";
import { STOPS_AT_MOST } from "./request.ts";
import { ENDS, endOf, LANGUAGES, stopsOf } from "./stops.ts";

it("every end of every language is one that the server takes, and is known again", () => {
  for (const language of LANGUAGES) {
    for (const end of ENDS) {
      const stops = stopsOf(language, end);
      expect(stops.length).toBeLessThanOrEqual(STOPS_AT_MOST);
      expect(endOf(language, stops)).toBe(end);
    }
  }
  expect(endOf("python", ["mine"])).toBeUndefined();
});
