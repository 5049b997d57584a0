/** What may be said of how safe everything is. "Safe" is said only when nothing speaks against it. */
import type { Schemas } from "../api/hub";

/** The one line that everybody looks at first. */
export type Standing =
  | { is: "unknown" }
  | { is: "empty" }
  | { is: "damaged"; count: number }
  | { is: "waiting"; count: number; devices: string[] }
  | { is: "safe"; count: number; checkedMs: number };

/** Judges by what the hub knows of its bytes, and by what devices said that they still have to send. */
export function standing(
  protection: Schemas["Protection"] | undefined,
  devices: readonly Schemas["Device"][] | undefined,
): Standing {
  if (!protection || !devices) return { is: "unknown" };
  if (protection.damaged_assets > 0) return { is: "damaged", count: protection.damaged_assets };
  const waiting = devices.filter(
    (device) => !device.retired_at_ms && (device.last_report?.unsafe_items ?? 0) > 0,
  );
  if (waiting.length > 0) {
    const count = waiting.reduce((sum, device) => sum + (device.last_report?.unsafe_items ?? 0), 0);
    return { is: "waiting", count, devices: waiting.map(({ name }) => name) };
  }
  if (protection.assets === 0 || protection.oldest_check_ms == null) return { is: "empty" };
  return { is: "safe", count: protection.assets, checkedMs: protection.oldest_check_ms };
}
