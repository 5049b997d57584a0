import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { openBrowser, type Size, SIZES, Visitor } from "./browser";
import { Caller, corpus, OWNER, type RunningHub, startHub } from "./hub";

/** Every day's shapes and some oddities; what is heavy to decode is tried elsewhere. */
const FOLDERS = ["cameras", "metadata", "stills", "video"];
const SHOWN = /\.(jpe?g|webp|gif|mp4)$/i;
/** With a place in it. */
const PHONE_PICTURE = "heic/iphone_15_pro.heic";

const pictures = corpus();

describe.skipIf(!pictures)("with real pictures", () => {
  let hub: RunningHub;
  let browser: Browser;
  let sam: Caller;
  const ids = new Map<string, string>();

  beforeAll(async () => {
    [hub, browser] = await Promise.all([startHub(), openBrowser()]);
    sam = await Caller.claim(hub);
    for (const folder of FOLDERS) {
      for (const name of readdirSync(join(pictures ?? "", folder)).sort()) {
        const path = join(pictures ?? "", folder, name);
        if (SHOWN.test(name) && statSync(path).isFile()) ids.set(name, await sam.put(path));
      }
    }
    ids.set(PHONE_PICTURE, await sam.put(join(pictures ?? "", PHONE_PICTURE)));
    await sam.described([...new Set(ids.values())]);
  });

  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  const id = (name: string): string => {
    const found = ids.get(name);
    if (!found) throw new Error(`${name} is not in the corpus`);
    return found;
  };

  async function photos(size: Size = "desktop"): Promise<Visitor> {
    const visitor = await Visitor.open(browser, hub.url, SIZES[size]);
    await visitor.signIn();
    await visitor.page.getByRole("link", { name: "Photos" }).first().click();
    await visitor.page.locator("[data-photo]").first().waitFor();
    return visitor;
  }

  test("home says that all is safe, and shows the latest", async () => {
    const visitor = await Visitor.open(browser, hub.url);
    await visitor.signIn();
    const { assets } = await sam.ask<{ assets: number }>("/api/v1/protection");
    await visitor.page.getByText(`All ${assets} items safe`).waitFor();
    expect(await visitor.page.locator("a[href^='/photos/']").count()).toBe(24);
    await visitor.close();
  });

  test("every picture is in the timeline, with the miniature first and nothing jumps", async () => {
    const visitor = await photos();
    const { page } = visitor;
    await page.getByRole("slider", { name: "Date" }).focus();
    const seen = new Set<string>();
    for (let turn = 0; turn < 60; turn += 1) {
      const tiles = page.locator("[data-photo]");
      for (const one of await tiles.all()) seen.add((await one.getAttribute("data-photo")) ?? "");
      const place = await page.evaluate(() => {
        const scroller = document.querySelector(".scroller");
        if (!scroller) return { top: 0, end: 0 };
        return { top: scroller.scrollTop, end: scroller.scrollHeight - scroller.clientHeight };
      });
      if (place.top >= place.end - 1) break;
      await page.keyboard.press("PageDown");
      await page.waitForFunction(
        (top) => (document.querySelector(".scroller")?.scrollTop ?? 0) > top,
        place.top,
      );
    }
    expect(seen.size).toBe(new Set(ids.values()).size);
    await visitor.close();
  });

  test("the viewer goes on, shows facts, enlarges, and leaves where it was", async () => {
    const visitor = await photos();
    const { page } = visitor;
    await page.goto(`/photos/${id("Apple_iPhone_4.jpg")}`);
    await page.getByRole("img", { name: "Picture", exact: true }).waitFor();
    await page.keyboard.press("i");
    await page.getByText("iPhone 4", { exact: false }).first().waitFor();
    await page.getByText("Apple_iPhone_4.jpg").waitFor();
    await page.getByText("Trips/2026").waitFor();
    await page.getByText(/ISO \d+/).waitFor();
    await visitor.expectGood("viewer with facts");
    await visitor.shot("viewer-facts-desktop");
    const before = page.url();
    await page.keyboard.press("ArrowRight");
    await page.waitForURL((url) => url.href !== before);
    await page.keyboard.press("ArrowLeft");
    await page.waitForURL(before);
    await page.keyboard.press("+");
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLImageElement>(".stage img")].some(
        (image) => image.src.includes("full-size") && image.complete && image.naturalWidth > 0,
      ),
    );
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download original" }).click();
    expect((await download).suggestedFilename()).toBe("Apple_iPhone_4.jpg");
    await page.keyboard.press("Escape");
    await page.waitForURL(`${hub.url}/photos`);
    await visitor.close();
  });

  test("the map link asks for the place and nothing is asked before", async () => {
    const visitor = await photos();
    const { page } = visitor;
    await page.goto(`/photos/${id(PHONE_PICTURE)}`);
    await page.getByRole("button", { name: "Details" }).click();
    const link = page.getByRole("link", { name: "Open map" });
    expect(await link.getAttribute("href")).toMatch(
      /^https:\/\/www\.openstreetmap\.org\/\?mlat=-?[\d.]+&mlon=-?[\d.]+/,
    );
    expect(await link.getAttribute("rel")).toBe("noreferrer");
    await visitor.close();
  });

  test("a film plays, and is sought in", async () => {
    const visitor = await photos();
    const { page } = visitor;
    await page.goto(`/photos/${id("christmas.mp4")}`);
    const video = page.locator("video");
    // Films are made to play everywhere when they are first asked for.
    await video.waitFor({ timeout: 150_000 });
    await page.waitForFunction(() => (document.querySelector("video")?.readyState ?? 0) >= 2);
    const sought = await video.evaluate(async (film: HTMLVideoElement) => {
      film.pause();
      film.currentTime = film.duration / 2;
      await new Promise((resolve) => film.addEventListener("seeked", resolve, { once: true }));
      return film.currentTime / film.duration;
    });
    expect(sought).toBeGreaterThan(0.4);
    await visitor.close();
  });

  test("on a phone a swipe goes on, and one downwards closes", async () => {
    const visitor = await photos("phone");
    const { page } = visitor;
    await page.locator("[data-photo]").first().tap();
    await page.waitForURL(/\/photos\/.+/);
    await page.locator(".stage").waitFor();
    await visitor.shot("viewer-phone");
    const before = page.url();
    await swipe(visitor, -200, 0);
    await page.waitForURL((url) => url.href !== before && url.pathname.startsWith("/photos/"));
    await swipe(visitor, 0, 300);
    await page.waitForURL(`${hub.url}/photos`);
    await visitor.close();
  });

  test("on a phone a finger that stays begins a selection, and taps go on with it", async () => {
    const visitor = await photos("phone");
    const { page } = visitor;
    const tiles = page.locator("[data-photo]");
    const box = await tiles.nth(0).boundingBox();
    const session = await page.context().newCDPSession(page);
    const point = { x: (box?.x ?? 0) + 40, y: (box?.y ?? 0) + 60 };
    await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
    await page.getByText("1 selected").waitFor();
    await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    await tiles.nth(1).tap();
    await page.getByText("2 selected").waitFor();
    expect(page.url()).toBe(`${hub.url}/photos`);
    await visitor.shot("selection-phone");
    await visitor.close();
  });

  test("days and ranges are selected, go to the trash, and come back", async () => {
    const visitor = await photos();
    const { page } = visitor;
    const marks = page.getByRole("checkbox", { name: "Select", exact: true });
    await marks.nth(0).click();
    await marks.nth(3).click({ modifiers: ["Shift"] });
    await page.getByText("4 selected").waitFor();
    await visitor.shot("selection-desktop");
    await visitor.expectGood("selection");
    const [first] = await page
      .locator("[data-photo]")
      .evaluateAll((all) => all.map((one) => one.dataset["photo"]));
    await page.getByRole("button", { name: "Move to trash" }).click();
    await page.getByText("4 items moved to the trash").waitFor();
    expect(await page.locator(`[data-photo="${first ?? ""}"]`).count()).toBe(0);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("4 items brought back").waitFor();
    await page.locator(`[data-photo="${first ?? ""}"]`).waitFor();
    await page
      .getByRole("checkbox", { name: /^Select .+\d/ })
      .first()
      .click();
    await page.getByRole("toolbar").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("toolbar").waitFor({ state: "detached" });
    await visitor.close();
  });

  test("an album from making to deleting", async () => {
    const visitor = await photos();
    const { page } = visitor;
    await page.getByRole("checkbox", { name: "Select", exact: true }).nth(1).click();
    await page.getByRole("button", { name: "Add to album" }).click();
    await page.getByLabel("Name of the album").fill("Best of\u00a0the summer at the lake, with everybody");
    await visitor.expectGood("album picker");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByText(/1 picture added to/).waitFor();
    await page.getByRole("link", { name: "Albums" }).first().click();
    await page.getByRole("link", { name: /Best of/ }).click();
    await page.locator("[data-photo]").first().waitFor();
    await visitor.expectGood("album");
    await visitor.shot("album-desktop");
    await page.getByRole("button", { name: "Rename" }).click();
    await page.getByLabel("Name of the album").fill("The best");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { name: "The best" }).waitFor();
    await page.getByRole("checkbox", { name: "Select", exact: true }).first().click();
    await page.getByRole("button", { name: "Remove from album" }).click();
    await page.getByRole("heading", { name: "This album is empty" }).waitFor();
    await page.getByRole("button", { name: "Delete album" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete album" }).click();
    await page.getByText("No albums yet").waitFor();
    await visitor.close();
  });

  test("the trash gives back and deletes for good, after asking", async () => {
    await sam.post("/api/v1/assets/trash", { asset_ids: [id("jolla.jpg"), id("gopro_hd2.jpg")] });
    const visitor = await Visitor.open(browser, hub.url, SIZES.phone);
    await visitor.signIn();
    const { page } = visitor;
    await page.getByRole("link", { name: "Trash" }).first().click();
    await page.getByText("jolla.jpg").waitFor();
    await visitor.expectGood("trash");
    await visitor.shot("trash-phone");
    await page.getByRole("button", { name: "Bring back" }).first().click();
    await page.getByText("Brought back").waitFor();
    await page.getByRole("button", { name: "Delete for good" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Delete for good" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete for good" }).click();
    await page.getByText("The trash is empty").waitFor();
    await visitor.close();
  });

  const screens = {
    home: "/",
    photos: "/photos",
    albums: "/albums",
    spaces: "/spaces",
    devices: "/devices",
    share: "/share",
    trash: "/trash",
    settings: "/settings",
    nothing: "/none",
  };
  const looks = Object.keys(SIZES).flatMap((size) =>
    ["light", "dark"].map((colours) => ({ size: size as Size, colours })),
  );

  test.each(looks)("every screen is good at $size size in $colours", async ({ size, colours }) => {
    const options = {
      ...SIZES[size],
      colorScheme: colours as "light" | "dark",
      reducedMotion: "reduce" as const,
    };
    const visitor = await Visitor.open(browser, hub.url, options);
    await visitor.signIn();
    for (const [name, path] of Object.entries(screens)) {
      await visitor.page.goto(path);
      await visitor.page.waitForLoadState("networkidle");
      await visitor.shot(`${name}-${size}-${colours}`);
      await visitor.expectGood(`${name} ${size} ${colours}`);
    }
    await visitor.close();
  });

  test("another person sees none of it", async () => {
    await sam.post("/api/v1/users", { name: "Kim", role: "member", password: OWNER.password });
    const visitor = await Visitor.open(browser, hub.url);
    const { page } = visitor;
    await page.goto("/");
    await page.getByLabel("Name", { exact: true }).fill("Kim");
    await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Bring in your first pictures" }).waitFor();
    await page.goto(`/photos/${id("jolla.jpg")}`);
    await page.waitForURL(`${hub.url}/photos`);
    await page.getByText("No pictures yet").waitFor();
    await visitor.close();
  });
});

/** A finger that goes from the middle of the screen. */
async function swipe({ page }: Visitor, dx: number, dy: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const [x, y] = [195, 420];
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", share: number) =>
    session.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: type === "touchEnd" ? [] : [{ x: x + dx * share, y: y + dy * share }],
    });
  await touch("touchStart", 0);
  for (const share of [0.2, 0.4, 0.6, 0.8, 1]) await touch("touchMove", share);
  await touch("touchEnd", 1);
}
