import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

import svelteConfig from "./svelte.config.js";

/** A component that is longer does several things: the house's budget. */
const COMPONENT_MAX_LINES = 200;

export default ts.config(
  { ignores: ["app/src/api/schema.d.ts", "node_modules/"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    rules: {
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "no-console": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      // The compiler already knows which names exist.
      "no-undef": "off",
    },
  },
  {
    files: ["**/*.svelte"],
    rules: {
      "max-lines": ["error", { max: COMPONENT_MAX_LINES, skipBlankLines: true }],
      // The compiler wraps a component's script in a function that the rule would count.
      "max-lines-per-function": "off",
      // Addresses are made in one place, src/lib/route.ts; there is no base path to resolve.
      "svelte/no-navigation-without-resolve": "off",
    },
  },
  { files: ["**/*.test.ts", "e2e/**"], rules: { "max-lines-per-function": "off" } },
);
