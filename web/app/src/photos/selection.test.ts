import { expect, test } from "vitest";

import type { Photo } from "./photo";
import { Selection } from "./selection.svelte";

const photos: Photo[] = Array.from({ length: 9 }, (_, at) => ({
  id: String(at),
  kind: "picture",
  localMs: at,
  ratio: 1,
  durationMs: null,
  thumbhash: null,
  version: null,
}));
const at = (index: number) => photos[index] as Photo;

test("shift selects from the last one chosen, either way", () => {
  const selection = new Selection();
  selection.toggle(at(5));
  selection.reach(at(3), photos);
  expect([...selection.ids].sort()).toEqual(["3", "4", "5"]);
  selection.reach(at(6), photos);
  expect([...selection.ids].sort()).toEqual(["3", "4", "5", "6"]);
  selection.toggle(at(4));
  expect(selection.has(at(4))).toBe(false);
});

test("a range without a beginning is one picture", () => {
  const selection = new Selection();
  selection.reach(at(2), photos);
  expect([...selection.ids]).toEqual(["2"]);
});

test("a day is selected whole and let go whole", () => {
  const selection = new Selection();
  const day = photos.slice(2, 5);
  selection.toggle(at(3));
  selection.toggleAll(day);
  expect(selection.hasAll(day)).toBe(true);
  selection.toggleAll(day);
  expect(selection.some).toBe(false);
});
