import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
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
    // Vite still writes into the chunks while bundles are generated: what is read here is final.
    generateBundle: {
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

/** How much the app may be before it shows something, compressed, in bytes. */
const INITIAL_MAX_BYTES = 150_000;

/** Fails the build when the first screen has to wait for too much JavaScript: load big screens by `import()`. */
function budget(): Plugin {
  return {
    name: "budget",
    apply: "build",
    enforce: "post",
    // Vite still writes into the chunks while bundles are generated: what is read here is final.
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const initial = new Set<string>();
        const take = (name: string) => {
          const chunk = bundle[name];
          if (chunk?.type !== "chunk" || initial.has(name)) return;
          initial.add(name);
          chunk.imports.forEach(take);
        };
        for (const file of Object.values(bundle))
          if (file.type === "chunk" && file.isEntry) take(file.fileName);
        const size = (name: string) => {
          const chunk = bundle[name];
          return chunk?.type === "chunk" ? brotliCompressSync(chunk.code).length : 0;
        };
        const bytes = [...initial].reduce((sum, name) => sum + size(name), 0);
        if (bytes > INITIAL_MAX_BYTES) {
          this.error(
            `the first screen waits for ${bytes} bytes of JavaScript; at most ${INITIAL_MAX_BYTES} may be`,
          );
        }
      },
    },
  };
}

/** What the service worker keeps besides what was built: the files of app/public that the app itself uses. */
const KEPT = ["/", "/theme.js", "/icon.svg", "/icon-192.png", "/app.webmanifest"];

/** Writes the service worker, with the list of what it keeps and a version that changes with any of it. */
function offline(): Plugin {
  return {
    name: "offline",
    apply: "build",
    enforce: "post",
    // Vite still writes into the chunks while bundles are generated: what is read here is final.
    generateBundle: {
      order: "post",
      async handler(_options, bundle) {
        const source = await readFile(here("./app/src/offline/service-worker.js"), "utf8");
        const version = createHash("sha256").update(source);
        const files = [...KEPT];
        for (const file of Object.values(bundle).sort((a, b) => (a.fileName < b.fileName ? -1 : 1))) {
          if (/\.(br|gz)$/.test(file.fileName)) continue;
          version.update(file.fileName).update(file.type === "chunk" ? file.code : file.source);
          if (file.fileName !== "index.html") files.push(`/${file.fileName}`);
        }
        for (const path of KEPT.slice(1)) version.update(await readFile(here(`./app/public${path}`)));
        const written = source
          .replace("__VERSION__", version.digest("hex").slice(0, 16))
          .replace('["__FILES__"]', JSON.stringify(files));
        this.emitFile({ type: "asset", fileName: "sw.js", source: written });
      },
    },
  };
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// While developing, `npm run dev` shows the app from its sources and asks this hub for everything else.
const HUB = process.env["ALBUMEN_HUB"] ?? "http://localhost:8230";

export default defineConfig({
  root: here("./app"),
  plugins: [svelte({ configFile: here("./svelte.config.js") }), budget(), offline(), packed()],
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
