/** Makes the icons of app/public from icon.svg, with the system's Chromium: `npm run icons`. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const folder = (name) => fileURLToPath(new URL(`app/public/${name}`, import.meta.url));
const svg = readFileSync(folder("icon.svg"), "utf8");
// Launchers cut a maskable icon to a shape of theirs: the ground fills all of it, and what counts lies
// within the inner four fifths.
const maskable = svg
  .replace(/viewBox="0 0 64 64"/, 'viewBox="-8 -8 80 80"')
  .replace(/<rect [^>]*>/, '<rect x="-8" y="-8" width="80" height="80" fill="#e8a33d"/>');

const ICONS = [
  ["icon-192.png", 192, svg],
  ["icon-512.png", 512, svg],
  ["icon-maskable-512.png", 512, maskable],
  // Apple cuts it, too, and shows black where it is clear.
  ["apple-touch-icon.png", 180, maskable],
];

const found =
  process.env["ALBUMEN_CHROMIUM"] ?? execFileSync("which", ["chromium"], { encoding: "utf8" }).trim();
const browser = await chromium.launch({
  executablePath: found,
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
for (const [name, size, text] of ICONS) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:100vw;height:100vh}</style>${text}`);
  await page.screenshot({ path: folder(name), omitBackground: true });
  await page.close();
}
await browser.close();
