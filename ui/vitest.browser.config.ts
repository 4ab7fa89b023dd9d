import { defineConfig } from "vitest/config";

// The program itself, in a real browser: one test after the other, as they share its model.
export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 90_000,
    hookTimeout: 90_000,
  },
});
