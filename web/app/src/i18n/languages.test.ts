import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { files, LANGUAGES, pick, say, type Text } from "./languages";

const source = fileURLToPath(new URL("..", import.meta.url));

const forms = (text: Text): string[] => (typeof text === "string" ? [text] : Object.values(text));
const places = (text: string): string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? "").sort();

test("every language has every text, with the same places to fill", () => {
  for (const language of LANGUAGES) {
    expect(Object.keys(files[language]).sort(), language).toEqual(Object.keys(files.en).sort());
    for (const [key, text] of Object.entries(files[language])) {
      const english = files.en[key] ?? "";
      expect(typeof text, `${language} ${key}`).toBe(typeof english);
      const wanted = new Set(forms(english).flatMap(places));
      for (const one of forms(text)) {
        expect(one.trim(), `${language} ${key}`).not.toBe("");
        for (const place of places(one)) expect(wanted, `${language} ${key}`).toContain(place);
      }
      const filled = new Set(forms(text).flatMap(places));
      expect([...filled].sort(), `${language} ${key}`).toEqual([...wanted].sort());
    }
  }
});

test("every text is used, and no text that is used is missing", () => {
  const code = readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(svelte|ts)$/.test(path) && !path.endsWith(".test.ts"))
    .map((path) => readFileSync(`${source}/${path}`, "utf8"))
    .join("\n");
  const used = (key: string) => code.includes(`"${key}"`);
  expect(Object.keys(files.en).filter((key) => !used(key))).toEqual([]);
});

test("numbers choose the form and are written as the person writes them", () => {
  const number = (value: number) => value.toLocaleString("de");
  expect(say("de", "photos.count", { count: 1 }, number)).toBe("1 Bild");
  expect(say("de", "photos.count", { count: 4812 }, number)).toBe("4.812 Bilder");
});

test("the first language that the app speaks is taken", () => {
  expect(pick(["fr-FR", "de-AT", "en"])).toBe("de");
  expect(pick(["fr"])).toBe("en");
});
