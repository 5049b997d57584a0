/**
 * Where each picture of a month goes: days one after another, each with a heading and justified rows below
 * it. Days with few pictures share a line, so that a quiet month does not become a column of lonely ones.
 * Pure geometry: no element is touched and nothing is measured.
 */
import { dayStart } from "../i18n/format";
import type { Photo } from "./photo";

/** What decides the geometry. All in pixels. */
export interface Frame {
  width: number;
  /** How high a row would like to be. */
  rowHeight: number;
  /** Between pictures. */
  gap: number;
  /** Height of a day's heading. */
  heading: number;
  /** Height of the month's title; 0 for none. */
  title: number;
}

/** A picture's place within its day. `at` is its index in the month. */
export interface Box {
  at: number;
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A day's place within its month, heading included. */
export interface Day {
  startMs: number;
  first: number;
  count: number;
  left: number;
  top: number;
  width: number;
  height: number;
  boxes: Box[];
}

/** A month that is laid out. */
export interface Layout {
  height: number;
  days: Day[];
}

/** Between days that share a line, and below each line. */
const DAY_GAP = 20;

/** A day is never narrower than its heading needs. */
const DAY_MIN_WIDTH = 116;

/** Panoramas and receipts are cut to these, or they would be a hair high or a row of their own. */
const RATIO_MIN = 0.45;
const RATIO_MAX = 3;

/** What is taken for pictures that nobody has looked into yet. */
const RATIO_UNKNOWN = 4 / 3;

/** How much higher than wished a row may become before it takes one more picture. */
const STRETCH_MAX = 1.35;

/** The shape that a picture is shown in. */
export function shownRatio(photo: Pick<Photo, "ratio">): number {
  return Math.min(RATIO_MAX, Math.max(RATIO_MIN, photo.ratio ?? RATIO_UNKNOWN));
}

/** Lays out the pictures of a month, which come in the order that they are shown in. */
export function layOut(photos: readonly Photo[], frame: Frame): Layout {
  const days = splitDays(photos).map((day) => layOutDay(photos, day, frame));
  return { days, height: placeDays(days, frame) };
}

/** How high a month will be, about, of which only the number of pictures is known. */
export function estimate(count: number, frame: Frame): number {
  if (count === 0) return frame.title;
  const perRow = Math.max(1, (frame.width + frame.gap) / (frame.rowHeight * RATIO_UNKNOWN + frame.gap));
  // People take pictures in bursts: about seven a day with any.
  const lines = Math.max(1, Math.round(Math.min(count / 7, 20)));
  const rows = Math.ceil(count / perRow + lines / 2);
  return frame.title + rows * (frame.rowHeight + frame.gap) + lines * (frame.heading + DAY_GAP);
}

function splitDays(photos: readonly Photo[]): { startMs: number; first: number; count: number }[] {
  const days: { startMs: number; first: number; count: number }[] = [];
  photos.forEach((photo, at) => {
    const startMs = dayStart(photo.localMs);
    const last = days.at(-1);
    if (last?.startMs === startMs) last.count += 1;
    else days.push({ startMs, first: at, count: 1 });
  });
  return days;
}

/** Rows of one day, with its own corner at the top left. */
function layOutDay(
  photos: readonly Photo[],
  day: { startMs: number; first: number; count: number },
  frame: Frame,
): Day {
  const boxes: Box[] = [];
  let top = frame.heading;
  let width = 0;
  for (let first = day.first; first < day.first + day.count;) {
    const row = fillRow(photos, first, day.first + day.count, frame);
    placeRow(photos, first, row, top, frame, boxes);
    const last = boxes.at(-1);
    width = Math.max(width, last ? last.left + last.width : 0);
    top += row.height + frame.gap;
    first += row.count;
  }
  return { ...day, left: 0, top: 0, width: Math.max(width, DAY_MIN_WIDTH), height: top - frame.gap, boxes };
}

/** How many pictures the next row takes, and how high it is then. The last row is not stretched. */
function fillRow(
  photos: readonly Photo[],
  first: number,
  end: number,
  frame: Frame,
): { count: number; height: number } {
  let ratios = 0;
  for (let at = first; at < end; at += 1) {
    const photo = photos[at];
    if (!photo) break;
    const before = ratios;
    ratios += shownRatio(photo);
    const count = at - first + 1;
    const height = (frame.width - (count - 1) * frame.gap) / ratios;
    if (height > frame.rowHeight) continue;
    // Too low with it: without it may be nearer to what is wished.
    const without = before > 0 ? (frame.width - (count - 2) * frame.gap) / before : Infinity;
    const takesLess =
      without <= frame.rowHeight * STRETCH_MAX && without / frame.rowHeight < frame.rowHeight / height;
    return takesLess
      ? { count: count - 1, height: Math.round(without) }
      : { count, height: Math.round(height) };
  }
  return { count: end - first, height: frame.rowHeight };
}

/** Rounds the edges, not the widths: neighbours share an edge to the pixel, and rows end alike. */
function placeRow(
  photos: readonly Photo[],
  first: number,
  row: { count: number; height: number },
  top: number,
  frame: Frame,
  boxes: Box[],
): void {
  const shown = photos.slice(first, first + row.count).map(shownRatio);
  const gaps = (row.count - 1) * frame.gap;
  const all = shown.reduce((sum, ratio) => sum + ratio, 0);
  const exact = row.height * all + gaps;
  // A row that was meant to be full is full, whatever rounding its height did.
  const full = exact > frame.width - frame.rowHeight / 4 ? frame.width : exact;
  const scale = (full - gaps) / all;
  let edge = 0;
  shown.forEach((ratio, at) => {
    const left = Math.round(edge);
    const right = Math.round(edge + ratio * scale);
    boxes.push({ at: first + at, left, top, width: right - left, height: row.height });
    edge += ratio * scale + frame.gap;
  });
}

/** Puts days side by side where they fit, and lines below each other; answers the height of it all. */
function placeDays(days: Day[], frame: Frame): number {
  let top = frame.title;
  let left = 0;
  let lineHeight = 0;
  for (const day of days) {
    if (left > 0 && left + day.width > frame.width) {
      top += lineHeight + DAY_GAP;
      left = 0;
      lineHeight = 0;
    }
    day.left = left;
    day.top = top;
    left += day.width + DAY_GAP;
    lineHeight = Math.max(lineHeight, day.height);
  }
  return days.length > 0 ? top + lineHeight + DAY_GAP : top;
}
