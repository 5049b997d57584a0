import { get } from "node:http";

import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { openBrowser, type Size, SIZES, Visitor } from "./browser";
import { Caller, OWNER, type RunningHub, startHub } from "./hub";

/** As long as names may become, without a place to break. */
const LONG = `${"Donaudampfschifffahrtsgesellschaft".repeat(5)} end`;

const SCREENS: Record<string, string> = {
  home: "/",
  photos: "/photos",
  albums: "/albums",
  spaces: "/spaces",
  devices: "/devices",
  trash: "/trash",
  settings: "/settings",
  share: "/share",
  nothing: "/none",
};

let hub: RunningHub;
let browser: Browser;

beforeAll(async () => {
  [hub, browser] = await Promise.all([startHub(), openBrowser()]);
  const sam = await Caller.claim(hub);
  const { id } = await sam.post<{ id: string }>("/api/v1/spaces", { name: LONG });
  SCREENS["space"] = `/spaces/${id}`;
  await sam.post("/api/v1/albums", { name: LONG });
  await sam.post("/api/v1/users", { name: LONG, role: "member", password: OWNER.password });
  await Caller.device(hub, OWNER.name, OWNER.password, LONG);
  const file = await sam.ask<{ entry_id: string }>("/api/v1/files", {
    method: "PUT",
    headers: { "Albumen-Filename": encodeURIComponent(`${LONG}.txt`) },
    body: "gone",
  });
  await sam.ask(`/api/v1/entries/${file.entry_id}`, { method: "DELETE" });
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

async function open(size: Size, options: BrowserContextOptions = {}): Promise<Visitor> {
  const visitor = await Visitor.open(browser, hub.url, { ...SIZES[size], ...options });
  await visitor.signIn();
  return visitor;
}

async function show(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.waitForLoadState("networkidle");
}

/** What sticks out at a side, is cut off, or lies over something else that can be pressed. */
async function crowded(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const seen = (element: Element) =>
      element.checkVisibility({ visibilityProperty: true }) && !element.closest(".hidden, .skip, [inert]");
    const name = (element: Element) =>
      `${element.tagName} ${(element.textContent ?? "").trim().slice(0, 40)}`;
    const all = [...document.querySelectorAll("a, button, input, select, h1, h2, h3, p, label, code")];
    const shown = all.filter(seen);
    const wrong = shown.flatMap((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      if (width === 0) return [];
      const out = left < -1 || right > document.documentElement.clientWidth + 1;
      const style = getComputedStyle(element);
      const cut = style.overflowX === "hidden" && style.textOverflow !== "ellipsis";
      const isCut = cut && element.scrollWidth > element.clientWidth + 1;
      return out || isCut ? [`${out ? "sticks out" : "is cut off"}: ${name(element)}`] : [];
    });
    const pressed = shown.filter((element) => element.matches("a, button, input:not(.hidden), select"));
    // What lies in a part of its own that scrolls is not beside what stands in the frame.
    const frame = (element: Element) => element.closest("main, header, nav");
    pressed.forEach((one, at) => {
      for (const other of pressed.slice(at + 1)) {
        if (one.contains(other) || other.contains(one) || frame(one) !== frame(other)) continue;
        const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (wide > 2 && high > 2) wrong.push(`overlap: ${name(one)} and ${name(other)}`);
      }
    });
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide > 0) wrong.push(`the page scrolls sideways by ${wide}`);
    return wrong;
  });
}

test("twice as large text fits on a phone, with the longest names", async () => {
  const visitor = await open("phone");
  const { page } = visitor;
  await page.addInitScript(() => {
    addEventListener("DOMContentLoaded", () => (document.documentElement.style.fontSize = "200%"));
  });
  const wrong: string[] = [];
  for (const [name, path] of Object.entries(SCREENS)) {
    await show(page, path);
    wrong.push(...(await crowded(page)).map((what) => `${name}: ${what}`));
    await visitor.shot(`large-text-${name}`);
  }
  expect(wrong).toEqual([]);
  await visitor.close();
});

test.each(Object.keys(SIZES) as Size[])("the longest names fit at %s size", async (size) => {
  const visitor = await open(size);
  const wrong: string[] = [];
  for (const [name, path] of Object.entries(SCREENS)) {
    await show(visitor.page, path);
    wrong.push(...(await crowded(visitor.page)).map((what) => `${name}: ${what}`));
    await visitor.shot(`long-names-${name}-${size}`);
  }
  expect(wrong).toEqual([]);
  await visitor.close();
});

