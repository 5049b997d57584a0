/** How fast something goes, and how long it will take: told only when it can be told honestly. */

/** What is called the speed now: over this long, in milliseconds. */
const WINDOW_MS = 10_000;
/** Before it has gone steadily for this long, nobody can say how long it will take. */
const STEADY_MS = 30_000;
/** Going at most this many times as fast in one half of that time as in the other is steady. */
const STEADY_FACTOR = 2.5;
/** Samples closer together than this are one: a fast link must not fill the memory. */
const SAMPLE_MS = 250;

/** How long it will take, at the slower and the faster of the speeds that were seen. */
export interface TimeLeft {
  fromMs: number;
  toMs: number;
}

interface Sample {
  atMs: number;
  bytes: number;
}

/** Remembers how far something was when, for as long as that says something about its speed. */
export class Pace {
  #samples: Sample[] = [];

  /** It stands at `bytes` now. A step back (it began again) forgets what was before. */
  record(atMs: number, bytes: number): void {
    const last = this.#samples.at(-1);
    if (last && (bytes < last.bytes || atMs < last.atMs)) this.#samples = [];
    const before = this.#samples.at(-2);
    if (last && before && atMs - before.atMs < SAMPLE_MS) this.#samples.pop();
    this.#samples.push({ atMs, bytes });
    const keep = this.#samples.findLastIndex((sample) => sample.atMs <= atMs - STEADY_MS);
    if (keep > 0) this.#samples.splice(0, keep);
  }

  /** It stands still, and what was before says nothing about how it will go on. */
  forget(): void {
    this.#samples = [];
  }

  /** Bytes per second over the last ten seconds; nothing before the first second. */
  speed(nowMs: number): number | undefined {
    return this.#between(nowMs - WINDOW_MS, nowMs);
  }

  /** How long the rest will take; nothing before it has gone steadily for half a minute. */
  left(nowMs: number, rest: number): TimeLeft | undefined {
    const first = this.#samples[0];
    if (!first || nowMs - first.atMs < STEADY_MS) return undefined;
    const middle = nowMs - STEADY_MS / 2;
    const earlier = this.#between(nowMs - STEADY_MS, middle);
    const later = this.#between(middle, nowMs);
    if (!earlier || !later) return undefined;
    const [slow, fast] = [Math.min(earlier, later), Math.max(earlier, later)];
    if (fast > slow * STEADY_FACTOR) return undefined;
    return { fromMs: (rest / fast) * 1000, toMs: (rest / slow) * 1000 };
  }

  /** Bytes per second between two moments, of which the first may lie before the first sample. */
  #between(fromMs: number, toMs: number): number | undefined {
    const first = this.#samples[0];
    if (!first) return undefined;
    const beginMs = Math.max(fromMs, first.atMs);
    if (toMs - beginMs < 1000) return undefined;
    return ((this.#at(toMs) - this.#at(beginMs)) / (toMs - beginMs)) * 1000;
  }

  /** How far it was at a moment. After the last sample it stood still. */
  #at(ms: number): number {
    const next = this.#samples.findIndex((sample) => sample.atMs > ms);
    const after = this.#samples[next];
    const before = next === -1 ? this.#samples.at(-1) : this.#samples[next - 1];
    if (!before) return after?.bytes ?? 0;
    if (!after) return before.bytes;
    const share = (ms - before.atMs) / (after.atMs - before.atMs);
    return before.bytes + share * (after.bytes - before.bytes);
  }
}

/** The sum of the speeds that are known; nothing when none is. */
export function sumOf(speeds: (number | undefined)[]): number | undefined {
  const known = speeds.filter((speed) => speed !== undefined);
  return known.length > 0 ? known.reduce((sum, speed) => sum + speed, 0) : undefined;
}

/** Both ends of a time in the unit that a person would say it in; equal ends are one number. */
export function spoken(left: TimeLeft): {
  unit: "second" | "minute" | "hour" | "day";
  from: number;
  to: number;
} {
  const seconds = [left.fromMs / 1000, left.toMs / 1000] as const;
  const [unit, length] =
    seconds[1] < 60
      ? (["second", 1] as const)
      : seconds[1] < 5400
        ? (["minute", 60] as const)
        : seconds[1] < 129_600
          ? (["hour", 3600] as const)
          : (["day", 86_400] as const);
  const [from, to] = seconds.map((value) => Math.max(1, Math.round(value / length)));
  return { unit, from: from ?? 1, to: to ?? 1 };
}
