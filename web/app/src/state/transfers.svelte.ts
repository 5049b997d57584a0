import { Pace, sumOf, type TimeLeft } from "../lib/pace";

export type TransferKind = "upload" | "download" | "backup";

/** `needs-you`: it goes on once a person did something. What is done or cancelled is over. */
export type TransferState = "waiting" | "running" | "paused" | "needs-you" | "failed" | "done" | "cancelled";

/** What a person may do with a transfer; what is missing cannot be done. Each makes the state change. */
export interface Steering {
  pause?: () => void;
  resume?: () => void;
  cancel?: () => void;
  retry?: () => void;
}

/** What whoever begins a transfer knows of it. */
export interface Beginning {
  kind: TransferKind;
  /** What is moved, as a person calls it: a file's name, or what a set of files is. */
  name: string;
  /** Where it goes, in words. */
  place?: string;
  bytesTotal?: number;
  /** What is there already, from an earlier try. */
  bytesDone?: number;
  itemsTotal?: number;
  /** `waiting`, unless said otherwise. */
  state?: TransferState;
  reason?: string;
  steering?: Steering;
}

/** A transfer that is over, or that failed: what is remembered of it. */
export interface Finished {
  id: string;
  kind: TransferKind;
  name: string;
  place?: string;
  bytes: number;
  items: number;
  state: "done" | "failed" | "cancelled";
  reason?: string;
  startedAtMs: number;
  endedAtMs: number;
}

/** What transfers need of the browser. */
export interface Surroundings {
  now: () => number;
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem"> | undefined;
}

/** So many finished transfers are remembered. */
const HISTORY_LENGTH = 100;
const HISTORY_KEY = "albumen.transfers.";

const over = (state: TransferState): state is Finished["state"] =>
  state === "done" || state === "failed" || state === "cancelled";

/**
 * One thing on its way: a file, or a set of files that belong together. Whoever made it keeps its fields
 * up to date; everything that shows them follows by itself. Bytes that an earlier try left at the hub are
 * set before the state is `running`: they say nothing about the speed.
 */
export class Transfer {
  readonly id: string;
  readonly kind: TransferKind;
  readonly startedAtMs: number;
  readonly steering: Steering;
  name = $state("");
  place = $state<string>();
  bytesTotal = $state<number>();
  itemsTotal = $state<number>();
  itemsDone = $state(0);
  /** Why it waits, stands still or failed, in words. */
  reason = $state<string>();
  #bytesDone = $state(0);
  #state = $state<TransferState>("waiting");
  readonly #pace = new Pace();
  readonly #now: () => number;
  readonly #changed: (transfer: Transfer) => void;

