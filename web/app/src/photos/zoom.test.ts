import { expect, test } from "vitest";

import { Zoom } from "./zoom.svelte";

test("the point under the pointer stays there", () => {
  const zoom = new Zoom();
  zoom.by(2, { x: 100, y: -50 });
  // A point of the picture lies at offset + scale × point.
  const under = { x: (100 - zoom.x) / zoom.scale, y: (-50 - zoom.y) / zoom.scale };
  zoom.by(1.7, { x: 100, y: -50 });
  expect(zoom.x + zoom.scale * under.x).toBeCloseTo(100);
  expect(zoom.y + zoom.scale * under.y).toBeCloseTo(-50);
  for (let turn = 0; turn < 30; turn += 1) zoom.by(2);
  expect(zoom.scale).toBe(8);
  for (let turn = 0; turn < 30; turn += 1) zoom.by(0.5);
  expect([zoom.scale, zoom.x, zoom.y]).toEqual([1, 0, 0]);
});

test("a swipe goes on, back or away; a small one nowhere", () => {
  const swipe = (dx: number, dy: number) => {
    const zoom = new Zoom();
    zoom.down(1, { x: 0, y: 0 });
    zoom.move(1, { x: dx, y: dy });
    const asked = zoom.up(1);
    expect([zoom.x, zoom.y]).toEqual([0, 0]);
    return asked;
  };
  expect(swipe(-100, 10)).toBe("next");
  expect(swipe(100, 10)).toBe("previous");
  expect(swipe(5, 120)).toBe("close");
  expect(swipe(0, -120)).toBeUndefined();
  expect(swipe(-20, 0)).toBeUndefined();
});

test("two fingers enlarge, and lifting them is no swipe", () => {
  const zoom = new Zoom();
  zoom.down(1, { x: -50, y: 0 });
  zoom.down(2, { x: 50, y: 0 });
  zoom.move(2, { x: 150, y: 0 });
  expect(zoom.scale).toBe(2);
  zoom.move(2, { x: 30, y: 0 });
  expect([zoom.up(2), zoom.up(1)]).toEqual([undefined, undefined]);
});

test("an enlarged picture is moved, not left", () => {
  const zoom = new Zoom();
  zoom.tap({ x: 0, y: 0 });
  zoom.down(1, { x: 0, y: 0 });
  zoom.move(1, { x: -200, y: 0 });
  expect([zoom.up(1), zoom.x]).toEqual([undefined, -200]);
  zoom.tap({ x: 0, y: 0 });
  expect(zoom.scale).toBe(1);
});