test("nothing breaks where people write from right to left", async () => {
  const visitor = await open("phone");
  await visitor.page.addInitScript(() => {
    addEventListener("DOMContentLoaded", () => (document.documentElement.dir = "rtl"));
  });
  const wrong: string[] = [];
  for (const [name, path] of Object.entries(SCREENS)) {
    await show(visitor.page, path);
    wrong.push(...(await crowded(visitor.page)).map((what) => `${name}: ${what}`));
  }
  expect(wrong).toEqual([]);
  await visitor.shot("right-to-left");
  await visitor.close();
});

/** Goes through a screen with the tabulator; tells what cannot be reached, and where nobody sees where they are. */
async function tabThrough(page: Page): Promise<string[]> {
  const wrong: string[] = [];
  await page.evaluate(() => {
    const can = "a[href], button:not(:disabled), input:not(:disabled), select, [tabindex='0']";
    for (const one of document.querySelectorAll<HTMLElement>(can)) {
      const hidden = !one.checkVisibility({ visibilityProperty: true }) || one.closest("[inert]");
      // Of radio buttons the tabulator goes to the chosen one; arrows go on from there.
      const unchosen = one instanceof HTMLInputElement && one.type === "radio" && !one.checked;
      if (!hidden && !unchosen && one.tabIndex >= 0) one.dataset["reach"] = "";
    }
    (document.activeElement as HTMLElement | null)?.blur();
  });
  const count = await page.locator("[data-reach]").count();
  for (let turn = 0; turn < count + 5; turn += 1) {
    await page.keyboard.press("Tab");
    const seen = await page.evaluate(() => {
      const now = document.activeElement;
      if (!(now instanceof HTMLElement) || now === document.body) return undefined;
      delete now.dataset["reach"];
      const marked = (element: Element | null): boolean => {
        if (!element || element === document.body) return false;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || marked(element.parentElement);
      };
      const { top, bottom, height } = now.getBoundingClientRect();
      const inside = height === 0 || (bottom > 0 && top < innerHeight);
      return marked(now) && inside ? undefined : `no mark: ${now.outerHTML.slice(0, 120)}`;
    });
    if (seen) wrong.push(seen);
  }
  const missed = await page
    .locator("[data-reach]")
    .evaluateAll((all) => all.map((one) => one.outerHTML.slice(0, 120)));
  return [...wrong, ...missed.map((what) => `not reached: ${what}`)];
}

test.each(Object.keys(SIZES) as Size[])(
  "every screen is used with the keyboard alone, at %s size",
  async (size) => {
    const visitor = await open(size);
    const wrong: string[] = [];
    for (const [name, path] of Object.entries(SCREENS)) {
      await show(visitor.page, path);
      wrong.push(...(await tabThrough(visitor.page)).map((what) => `${name}: ${what}`));
    }
    expect(wrong).toEqual([]);
    await visitor.close();
  },
);

test("a dialog takes the keyboard, and gives it back where it was", async () => {
  const visitor = await open("desktop");
  const { page } = visitor;
  await show(page, "/albums");
  await page.getByRole("button", { name: "New album" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  for (let turn = 0; turn < 8; turn += 1) {
    await page.keyboard.press("Tab");
    const where = await page.evaluate(() => {
      const now = document.activeElement;
      // The browser's own frame may have its turn; nothing behind the dialog may.
      return now === document.body || now?.closest("dialog") !== null;
    });
    expect(where).toBe(true);
  }
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const text = await page.evaluate(() => document.activeElement?.textContent?.trim());
  expect(text).toBe("New album");
  await visitor.close();
});

test("who wants less motion gets none", async () => {
  const visitor = await open("desktop", { reducedMotion: "reduce" });
  for (const path of Object.values(SCREENS)) {
    await show(visitor.page, path);
    const moving = await visitor.page.evaluate(() =>
      [...document.querySelectorAll("*")].flatMap((element) => {
        const { transitionDuration, animationDuration } = getComputedStyle(element);
        const long = `${transitionDuration}, ${animationDuration}`
          .split(", ")
          .some((time) => parseFloat(time) > 0.01);
        return long ? [element.outerHTML.slice(0, 120)] : [];
      }),
    );
    expect(moving, path).toEqual([]);
  }
  await visitor.close();
});

test("the policy lets nothing in but the app's own files, and no screen breaks it", async () => {
  const visitor = await open("desktop");
  const { page } = visitor;
  const broken: string[] = [];
  await page.exposeFunction("broke", (what: string) => broken.push(what));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      const told = (window as unknown as { broke: (what: string) => void }).broke;
      told(`${violatedDirective} ${blockedURI} at ${location.pathname}`);
    });
  });
  for (const path of Object.values(SCREENS)) {
    const answer = await page.goto(path);
    const policy = answer?.headers()["content-security-policy"] ?? "";
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "frame-ancestors 'none'",
    ]) {
      expect(policy, path).toContain(rule);
    }
    expect(policy, path).not.toMatch(/unsafe|https?:|\*/);
    await page.waitForLoadState("networkidle");
    const inline = await page.evaluate(
      () => document.querySelectorAll("script:not([src]), style, [onclick], [onload], [onerror]").length,
    );
    expect(inline, path).toBe(0);
  }
  expect(broken).toEqual([]);
  // The listener does hear: a stranger's script is refused, and told.
  await page.evaluate(() => {
    document.head.append(Object.assign(document.createElement("script"), { textContent: "window.evil = 1" }));
  });
  await expect.poll(() => broken.length).toBeGreaterThan(0);
  expect(await page.evaluate(() => "evil" in window)).toBe(false);
  await page.context().close();
});

