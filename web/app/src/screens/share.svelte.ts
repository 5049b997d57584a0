import type { Hub } from "../api/hub";
import { forgetShared, type SharedFile, sharedFiles } from "../offline/shared";
import type { Transfer } from "../state/transfers.svelte";
import { bring } from "../upload/bring";
import type { Failed } from "../upload/failure";
import { Hasher } from "../upload/hasher";

/** Where it goes. */
export interface ShareTarget {
  space: string;
  folder: string;
}

/** What another app shared, on its way to the hub. What is there is forgotten here; the rest waits. */
export class Sharing {
  files = $state.raw<SharedFile[]>();
  failed = $state.raw<Failed>();
  readonly bytes = $derived((this.files ?? []).reduce((sum, { file }) => sum + file.size, 0));
  readonly #hub: Hub;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  async open(): Promise<void> {
    this.files = await sharedFiles();
  }

  async forget(keys: readonly number[]): Promise<void> {
    await forgetShared(keys);
    this.files = this.files?.filter(({ key }) => !keys.includes(key));
  }

  /** Brings all of them. Answers how many came. */
  async send({ space, folder }: ShareTarget, transfer: Transfer, signal: AbortSignal): Promise<number> {
    const files = this.files ?? [];
    const hasher = new Hasher();
    this.failed = undefined;
    transfer.state = "running";
    const outcomes = await bring(
      { hub: this.#hub, hasher },
      files.map(({ file }) => ({ file, folder })),
      { space },
      {
        signal,
        told: ({ items, bytes }) => {
          transfer.itemsDone = items;
          transfer.bytesDone = bytes;
        },
      },
    );
    hasher.close();
    const came = files.filter((_, at) => "stored" in (outcomes[at] ?? {})).map(({ key }) => key);
    this.failed = outcomes.flatMap((outcome) => ("failed" in outcome ? [outcome.failed] : []))[0];
    await this.forget(came);
    return came.length;
  }
}
