import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Below this, packing saves less than the header that tells of it. */
const WORTH_PACKING_BYTES = 1024;

/** Puts `.br` and `.gz` beside every file that gets smaller by it: the hub only has to choose. */
function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    enforce: "post",
    generateBundle: {
      // Last: Vite itself still writes into the chunks that import others.
      order: "post",
      handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          const source = Buffer.from(file.type === "chunk" ? file.code : file.source);
          if (source.length < WORTH_PACKING_BYTES || !/\.(js|css|html|svg|json)$/.test(file.fileName))
            continue;
          const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
          const forms = { br: brotliCompressSync(source, { params }), gz: gzipSync(source, { level: 9 }) };
          for (const [ending, form] of Object.entries(forms)) {
            this.emitFile({ type: "asset", fileName: `${file.fileName}.${ending}`, source: form });
          }
        }
      },
    },
  };
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// While developing, `npm run dev` shows the app from its sources and asks this hub for everything else.
const HUB = process.env["ALBUMEN_HUB"] ?? "http://localhost:8230";

export default defineConfig({
  root: here("./app"),
  plugins: [svelte({ configFile: here("./svelte.config.js") }), packed()],
  // Tests of state run in Node, with the code that ships to browsers.
  ...(process.env["VITEST"] && { resolve: { conditions: ["browser"] } }),
  build: {
    // The hub compiles this folder into its program (crates/http-web).
    outDir: here("../crates/http-web/built/app"),
    emptyOutDir: true,
    target: ["chrome111", "firefox114", "safari16.4"],
    // As `data:` addresses, small files would need a hole in the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 400,
  },
  server: { proxy: { "/api": { target: HUB }, "/tus": { target: HUB } } },
  test: {
    projects: [
      {
        extends: true,
        test: { name: "unit", root: here("./app"), include: ["src/**/*.test.ts"], environment: "node" },
      },
      {
        extends: true,
        test: {
          name: "browser",
          root: here("./e2e"),
          include: ["**/*.test.ts"],
          environment: "node",
          testTimeout: 180_000,
          hookTimeout: 600_000,
          // One hub and one browser at a time: two cores, and pictures to decode.
          fileParallelism: false,
        },
      },
    ],
  },
});
