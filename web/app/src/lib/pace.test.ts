import { expect, test } from "vitest";

import { Pace, spoken, sumOf } from "./pace";

/** Samples once a second, at so many bytes per second each. */
function paced(...speeds: number[]): { pace: Pace; nowMs: number } {
  const pace = new Pace();
  let bytes = 0;
  pace.record(0, 0);
  speeds.forEach((speed, at) => pace.record((at + 1) * 1000, (bytes += speed)));
  return { pace, nowMs: speeds.length * 1000 };
}
const seconds = (count: number, speed: number) => Array.from({ length: count }, () => speed);

test("the speed is that of the last ten seconds", () => {
  const { pace, nowMs } = paced(...seconds(20, 100), ...seconds(10, 500));
  expect(pace.speed(nowMs)).toBeCloseTo(500);
});

test("nothing is said in the first second", () => {
  const pace = new Pace();
  pace.record(0, 0);
  pace.record(500, 1_000_000);
  expect(pace.speed(500)).toBeUndefined();
});

test("what stands still gets slower, and in the end does not move", () => {
  const { pace, nowMs } = paced(...seconds(10, 100));
  expect(pace.speed(nowMs + 5000)).toBeCloseTo(50);
  expect(pace.speed(nowMs + 20_000)).toBe(0);
});

test("no time left is told before half a minute of steady speed", () => {
  const { pace, nowMs } = paced(...seconds(29, 100));
  expect(pace.left(nowMs, 100)).toBeUndefined();
  pace.record(30_000, 3000);
  expect(pace.left(30_000, 6000)).toEqual({ fromMs: 60_000, toMs: 60_000 });
});

test("no time left is told of what goes by jerks or stands still", () => {
  const jerky = paced(...seconds(15, 10), ...seconds(15, 1000));
  expect(jerky.pace.left(jerky.nowMs, 1000)).toBeUndefined();
  const still = paced(...seconds(15, 100), ...seconds(15, 0));
  expect(still.pace.left(still.nowMs, 1000)).toBeUndefined();
});

test("between two speeds the time left is a range", () => {
  const { pace, nowMs } = paced(...seconds(15, 100), ...seconds(15, 200));
  expect(pace.left(nowMs, 12_000)).toEqual({ fromMs: 60_000, toMs: 120_000 });
});

test("a fast link does not fill the memory, and loses nothing", () => {
  const pace = new Pace();
  for (let ms = 0; ms <= 10_000; ms += 1) pace.record(ms, ms);
  expect(pace.speed(10_000)).toBeCloseTo(1000);
});

test("a step back begins anew", () => {
  const { pace, nowMs } = paced(...seconds(30, 100));
  pace.record(nowMs + 1000, 0);
  expect(pace.speed(nowMs + 1000)).toBeUndefined();
  expect(pace.left(nowMs + 1000, 100)).toBeUndefined();
});

test("speeds add up, as far as they are known", () => {
  expect(sumOf([undefined, 2, 3])).toBe(5);
  expect(sumOf([undefined])).toBeUndefined();
});

test("times are said in the unit that fits", () => {
  const table: [number, number, ReturnType<typeof spoken>][] = [
    [20_000, 50_000, { unit: "second", from: 20, to: 50 }],
    [50_000, 130_000, { unit: "minute", from: 1, to: 2 }],
    [3_600_000, 2 * 3_600_000, { unit: "hour", from: 1, to: 2 }],
    [86_400_000, 3 * 86_400_000, { unit: "day", from: 1, to: 3 }],
  ];
  for (const [fromMs, toMs, said] of table) expect(spoken({ fromMs, toMs })).toEqual(said);
});
