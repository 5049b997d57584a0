import { expect, test } from "vitest";

import type { Schemas } from "../api/hub";
import { standing } from "./protection";

const kept = { assets: 4812, size_bytes: 1, damaged_assets: 0, oldest_check_ms: 7 };
const device = (unsafe: number, retired = false): Schemas["Device"] => ({
  id: "1",
  name: "phone",
  platform: "linux",
  created_at_ms: 1,
  ...(retired && { retired_at_ms: 2 }),
  last_report: { chosen: 10, safe: 10 - unsafe, unsafe_items: unsafe, finished_at_ms: 3 },
});

test("safe is said only when nothing speaks against it", () => {
  expect(standing(kept, [])).toEqual({ is: "safe", count: 4812, checkedMs: 7 });
  expect(standing(kept, [device(0), device(3, true)]).is).toBe("safe");
  expect(standing(kept, [device(0), device(3)])).toEqual({ is: "waiting", count: 3, devices: ["phone"] });
  expect(standing({ ...kept, damaged_assets: 2 }, [device(3)])).toEqual({ is: "damaged", count: 2 });
});

test("what is not known is not called safe", () => {
  expect(standing(undefined, []).is).toBe("unknown");
  expect(standing(kept, undefined).is).toBe("unknown");
  expect(standing({ ...kept, assets: 0 }, []).is).toBe("empty");
  expect(standing({ ...kept, oldest_check_ms: undefined }, []).is).toBe("empty");
});
