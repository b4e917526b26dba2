import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: ['packages/*', 'apps/*', 'tools/*', 'examples/*'].map((pattern) => ({
      test: { name: pattern, include: [`${pattern}/test/**/*.test.ts`], exclude: ['**/node_modules/**', '**/*.browser.test.ts'], testTimeout: 30_000, hookTimeout: 60_000 },
    })),
  },
});