/** What comes over the wire, before anybody unpacks it. */
function onTheWire(
  path: string,
  accepted: string,
): Promise<{ coding: string; cache: string; bytes: number }> {
  return new Promise((done, failed) => {
    get(hub.url + path, { headers: { "Accept-Encoding": accepted } }, (answer) => {
      let bytes = 0;
      answer.on("data", (piece: Buffer) => (bytes += piece.length));
      answer.on("end", () =>
        done({
          coding: answer.headers["content-encoding"] ?? "",
          cache: answer.headers["cache-control"] ?? "",
          bytes,
        }),
      );
    }).on("error", failed);
  });
}

test("files with a hash are packed as the browser likes it, and kept for ever", async () => {
  const html = await (await fetch(hub.url)).text();
  const files = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? "");
  expect(files.length).toBeGreaterThan(1);
  for (const path of files) {
    const [plain, gzip, brotli] = await Promise.all(
      ["identity", "gzip", "gzip, br"].map((accepted) => onTheWire(path, accepted)),
    );
    // Packing less than that saves nothing.
    const packed = (plain?.bytes ?? 0) >= 1024;
    expect([plain?.coding, gzip?.coding, brotli?.coding], path).toEqual(
      packed ? ["", "gzip", "br"] : ["", "", ""],
    );
    expect(plain?.cache, path).toBe("public, max-age=31536000, immutable");
    if (!packed) continue;
    expect(gzip?.bytes, path).toBeLessThan(plain?.bytes ?? 0);
    expect(brotli?.bytes, path).toBeLessThan(gzip?.bytes ?? 0);
  }
  // What has no hash is asked for each time, the service worker first of all.
  for (const path of ["/", "/sw.js", "/theme.js", "/app.webmanifest"]) {
    expect((await onTheWire(path, "br")).cache, path).toBe("no-cache");
  }
});

test("the first screen needs at most 150 KB of JavaScript", async () => {
  const visitor = await Visitor.open(browser, hub.url);
  const { page } = visitor;
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const scripts = new Map<string, number>();
  const ids = new Set<string>();
  session.on("Network.responseReceived", ({ requestId, type }) => {
    if (type === "Script") ids.add(requestId);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (ids.has(requestId)) scripts.set(requestId, encodedDataLength);
  });
  await page.goto("/");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  const bytes = [...scripts.values()].reduce((sum, one) => sum + one, 0);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThanOrEqual(150_000);
  await visitor.close();
});

test("numbers and dates are written as the browser's person writes them", async () => {
  const american = await open("desktop", { locale: "en-US" });
  await show(american.page, "/trash");
  await american.page
    .getByText(/on [A-Z][a-z]{2} \d{1,2}, \d{4}/)
    .first()
    .waitFor();
  await american.close();
  const british = await open("desktop", { locale: "en-GB" });
  await show(british.page, "/trash");
  await british.page
    .getByText(/on \d{1,2} [A-Z][a-z]{2,3} \d{4}/)
    .first()
    .waitFor();
  await british.close();
});
