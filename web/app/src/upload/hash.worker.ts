/** Hashes files beside the page, so that the page stays quick. One file after the other. */
import { digest, type Hashes } from "./digest";

/** What the page asks. */
export interface HashQuestion {
  id: number;
  file: Blob;
}

/** What it hears: how much more was read, and at last the hashes or what went wrong. */
export type HashAnswer = { id: number } & ({ read: number } | { hashes: Hashes } | { failed: string });

const page = globalThis as unknown as {
  onmessage: (event: MessageEvent<HashQuestion>) => void;
  postMessage(answer: HashAnswer): void;
};

let turn = Promise.resolve();

page.onmessage = ({ data: { id, file } }) => {
  turn = turn.then(async () => {
    try {
      const hashes = await digest(file, (read) => page.postMessage({ id, read }));
      page.postMessage({ id, hashes });
    } catch (error) {
      page.postMessage({ id, failed: String(error) });
    }
  });
};
