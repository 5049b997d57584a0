/** Asking the hub what it wants, before anything is sent. */
import type { Hub, Schemas } from "../api/hub";

/** How many the hub takes in one call. */
export const BATCH = 1000;

/** Whose files these are, and where they go. */
export interface Place {
  /** The Space; the person's own when absent. */
  space?: string | undefined;
  /** The device that speaks; none for what a person drops somewhere. */
  device?: string | undefined;
}

/** The header that says which of the person's devices speaks. */
export const DEVICE_HEADER = "Albumen-Device";

/** The headers of calls on behalf of a device. */
export function speaking({ device }: Place): Record<string, string> {
  return device ? { [DEVICE_HEADER]: device } : {};
}

/** What the hub says of each content; asked in as many calls as it takes. */
export async function offer(
  hub: Hub,
  hashes: Iterable<string>,
  place: Place = {},
): Promise<Map<string, Schemas["OfferAnswer"]>> {
  const answers = new Map<string, Schemas["OfferAnswer"]>();
  for (const batch of batches([...new Set(hashes)])) {
    const body = { hashes: batch, ...(place.space && { space_id: place.space }) };
    const headers = speaking(place);
    const reply = await hub.call((api) => api.POST("/api/v1/offers", { body, headers }));
    batch.forEach((hash, at) => {
      const answer = reply.answers[at];
      if (answer) answers.set(hash, answer);
    });
  }
  return answers;
}

/** Files what the hub holds already; the outcomes are in the order of the items. */
export async function fileHeld(
  hub: Hub,
  items: Schemas["Filing"][],
  place: Place = {},
): Promise<Schemas["FilingOutcome"][]> {
  const outcomes: Schemas["FilingOutcome"][] = [];
  for (const batch of batches(items)) {
    const body = { items: batch, ...(place.space && { space_id: place.space }) };
    const headers = speaking(place);
    const reply = await hub.call((api) => api.POST("/api/v1/filings", { body, headers }));
    if (reply.outcomes.length !== batch.length) throw new Error("the hub did not answer for every item");
    outcomes.push(...reply.outcomes);
  }
  return outcomes;
}

function* batches<T>(all: T[]): Iterable<T[]> {
  for (let at = 0; at < all.length; at += BATCH) yield all.slice(at, at + BATCH);
}
