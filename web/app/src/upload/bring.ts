/** Bringing files to a folder of the hub, as when somebody drops them there: what is held is not sent. */
import type { Hub, Schemas } from "../api/hub";
import { bounded } from "./bounded";
import type { Hashes } from "./digest";
import { concernsAll, Failed, failureOf } from "./failure";
import type { Hasher } from "./hasher";
import { fileHeld, offer, type Place } from "./offers";
import { send } from "./send";

/** How many go at once. */
const AT_ONCE = 3;
/** How many are read before the hub is asked about them. */
const GROUP = 50;

/** A file and the folder where it should be, as a path below the Space. */
export interface Brought {
  file: File;
  folder: string;
}

/** What became of one. */
export type Outcome = { stored: Schemas["Stored"] } | { failed: Failed };

/** How far it is. */
export interface Progress {
  /** Files that are there. */
  items: number;
  /** Their bytes, and those of the others that are there so far. */
  bytes: number;
  /** What is on its way. */
  name: string;
}

/** What `send` and the hasher do; tests bring others. */
export interface Means {
  hub: Hub;
  hasher: Pick<Hasher, "hash">;
  send?: typeof send;
}

export interface BringOptions {
  told?: (progress: Progress) => void;
  /** Stops it. What was not brought by then failed as "stopped"; bringing it again goes on where it was. */
  signal?: AbortSignal;
}

interface Item extends Brought {
  at: number;
  hashes: Hashes;
}

/** Brings all of them; the outcomes are in their order. Nothing that concerns one keeps another from coming. */
export async function bring(
  means: Means,
  files: Brought[],
  place: Place = {},
  options: BringOptions = {},
): Promise<Outcome[]> {
  const errand = new Errand(means, files, place, options);
  for (let at = 0; at < files.length; at += GROUP) await errand.group(at, files.slice(at, at + GROUP));
  return errand.outcomes;
}

class Errand {
  readonly outcomes: Outcome[];
  readonly #means: Means;
  readonly #place: Place;
  readonly #options: BringOptions;
  readonly #underWay = new Map<number, number>();
  #bytes = 0;
  #items = 0;
  #ended: Failed | undefined;

  constructor(means: Means, files: Brought[], place: Place, options: BringOptions) {
    this.#means = means;
    this.#place = place;
    this.#options = options;
    this.outcomes = files.map(() => ({ failed: new Failed("stopped", "stopped") }));
  }

  async group(from: number, files: Brought[]): Promise<void> {
    const items: Item[] = [];
    for (const [index, brought] of files.entries()) {
      if (this.#over()) return;
      this.#tell(brought.file.name);
      await this.#try(from + index, async () => {
        items.push({ ...brought, at: from + index, hashes: await this.#means.hasher.hash(brought.file) });
      });
    }
    const answers = await this.#ask(items);
    const held = items.filter((item) => answers.get(item.hashes.sha256) === "held");
    const settled = new Set(await this.#file(held));
    const wanted = items.filter((item) => answers.has(item.hashes.sha256) && !settled.has(item));
    await bounded(AT_ONCE, wanted, (item) => this.#send(item));
  }

  async #ask(items: Item[]): Promise<Map<string, Schemas["OfferAnswer"]>> {
    try {
      const hashes = items.map(({ hashes }) => hashes.sha256);
      return items.length === 0 ? new Map() : await offer(this.#means.hub, hashes, this.#place);
    } catch (error) {
      items.forEach(({ at }) => this.#fail(at, failureOf(error)));
      return new Map();
    }
  }

  /** Files what the hub holds; answers those that are settled by it. */
  async #file(held: Item[]): Promise<Item[]> {
    if (held.length === 0) return [];
    const filings = held.map(({ file, folder, hashes }) => ({
      sha256: hashes.sha256,
      name: file.name,
      folder,
      modified_at_ms: file.lastModified,
    }));
    try {
      const outcomes = await fileHeld(this.#means.hub, filings, this.#place);
      return held.filter((item, index) => {
        const outcome = outcomes[index];
        if (outcome?.outcome === "stored") this.#done(item, outcome);
        else if (outcome?.outcome === "not-held" && outcome.refused) {
          this.#fail(item.at, new Failed("refused", outcome.refused));
        } else return false;
        return true;
      });
    } catch (error) {
      held.forEach(({ at }) => this.#fail(at, failureOf(error)));
      return held;
    }
  }

  async #send(item: Item): Promise<void> {
    if (this.#over()) return;
    const { file, folder, hashes, at } = item;
    await this.#try(at, async () => {
      const declared = { ...this.#place, name: file.name, hashes, folder, modifiedAtMs: file.lastModified };
      const told = (bytes: number) => {
        this.#underWay.set(at, bytes);
        this.#tell(file.name);
      };
      const { signal } = this.#options;
      const sending = (this.#means.send ?? send)(file, declared, { told, ...(signal && { signal }) });
      this.#done(item, await sending);
    });
    this.#underWay.delete(at);
  }

  #done({ at, file }: Item, stored: Schemas["Stored"]): void {
    this.outcomes[at] = { stored };
    this.#underWay.delete(at);
    this.#items += 1;
    this.#bytes += file.size;
    this.#tell(file.name);
  }

  async #try(at: number, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#fail(at, failureOf(error));
    }
  }

  #fail(at: number, failed: Failed): void {
    this.outcomes[at] = { failed };
    if (concernsAll(failed.why)) this.#ended = failed;
  }

  /** What concerns all of them, or a stop, ends it: the rest says the same reason. */
  #over(): boolean {
    if (this.#options.signal?.aborted) return true;
    if (!this.#ended) return false;
    const ended = this.#ended;
    this.outcomes.forEach((outcome, at) => {
      if ("failed" in outcome && outcome.failed.why === "stopped") this.outcomes[at] = { failed: ended };
    });
    return true;
  }

  #tell(name: string): void {
    const underWay = [...this.#underWay.values()].reduce((sum, bytes) => sum + bytes, 0);
    this.#options.told?.({ items: this.#items, bytes: this.#bytes + underWay, name });
  }
}
