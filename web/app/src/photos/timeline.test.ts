import { flushSync } from "svelte";
import { expect, test } from "vitest";

import type { Frame } from "./layout";
import type { Photo } from "./photo";
import type { Part, Source } from "./source";
import { Timeline } from "./timeline.svelte";

const FRAME: Frame = { width: 900, rowHeight: 180, gap: 4, heading: 40, title: 60 };

/** A hub of 12 months with 30 to 80 pictures each. */
class MadeUp implements Source {
  asked: (string | null)[] = [];
  months = Array.from({ length: 12 }, (_, at) => ({
    month: `2024-${String(12 - at).padStart(2, "0")}`,
    count: 30 + ((at * 37) % 50),
  }));
  fails = false;
  /** Pictures come when this has come. */
  gate = Promise.resolve();

  parts(): Promise<Part[]> {
    return this.fails ? Promise.reject(new Error("away")) : Promise.resolve(this.months);
  }

  async photos(part: Part): Promise<Photo[]> {
    this.asked.push(part.month);
    await this.gate;
    const startMs = Date.parse(`${part.month ?? "1970-01"}-20`);
    return Array.from({ length: part.count }, (_, at) => ({
      id: `${part.month}/${at}`,
      kind: "picture" as const,
      localMs: startMs - at * 3_600_000,
      ratio: [0.75, 1.333, 1.5][at % 3] ?? 1,
      durationMs: null,
      thumbhash: null,
      version: "v",
    }));
  }

  partOf(id: string): Promise<string> {
    return Promise.resolve(id.split("/")[0] ?? "");
  }
}

const settle = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  flushSync();
};

async function opened(): Promise<{ hub: MadeUp; timeline: Timeline }> {
  const hub = new MadeUp();
  const timeline = new Timeline(hub);
  timeline.viewHeight = 800;
  timeline.resize(FRAME);
  await timeline.refresh();
  await settle();
  return { hub, timeline };
}

test("only what is near is fetched, and the sheet is long enough for all", async () => {
  const { hub, timeline } = await opened();
  expect(hub.asked[0]).toBe("2024-12");
  expect(hub.asked.length).toBeLessThan(4);
  expect(timeline.height).toBeGreaterThan(12 * 1000);
  expect(timeline.count).toBe(hub.months.reduce((sum, { count }) => sum + count, 0));
});

test("what is looked at stays where it is while months above turn out otherwise", async () => {
  const { timeline } = await opened();
  const july = timeline.slots.find((slot) => slot.month === "2024-07");
  const above = timeline.slots.find((slot) => slot.month === "2024-08");
  if (!july || !above) throw new Error("no such months");
  await timeline.fetch(july);
  timeline.scrollTop = july.top + 333;
  const guessed = above.height;
  await timeline.fetch(above);
  expect(above.height).not.toBe(guessed);
  expect(timeline.scrollTop - july.top).toBe(333);
  timeline.resize({ ...FRAME, width: 500 });
  expect(timeline.scrollTop - july.top).toBe(333);
});

test("stepping goes over the edges of months, and ends at the ends", async () => {
  const { timeline } = await opened();
  const last = await timeline.find("2024-09/5");
  if (!last) throw new Error("not found");
  expect((await timeline.step(last, 1))?.id).toBe("2024-09/6");
  const edge = { slot: last.slot, at: last.slot.photos.length - 1 };
  expect((await timeline.step(edge, 1))?.id).toBe("2024-08/0");
  const first = await timeline.find("2024-12/0");
  expect(first && (await timeline.step(first, -1))).toBeUndefined();
  expect(await timeline.find("1999-01/0")).toBeUndefined();
});

test("what went to the trash is gone at once, and an empty month with it", async () => {
  const { timeline } = await opened();
  const [first] = timeline.slots;
  if (!first) throw new Error("nothing there");
  const ids = first.photos.map((photo) => photo.id);
  timeline.remove(new Set(ids.slice(1)));
  expect(timeline.slots[0]?.count).toBe(1);
  timeline.remove(new Set(ids));
  expect(timeline.slots[0]?.month).toBe("2024-11");
});

test("a month with another count is fetched again", async () => {
  const { hub, timeline } = await opened();
  hub.asked = [];
  const [december] = hub.months;
  if (december) december.count += 1;
  await timeline.refresh();
  await settle();
  expect(hub.asked).toEqual(["2024-12"]);
  expect(timeline.slots[0]?.photos.length).toBe(december?.count);
});

test("a hub that is away leaves what was there", async () => {
  const { hub, timeline } = await opened();
  hub.fails = true;
  await timeline.refresh();
  expect([timeline.state, timeline.slots.length]).toEqual(["ready", 12]);
  const empty = new Timeline(hub);
  await empty.refresh();
  expect(empty.state).toBe("failed");
});

test("a picture is found while its month is being fetched for the sheet", async () => {
  const { hub, timeline } = await opened();
  const july = timeline.slots.find((slot) => slot.month === "2024-07");
  if (!july) throw new Error("no such month");
  let open = () => {};
  hub.gate = new Promise((resolve) => (open = resolve));
  void timeline.fetch(july);
  const finding = timeline.find("2024-07/3");
  await settle();
  expect(july.is).toBe("loading");
  open();
  expect((await finding)?.at).toBe(3);
  expect(hub.asked.filter((month) => month === "2024-07")).toHaveLength(1);
});

test("a picture is found that came, or moved to another month, after the list was fetched", async () => {
  const { hub, timeline } = await opened();
  hub.months = [{ month: "2025-01", count: 2 }, ...hub.months];
  expect((await timeline.find("2025-01/1"))?.slot.month).toBe("2025-01");
  const grown = hub.months.find(({ month }) => month === "2024-12");
  if (!grown) throw new Error("no such month");
  grown.count += 1;
  expect((await timeline.find(`2024-12/${grown.count - 1}`))?.at).toBe(grown.count - 1);
  expect(await timeline.find("2024-12/999")).toBeUndefined();
});