  /** Made by `Transfers.add`. */
  constructor(id: string, beginning: Beginning, now: () => number, changed: (transfer: Transfer) => void) {
    this.id = id;
    this.kind = beginning.kind;
    this.name = beginning.name;
    this.place = beginning.place;
    this.bytesTotal = beginning.bytesTotal;
    this.itemsTotal = beginning.itemsTotal;
    this.#bytesDone = beginning.bytesDone ?? 0;
    this.reason = beginning.reason;
    this.steering = beginning.steering ?? {};
    this.startedAtMs = now();
    this.#state = beginning.state ?? "waiting";
    this.#now = now;
    this.#changed = changed;
    if (this.#state === "running") this.#pace.record(now(), this.#bytesDone);
  }

  get state(): TransferState {
    return this.#state;
  }

  set state(next: TransferState) {
    if (next === this.#state) return;
    this.#state = next;
    // Standing still is not slowness: the speed begins anew.
    this.#pace.forget();
    if (next === "running") this.#pace.record(this.#now(), this.#bytesDone);
    this.#changed(this);
  }

  get bytesDone(): number {
    return this.#bytesDone;
  }

  set bytesDone(bytes: number) {
    this.#bytesDone = bytes;
    if (this.#state === "running") this.#pace.record(this.#now(), bytes);
  }

  /** Still to be done, or waiting for somebody. */
  get open(): boolean {
    return !over(this.#state);
  }

  /** How much is done, of 1; nothing where nobody knows how much there is. */
  get fraction(): number | undefined {
    if (this.bytesTotal) return Math.min(1, this.#bytesDone / this.bytesTotal);
    if (this.itemsTotal) return Math.min(1, this.itemsDone / this.itemsTotal);
    return undefined;
  }

  /** Bytes per second, seen over the last ten seconds. */
  speed(nowMs: number): number | undefined {
    return this.#state === "running" ? this.#pace.speed(nowMs) : undefined;
  }

  /** How long it still takes; nothing where that would be a guess. */
  left(nowMs: number): TimeLeft | undefined {
    if (this.#state !== "running" || this.bytesTotal === undefined) return undefined;
    return this.#pace.left(nowMs, Math.max(0, this.bytesTotal - this.#bytesDone));
  }
}

/** All that this browser sends and fetches, and what it remembers of earlier days. */
export class Transfers {
  /** What is not over, and what failed, newest first. */
  all = $state.raw<Transfer[]>([]);
  /** What is over, newest first. Kept in this browser, for each account its own. */
  history = $state.raw<Finished[]>([]);
  /** A clock that ticks while something runs: speeds and times left follow it. */
  nowMs = $state(0);
  /** What was finished since the last time that nothing was to do: the ring must not run backwards. */
  #settled = $state.raw({ bytes: 0, count: 0 });
  #account: string | undefined;
  #next = 1;
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #around: Surroundings;

  constructor(around: Partial<Surroundings> = {}) {
    this.#around = {
      now: around.now ?? (() => Date.now()),
      storage: "storage" in around ? around.storage : localStorageOrNone(),
    };
    this.nowMs = this.#around.now();
  }

  /** How many there are of each kind of state. */
  readonly counts = $derived.by(() => {
    const of = (...states: TransferState[]) => this.all.filter(({ state }) => states.includes(state)).length;
    return {
      running: of("running"),
      waiting: of("waiting"),
      paused: of("paused"),
      needsYou: of("needs-you"),
      failed: of("failed"),
    };
  });

  /** How much of everything that is to do is done, of 1; nothing where nobody knows. */
  readonly fraction = $derived.by(() => {
    const open = this.all.filter((transfer) => transfer.open);
    if (open.length === 0) return undefined;
    if (open.every(({ bytesTotal }) => bytesTotal)) {
      const total = open.reduce((sum, { bytesTotal }) => sum + (bytesTotal ?? 0), this.#settled.bytes);
      return open.reduce((sum, { bytesDone }) => sum + bytesDone, this.#settled.bytes) / total;
    }
    const known = open.map(({ fraction }) => fraction).filter((fraction) => fraction !== undefined);
    if (known.length === 0) return undefined;
    return (
      known.reduce((sum, fraction) => sum + fraction, this.#settled.count) /
      (known.length + this.#settled.count)
    );
  });

  /** Bytes per second of all together. */
  readonly speed = $derived.by(() => sumOf(this.all.map((transfer) => transfer.speed(this.nowMs))));

  /** What leaving the page would stop: files that this page is sending. */
  readonly sending = $derived(
    this.all.some(({ kind, state }) => kind !== "download" && (state === "running" || state === "waiting")),
  );

  /** Who is signed in: shows that account's history, and nothing of anybody else. */
  belongTo(account: string): void {
    if (account === this.#account) return;
    for (const transfer of this.all) transfer.steering.cancel?.();
    this.#account = account;
    this.all = [];
    this.#settled = { bytes: 0, count: 0 };
    this.history = this.#remembered();
  }

  /** Takes something that is to be moved. For a set of many small files, one transfer with `itemsTotal`. */
  add(beginning: Beginning): Transfer {
    const now = this.#around.now;
    const id = `${now()}-${this.#next++}`;
    const transfer = new Transfer(id, beginning, now, (changed) => this.#follow(changed));
    this.all = [transfer, ...this.all];
    this.#follow(transfer);
    return transfer;
  }

  pauseAll(): void {
    for (const { state, steering } of this.all) {
      if (state === "running" || state === "waiting") steering.pause?.();
    }
  }

  resumeAll(): void {
    for (const { state, steering } of this.all) if (state === "paused") steering.resume?.();
  }

  retryFailed(): void {
    for (const { state, steering } of this.all) if (state === "failed") steering.retry?.();
  }

  /** Forgets what is over, and what failed. */
  clearHistory(): void {
    this.all = this.all.filter((transfer) => transfer.open);
    this.#remember([]);
  }

  /** Forgets one that is over, or that failed. */
  forget(id: string): void {
    this.all = this.all.filter((transfer) => transfer.id !== id || transfer.open);
    this.#remember(this.history.filter((finished) => finished.id !== id));
  }

  #follow(transfer: Transfer): void {
    const { state } = transfer;
    if (over(state)) {
      this.#remember([finished(transfer, state, this.#around.now()), ...this.#without(transfer.id)]);
    } else if (this.history.some(({ id }) => id === transfer.id)) this.#remember(this.#without(transfer.id));
    if (state === "done" || state === "cancelled") {
      this.all = this.all.filter((other) => other !== transfer);
      if (state === "done") {
        const { bytes, count } = this.#settled;
        this.#settled = { bytes: bytes + (transfer.bytesTotal ?? transfer.bytesDone), count: count + 1 };
      }
    }
    if (!this.all.some((other) => other.open)) this.#settled = { bytes: 0, count: 0 };
    this.#tick();
  }

  #without(id: string): Finished[] {
    return this.history.filter((finished) => finished.id !== id);
  }

  /** The clock runs for as long as something does. */
  #tick(): void {
    const running = this.all.some(({ state }) => state === "running");
    this.nowMs = this.#around.now();
    if (running && this.#timer === undefined) {
      this.#timer = setInterval(() => (this.nowMs = this.#around.now()), 1000);
    } else if (!running && this.#timer !== undefined) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  #remembered(): Finished[] {
    try {
      const text = this.#around.storage?.getItem(HISTORY_KEY + this.#account);
      const read: unknown = text ? JSON.parse(text) : [];
      return Array.isArray(read) ? read.filter(isFinished).slice(0, HISTORY_LENGTH) : [];
    } catch {
      return [];
    }
  }

  #remember(history: Finished[]): void {
    this.history = history.slice(0, HISTORY_LENGTH);
    if (this.#account === undefined) return;
    try {
      if (this.history.length === 0) this.#around.storage?.removeItem(HISTORY_KEY + this.#account);
      else this.#around.storage?.setItem(HISTORY_KEY + this.#account, JSON.stringify(this.history));
    } catch {
      // Full, or not allowed: it is remembered until the page is closed.
    }
  }
}

function finished(transfer: Transfer, state: Finished["state"], endedAtMs: number): Finished {
  const { id, kind, name, place, bytesDone, bytesTotal, itemsDone, itemsTotal, reason, startedAtMs } =
    transfer;
  return {
    id,
    kind,
    name,
    ...(place !== undefined && { place }),
    bytes: state === "done" ? (bytesTotal ?? bytesDone) : bytesDone,
    items: state === "done" ? (itemsTotal ?? Math.max(1, itemsDone)) : itemsDone,
    state,
    ...(reason !== undefined && { reason }),
    startedAtMs,
    endedAtMs,
  };
}

/** What an older version wrote may look different. */
function isFinished(value: unknown): value is Finished {
  if (typeof value !== "object" || value === null) return false;
  const { id, name, kind, state, endedAtMs } = value as Partial<Record<keyof Finished, unknown>>;
  return (
    typeof id === "string" &&
    typeof name === "string" &&
    ["upload", "download", "backup"].includes(kind as string) &&
    ["done", "failed", "cancelled"].includes(state as string) &&
    typeof endedAtMs === "number"
  );
}

/** A browser may forbid it, and then even asking throws. */
function localStorageOrNone(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}
