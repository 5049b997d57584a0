import { expect, test } from "vitest";

import { type Box, estimate, type Frame, layOut } from "./layout";
import type { Photo } from "./photo";

const FRAME: Frame = { width: 1000, rowHeight: 200, gap: 4, heading: 40, title: 60 };
const DAY_MS = 86_400_000;

const photo = (day: number, ratio: number | null, at = 0): Photo => ({
  id: `${day}-${at}`,
  kind: "picture",
  localMs: day * DAY_MS + 1000,
  ratio,
  durationMs: null,
  thumbhash: null,
  version: null,
});

/** Shapes as a phone's pictures have them, always the same. */
const shapes = [1.333, 0.75, 1.778, 1, 0.563, 2.9, 1.5, null, 0.1, 12];
const many = (count: number, day = 9) =>
  Array.from({ length: count }, (_, at) => photo(day, shapes[at % shapes.length] ?? null, at));

test("full rows end at the edge to the pixel, and are about as high as wished", () => {
  for (const width of [320, 390, 768, 1000, 1437, 2560]) {
    const frame = { ...FRAME, width };
    const day = layOut(many(57), frame).days[0];
    const rows = new Map<number, Box[]>();
    for (const box of day?.boxes ?? []) rows.set(box.top, [...(rows.get(box.top) ?? []), box]);
    const ends = [...rows.values()].map((row) => {
      const last = row.at(-1);
      return (last?.left ?? 0) + (last?.width ?? 0);
    });
    for (const end of ends.slice(0, -1)) expect(end).toBe(width);
    expect(ends.at(-1)).toBeLessThanOrEqual(width);
    for (const [, row] of rows) {
      expect(row[0]?.height).toBeLessThanOrEqual(Math.round(frame.rowHeight * 1.35));
      expect(row[0]?.height).toBeGreaterThan(frame.rowHeight * 0.4);
    }
  }
});

test("no two pictures overlap, and none is lost", () => {
  const photos = [...many(23, 9), ...many(1, 8), ...many(2, 7), ...many(40, 3)];
  const { days, height } = layOut(photos, FRAME);
  const boxes = days.flatMap((day) =>
    day.boxes.map((box) => ({ ...box, left: day.left + box.left, top: day.top + box.top })),
  );
  expect(boxes.map((box) => box.at)).toEqual(photos.map((_, at) => at));
  boxes.forEach((one, at) => {
    expect(one.left + one.width).toBeLessThanOrEqual(FRAME.width);
    expect(one.top + one.height).toBeLessThanOrEqual(height);
    for (const other of boxes.slice(at + 1)) {
      const apart =
        one.left + one.width <= other.left ||
        other.left + other.width <= one.left ||
        one.top + one.height <= other.top ||
        other.top + other.height <= one.top;
      expect(apart, `${one.at} and ${other.at}`).toBe(true);
    }
  });
});

test("quiet days share a line", () => {
  const { days } = layOut([photo(9, 1), photo(8, 1), photo(7, 1), photo(6, 3)], FRAME);
  expect(days.map((day) => [day.left > 0, day.top])).toEqual([
    [false, 60],
    [true, 60],
    [true, 60],
    [false, 320],
  ]);
});

test("a month is as high as was guessed, about, and an empty one is its title", () => {
  const photos = Array.from({ length: 140 }, (_, at) => photo(30 - Math.floor(at / 7), 1.333, at));
  const real = layOut(photos, FRAME).height;
  expect(estimate(140, FRAME) / real).toBeGreaterThan(0.6);
  expect(estimate(140, FRAME) / real).toBeLessThan(1.7);
  expect([estimate(0, FRAME), layOut([], FRAME).height]).toEqual([60, 60]);
});
