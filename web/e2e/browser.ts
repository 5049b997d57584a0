/** A browser that sees the app as people do, and notes everything that should not happen. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import type axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

import { OWNER } from "./hub";

declare global {
  interface Window {
    axe: typeof axe;
  }
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Where screenshots go, when somebody wants to look at them. */
const SHOTS = process.env["ALBUMEN_SCREENSHOTS"];

/** The sizes that everything must work at. */
export const SIZES = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1440, height: 900 } },
} satisfies Record<string, BrowserContextOptions>;

export type Size = keyof typeof SIZES;

/** The system's Chromium, with further arguments. */
export function openBrowser(further: string[] = []): Promise<Browser> {
  const found =
    process.env["ALBUMEN_CHROMIUM"] ?? execFileSync("which", ["chromium"], { encoding: "utf8" }).trim();
  // Whoever runs this as root is in a container already.
  const args = [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), ...further];
  return chromium.launch({ executablePath: found, args });
}

/** A person at a browser. */
export class Visitor {
  readonly page: Page;
  readonly #url: string;
  readonly #wrong: string[] = [];

  private constructor(page: Page, url: string) {
    this.page = page;
    this.#url = url;
    page.on("pageerror", (error) => this.#wrong.push(`page: ${error.message}`));
    page.on("console", (message) => {
      // A refusal is an answer; the browser's own line about it says nothing that the app does not.
      const refusal = /Failed to load resource: the server responded/.test(message.text());
      if (message.type() === "error" && !refusal) this.#wrong.push(`console: ${message.text()}`);
    });
    page.on("request", (request) => {
      const own = /^(data|blob):/.test(request.url()) || request.url().startsWith(url);
      if (!own) this.#wrong.push(`somebody else's address: ${request.url()}`);
    });
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({
      locale: "en-GB",
      baseURL: url,
      // What a test puts between page and hub is to be asked, not what a worker kept.
      serviceWorkers: "block",
      ...SIZES.desktop,
      ...options,
    });
    return new Visitor(await context.newPage(), url);
  }

  async signIn(password: string = OWNER.password, name: string = OWNER.name): Promise<void> {
    const { page } = this;
    await page.goto("/");
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: `Hello, ${name}` }).waitFor();
  }

  /** Nothing went wrong behind the scenes: no errors, no blocked script or style, nobody else asked. */
  expectQuiet(): void {
    expect(this.#wrong).toEqual([]);
  }

  /** The screen can be used by everybody (axe), and nothing sticks out at the side. */
  async expectGood(name: string): Promise<void> {
    // The app's own policy keeps strangers' scripts out of the page; this one comes in by the debugger.
    await this.page.evaluate(AXE);
    const found = await this.page.evaluate(async () => {
      const { violations } = await window.axe.run({ resultTypes: ["violations"] });
      return violations.map(
        (one) =>
          `${one.id}: ${one.nodes.map((node) => `${node.html} ${node.failureSummary ?? ""}`).join(" | ")}`,
      );
    });
    expect(found, name).toEqual([]);
    const wide = await this.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(wide, `${name}: sticks out`).toBeLessThanOrEqual(0);
  }

  /** Keeps a picture of the screen for whoever wants to look. */
  async shot(name: string): Promise<void> {
    if (!SHOTS) return;
    mkdirSync(SHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SHOTS, `${name}.png`) });
  }

  async close(): Promise<void> {
    this.expectQuiet();
    await this.page.context().close();
  }

  get url(): string {
    return this.#url;
  }
}
