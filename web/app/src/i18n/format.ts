/**
 * Dates, numbers and sizes by the rules of a locale. Times called `localMs` are what the taker's clock
 * showed, as if it showed UTC: they are written in UTC, wherever the reader is.
 */

const DAY_MS = 86_400_000;

/** Formatters are dear to make and asked for in every row. */
const made = new Map<string, Intl.DateTimeFormat>();

function dates(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  let found = made.get(key);
  if (!found) made.set(key, (found = new Intl.DateTimeFormat(locale, options)));
  return found;
}

export function number(locale: string, value: number): string {
  return new Intl.NumberFormat(locale).format(value);
}

/** Such as `41 GB`; in thousands, as disks are sold. */
export function bytes(locale: string, value: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte", "petabyte"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  const shown = value / 1000 ** power;
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: units[power] ?? "byte",
    maximumFractionDigits: shown < 10 && power > 0 ? 1 : 0,
  }).format(shown);
}

/** The heading of a day: `Wed 3 Jul`, with the year when it is not this one. */
export function day(locale: string, localMs: number, nowMs: number): string {
  const thisYear = new Date(localMs).getUTCFullYear() === new Date(nowMs).getFullYear();
  return dates(locale, {
    timeZone: "UTC",
    weekday: "short",
    day: "numeric",
    month: "short",
    ...(!thisYear && { year: "numeric" }),
  }).format(localMs);
}

/** `2024-07` as `July 2024`. */
export function month(locale: string, text: string): string {
  return dates(locale, { timeZone: "UTC", month: "long", year: "numeric" }).format(Date.parse(`${text}-01`));
}

/** Day and time of a picture, in full. */
export function moment(locale: string, localMs: number): string {
  return dates(locale, { timeZone: "UTC", dateStyle: "full", timeStyle: "short" }).format(localMs);
}

/** A day of the reader's own calendar. */
export function date(locale: string, atMs: number): string {
  return dates(locale, { dateStyle: "medium" }).format(atMs);
}

/** `2 hours ago`. A clock that is a little ahead makes nothing happen in the future. */
export function ago(locale: string, atMs: number, nowMs: number): string {
  const seconds = Math.min(0, (atMs - nowMs) / 1000);
  const words = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ["year", 365 * 86_400],
    ["month", 30 * 86_400],
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ];
  const step = steps.find(([, length]) => -seconds >= length);
  return step ? words.format(Math.trunc(seconds / step[1]), step[0]) : words.format(0, "second");
}

/** How long a video runs: `1:05`, `1:00:00`. */
export function duration(ms: number): string {
  const all = Math.round(ms / 1000);
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** The UTC midnight that begins the day of a moment. */
export function dayStart(localMs: number): number {
  return Math.floor(localMs / DAY_MS) * DAY_MS;
}
