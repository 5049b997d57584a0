import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { openBrowser, SIZES, Visitor } from "./browser";
import { OWNER, type RunningHub, startHub } from "./hub";

let hub: RunningHub;
let browser: Browser;

beforeAll(async () => {
  [hub, browser] = await Promise.all([startHub(), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

test("from the set-up code to a home that says what to do next", async () => {
  const visitor = await Visitor.open(browser, hub.url, SIZES.phone);
  const { page } = visitor;
  await page.goto("/");
  await page.getByRole("heading", { name: "Welcome to your hub" }).waitFor();
  await visitor.expectGood("set-up");
  await visitor.shot("setup-phone");
  await page.getByLabel("Set-up code").fill("AAAA-BBBB-CCCC");
  await page.getByLabel("Your name").fill(OWNER.name);
  await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
  await page.getByRole("button", { name: "Make it mine" }).click();
  await page.getByText("This is not the code").waitFor();
  expect(await page.getByLabel("Set-up code").getAttribute("aria-invalid")).toBe("true");
  // As people type it.
  await page.getByLabel("Set-up code").fill(` ${hub.code.toLowerCase()} `);
  await page.getByRole("button", { name: "Make it mine" }).click();
  await page.getByRole("heading", { name: "Hello, Sam" }).waitFor();
  await page.getByRole("heading", { name: "Bring in your first pictures" }).waitFor();
  await page.getByText(`albumen connect ${hub.url} --user Sam`).waitFor();
  // The address of this very machine is of no use to a phone: it says so instead of showing a code.
  await page.getByText("which other devices cannot reach").waitFor();
  await visitor.expectGood("first home");
  await visitor.shot("first-home-phone");
  await visitor.close();
});

test("the code with the address is shown where other devices can reach it", async () => {
  // A name that leads here, as a hub in a network has one.
  const address = hub.url.replace("127.0.0.1", "hub.home");
  const named = await browser.browserType().launch({
    executablePath: process.env["ALBUMEN_CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--host-resolver-rules=MAP hub.home 127.0.0.1"],
  });
  const visitor = await Visitor.open(named, address);
  await visitor.signIn();
  await visitor.page.getByRole("img", { name: `Code with the address ${address}` }).waitFor();
  await visitor.shot("first-home-desktop");
  await visitor.expectGood("first home with the code");
  await visitor.close();
  await named.close();
});

test("wrong passwords are refused in words, and right ones last over a reload", async () => {
  const visitor = await Visitor.open(browser, hub.url);
  const { page } = visitor;
  await page.goto("/photos");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await visitor.expectGood("sign in");
  await visitor.shot("sign-in-desktop");
  await page.getByLabel("Name", { exact: true }).fill(OWNER.name);
  await page.getByLabel("Password", { exact: true }).fill("not this one");
  await page.keyboard.press("Enter");
  await page.getByText("The name or the password is wrong.").waitFor();
  await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
  await page.keyboard.press("Enter");
  await page.getByText("No pictures yet").waitFor();
  await page.reload();
  await page.getByText("No pictures yet").waitFor();
  // No script can read what the session hangs on.
  expect(await page.evaluate(() => document.cookie + JSON.stringify({ ...localStorage }))).toBe("{}");
  await visitor.close();
});

test("other browsers are seen and signed out, and a password is changed", async () => {
  const [here, there] = [await Visitor.open(browser, hub.url), await Visitor.open(browser, hub.url)];
  await here.signIn();
  await there.signIn();
  const { page } = here;
  await page.goto("/settings");
  await page.getByText("This browser").waitFor();
  await page.getByRole("button", { name: "Sign out all other browsers" }).click();
  await page.getByText(/browsers? signed out/).waitFor();
  await there.page.goto("/photos");
  await there.page.getByRole("heading", { name: "Sign in" }).waitFor();
  await there.close();

  const another = "another sentence of theirs";
  await page.getByLabel("Present password").fill("not this one");
  await page.getByLabel("New password").fill(another);
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("The present password is wrong.").waitFor();
  await page.getByLabel("Present password").fill(OWNER.password);
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("Your password is changed").waitFor();
  await page.getByRole("button", { name: "Sign out", exact: true }).first().click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await here.signIn(another);
  OWNER.password = another;
  await here.close();
});

test("it speaks the browser's language, another one when asked, and is dark when asked", async () => {
  const visitor = await Visitor.open(browser, hub.url, { locale: "de-AT" });
  const { page } = visitor;
  await page.goto("/");
  await page.getByLabel("Name", { exact: true }).fill(OWNER.name);
  await page.getByLabel("Passwort", { exact: true }).fill(OWNER.password);
  await page.getByRole("button", { name: "Anmelden" }).click();
  await page.getByRole("heading", { name: "Hallo, Sam" }).waitFor();
  expect(await page.locator("html").getAttribute("lang")).toBe("de");
  await page.goto("/settings");
  await page.getByText("Dunkel", { exact: true }).click();
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(await paper()).toBe("rgb(20, 20, 22)");
  await page.getByText("English", { exact: true }).click();
  await page.getByRole("heading", { name: "Where you are signed in" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Where you are signed in" }).waitFor();
  expect(await paper()).toBe("rgb(20, 20, 22)");
  await visitor.close();
});

test("a hub that goes away is said in words, and the page goes on when it is back", async () => {
  const visitor = await Visitor.open(browser, hub.url);
  await visitor.page.route("**/api/**", (route) => route.abort());
  await visitor.page.goto("/");
  await visitor.page.getByRole("heading", { name: "Your hub does not answer" }).waitFor();
  await visitor.expectGood("away");
  await visitor.page.unroute("**/api/**");
  await visitor.page.getByRole("heading", { name: "Sign in" }).waitFor();
  await visitor.page.context().close();
});

test("the app is small, packed, kept, and runs nothing but its own", async () => {
  const index = await fetch(hub.url);
  expect(index.headers.get("cache-control")).toBe("no-cache");
  const policy = index.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain("unsafe");
  const html = await index.text();
  expect(html).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=/);
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? "";
  const packed = await fetch(hub.url + script, { headers: { "Accept-Encoding": "br" } });
  expect(packed.headers.get("content-encoding")).toBe("br");
  expect(packed.headers.get("cache-control")).toContain("immutable");
  // node unpacks it; its length on the wire is in the header, when there is one.
  expect((await fetch(`${hub.url}/api/v2/none`)).status).toBe(401);
  expect((await fetch(`${hub.url}/assets/none.js`)).status).toBe(404);
});
