import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { openBrowser, SIZES, Visitor } from "./browser";
import { Caller, OWNER, type RunningHub, startHub } from "./hub";

const KEPT = { serviceWorkers: "allow" } as const;

let hub: RunningHub;
let browser: Browser;
let sam: Caller;

beforeAll(async () => {
  [hub, browser] = await Promise.all([startHub(), openBrowser()]);
  sam = await Caller.claim(hub);
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

/** The app is kept, and this page is the service worker's. */
async function kept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active?.state === "activated" && navigator.serviceWorker.controller) return;
    await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
  });
}

test("the manifest has everything that browsers ask for, and its icons are what it says", async () => {
  const manifest = (await (await fetch(`${hub.url}/app.webmanifest`)).json()) as {
    icons: { src: string; sizes: string; purpose?: string }[];
    share_target: { action: string; method: string };
    display: string;
  };
  expect(manifest.display).toBe("standalone");
  expect(manifest.icons.some(({ purpose }) => purpose === "maskable")).toBe(true);
  expect(manifest.share_target).toMatchObject({ action: "/share", method: "POST" });
  for (const { src, sizes } of manifest.icons.filter(({ src }) => src.endsWith(".png"))) {
    const answer = await fetch(hub.url + src);
    expect(answer.headers.get("content-type"), src).toBe("image/png");
    const bytes = Buffer.from(await answer.arrayBuffer());
    // Width and height of a PNG (its specification, 11.2.2).
    expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, src).toBe(sizes);
    expect(bytes.length, src).toBeLessThan(20_000);
  }
});

test("the app opens when the hub is away, says so, and goes on when it is back", async () => {
  const visitor = await Visitor.open(browser, hub.url, { ...SIZES.phone, ...KEPT });
  const { page } = visitor;
  await visitor.signIn();
  await kept(page);
  await page.context().setOffline(true);
  for (const path of ["/", "/photos", "/albums"]) {
    await page.goto(path);
    await page.getByRole("heading", { name: "Your hub does not answer" }).waitFor();
  }
  await visitor.expectGood("away, from what is kept");
  await page.context().setOffline(false);
  await page.getByRole("heading", { name: "Albums", exact: true }).waitFor();
  await page.context().close();
});

test("nothing that is somebody's is ever kept, and versions before the last go", async () => {
  const visitor = await Visitor.open(browser, hub.url, KEPT);
  const { page } = visitor;
  await page.goto("/theme.js");
  // As two versions before would have left them.
  await page.evaluate(async () => {
    for (const name of ["albumen-app-1", "albumen-app-2", "of-somebody-else"]) await caches.open(name);
  });
  await visitor.signIn();
  await kept(page);
  for (const path of ["/photos", "/settings", "/spaces", "/"]) {
    await page.goto(path);
    await page.waitForLoadState("networkidle");
  }
  const { names, addresses } = await page.evaluate(async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return { names, addresses: requests.flat().map(({ url }) => new URL(url).pathname) };
  });
  expect(names).not.toContain("albumen-app-1");
  expect(names).toEqual(expect.arrayContaining(["albumen-app-2", "of-somebody-else"]));
  expect(names.filter((name) => name.startsWith("albumen-app-"))).toHaveLength(2);
  expect(addresses.length).toBeGreaterThan(5);
  expect(addresses.filter((path) => /^\/(api|tus)/.test(path))).toEqual([]);
  await visitor.close();
});

test("what another app shares waits, and goes where its person says", async () => {
  const visitor = await Visitor.open(browser, hub.url, { ...SIZES.phone, ...KEPT });
  const { page } = visitor;
  await visitor.signIn();
  await kept(page);
  await page.goto("/share");
  await page.getByRole("heading", { name: "Nothing is waiting" }).waitFor();
  // As the system hands it over: a form, posted to the manifest's address.
  await Promise.all([
    page.waitForURL(`${hub.url}/share`),
    page.evaluate(async () => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [320, 200];
      const pencil = canvas.getContext("2d");
      if (pencil) {
        pencil.fillStyle = "#c60";
        pencil.fillRect(0, 0, 320, 200);
      }
      const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
      const bag = new DataTransfer();
      bag.items.add(new File([blob ?? ""], "from another app.png", { type: "image/png" }));
      const form = Object.assign(document.createElement("form"), {
        method: "post",
        action: "/share",
        enctype: "multipart/form-data",
      });
      const input = Object.assign(document.createElement("input"), { type: "file", name: "files" });
      input.files = bag.files;
      form.append(input);
      document.body.append(form);
      form.submit();
    }),
  ]);
  await page.getByRole("heading", { name: "Share to Albumen" }).waitFor();
  await page.getByAltText("from another app.png").waitFor();
  await visitor.expectGood("share");
  await visitor.shot("share-phone");
  // It waits over a reload.
  await page.reload();
  await page.getByRole("button", { name: /^Send 1 item/ }).click();
  await page.getByText("It is on the hub").waitFor();
  const spaces = await sam.ask<{ items: { id: string; kind: string }[] }>("/api/v1/spaces");
  const own = spaces.items.find(({ kind }) => kind === "my");
  await sam.ask(
    `/api/v1/spaces/${own?.id ?? ""}/lookup?path=${encodeURIComponent("Shared/from another app.png")}`,
  );
  await page.goto("/share");
  await page.getByRole("heading", { name: "Nothing is waiting" }).waitFor();
  await visitor.close();
});

test("over plain http everything works but what browsers keep for https, and that is said", async () => {
  const address = hub.url.replace("127.0.0.1", "hub.home");
  const named = await openBrowser(["--host-resolver-rules=MAP hub.home 127.0.0.1"]);
  const visitor = await Visitor.open(named, address, SIZES.phone);
  await visitor.signIn();
  await visitor.page.goto("/settings");
  await visitor.page.getByText("Browsers make apps of pages").waitFor();
  expect(await visitor.page.evaluate(() => isSecureContext)).toBe(false);
  await visitor.page.getByRole("heading", { name: OWNER.name }).waitFor();
  await visitor.close();
  await named.close();
});
