import { beforeEach, expect, test, vi } from "vitest";

import { type Beginning, type Finished, Transfers } from "./transfers.svelte";

let nowMs = 0;
let kept: Map<string, string>;
const storage = () => ({
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
});
const upload = (more: Partial<Beginning> = {}): Beginning => ({ kind: "upload", name: "a.jpg", ...more });

function made(account = "anna"): Transfers {
  const transfers = new Transfers({ now: () => nowMs, storage: storage() });
  transfers.belongTo(account);
  return transfers;
}

beforeEach(() => {
  nowMs = 1_000_000;
  kept = new Map();
  vi.useFakeTimers();
  return () => {
    vi.clearAllTimers();
    vi.useRealTimers();
  };
});

test("what is done leaves the list and is remembered over a reload", () => {
  const transfers = made();
  const transfer = transfers.add(upload({ place: "My Space", bytesTotal: 200, state: "running" }));
  nowMs += 5000;
  transfer.bytesDone = 200;
  transfer.state = "done";
  expect(transfers.all).toEqual([]);
  const [entry] = made().history;
  expect(entry).toMatchObject({ name: "a.jpg", place: "My Space", bytes: 200, items: 1, state: "done" });
  expect(entry?.endedAtMs).toBe(nowMs);
});

test("what failed stays and can be tried again, and then is no longer remembered as failed", () => {
  const transfers = made();
  const retry = vi.fn();
  const transfer = transfers.add(upload({ state: "running", steering: { retry } }));
  transfer.reason = "The storage is full.";
  transfer.state = "failed";
  expect(transfers.counts.failed).toBe(1);
  expect(made().history).toMatchObject([{ state: "failed", reason: "The storage is full." }]);
  transfers.retryFailed();
  expect(retry).toHaveBeenCalledOnce();
  transfer.state = "running";
  expect(transfers.history).toEqual([]);
  expect(made().history).toEqual([]);
});

test("the history is bounded, and keeps the newest", () => {
  const transfers = made();
  for (let number = 1; number <= 150; number += 1) {
    transfers.add(upload({ name: `${number}.jpg` })).state = "done";
  }
  const { history } = made();
  expect(history).toHaveLength(100);
  expect(history[0]?.name).toBe("150.jpg");
});

test("each account sees its own history and its own transfers", () => {
  const transfers = made();
  transfers.add(upload()).state = "done";
  const cancel = vi.fn();
  transfers.add(upload({ state: "running", steering: { cancel } }));
  transfers.belongTo("ben");
  expect(cancel).toHaveBeenCalledOnce();
  expect(transfers.all).toEqual([]);
  expect(transfers.history).toEqual([]);
  transfers.belongTo("anna");
  expect(transfers.history).toHaveLength(1);
});

test("history written by another version, or broken, is left out", () => {
  const good: Finished = {
    id: "1",
    kind: "upload",
    name: "good.jpg",
    bytes: 1,
    items: 1,
    state: "done",
    startedAtMs: 1,
    endedAtMs: 2,
  };
  kept.set("albumen.transfers.anna", JSON.stringify([{ id: 3 }, null, { ...good, kind: "moon" }, good]));
  expect(made().history).toEqual([good]);
  kept.set("albumen.transfers.anna", "{");
  expect(made().history).toEqual([]);
});

test("a browser that keeps nothing remembers until the page is closed", () => {
  const full = () => {
    throw new Error("quota");
  };
  const transfers = new Transfers({
    now: () => nowMs,
    storage: { getItem: full, setItem: full, removeItem: full },
  });
  transfers.belongTo("anna");
  transfers.add(upload()).state = "done";
  expect(transfers.history).toHaveLength(1);
});

test("the fraction of all does not run backwards when one of them is through", () => {
  const transfers = made();
  const first = transfers.add(upload({ bytesTotal: 300, state: "running" }));
  const second = transfers.add(upload({ bytesTotal: 100 }));
  expect(transfers.fraction).toBe(0);
  first.bytesDone = 300;
  expect(transfers.fraction).toBe(0.75);
  first.state = "done";
  expect(transfers.fraction).toBe(0.75);
  second.state = "done";
  expect(transfers.fraction).toBeUndefined();
  transfers.add(upload({ bytesTotal: 100, state: "running" }));
  expect(transfers.fraction).toBe(0);
});

test("where only items are counted the fraction goes by items", () => {
  const transfers = made();
  const transfer = transfers.add({ kind: "backup", name: "Camera", itemsTotal: 4, state: "running" });
  transfer.itemsDone = 1;
  expect(transfers.fraction).toBe(0.25);
  transfers.add({ kind: "download", name: "all.zip", state: "running" });
  expect(transfers.fraction).toBe(0.25);
});

test("speed and time left follow the clock while something runs", () => {
  const transfers = made();
  const transfer = transfers.add(upload({ bytesTotal: 10_000, bytesDone: 1000, state: "running" }));
  for (let second = 1; second <= 40; second += 1) {
    nowMs += 1000;
    transfer.bytesDone += 100;
  }
  vi.advanceTimersByTime(1000);
  expect(transfers.speed).toBeCloseTo(100);
  expect(transfer.left(nowMs)?.fromMs).toBeCloseTo(50_000);
  transfer.state = "paused";
  expect(transfers.speed).toBeUndefined();
  expect(transfer.left(nowMs)).toBeUndefined();
  expect(vi.getTimerCount()).toBe(0);
});

test("all are paused and resumed by those that can be", () => {
  const transfers = made();
  const [pause, resume] = [vi.fn(), vi.fn()];
  const transfer = transfers.add(upload({ state: "running", steering: { pause, resume } }));
  transfers.add(upload({ state: "running" }));
  transfers.pauseAll();
  expect(pause).toHaveBeenCalledOnce();
  transfer.state = "paused";
  transfers.resumeAll();
  expect(resume).toHaveBeenCalledOnce();
  expect(transfers.counts).toEqual({ running: 1, waiting: 0, paused: 1, needsYou: 0, failed: 0 });
});

test("only what this page sends would be stopped by leaving", () => {
  const transfers = made();
  transfers.add({ kind: "download", name: "all.zip", state: "running" });
  expect(transfers.sending).toBe(false);
  const transfer = transfers.add(upload());
  expect(transfers.sending).toBe(true);
  transfer.state = "paused";
  expect(transfers.sending).toBe(false);
});

test("clearing forgets what is over and what failed, and nothing that is open", () => {
  const transfers = made();
  transfers.add(upload()).state = "done";
  transfers.add(upload()).state = "failed";
  const open = transfers.add(upload());
  transfers.clearHistory();
  expect(transfers.all).toEqual([open]);
  expect(made().history).toEqual([]);
});
