import type { Hashes } from "./digest";
import { Failed } from "./failure";
import type { HashAnswer, HashQuestion } from "./hash.worker";

/** The part of a worker that is used. */
export interface HashWorker {
  postMessage(question: HashQuestion): void;
  onmessage: ((event: MessageEvent<HashAnswer>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  terminate(): void;
}

interface Waiting {
  told: (bytes: number) => void;
  done: (hashes: Hashes) => void;
  failed: (error: Error) => void;
}

const start = (): HashWorker =>
  new Worker(new URL("./hash.worker.ts", import.meta.url), { type: "module" }) as HashWorker;

/** Hashes files in a worker, which is started when the first one comes. */
export class Hasher {
  readonly #start: () => HashWorker;
  #worker: HashWorker | undefined;
  #next = 0;
  readonly #waiting = new Map<number, Waiting>();

  constructor(begin: () => HashWorker = start) {
    this.#start = begin;
  }

  /** The hashes of a file. `told` hears of bytes that were read since it was last told. */
  hash(file: Blob, told: (bytes: number) => void = () => undefined): Promise<Hashes> {
    const id = (this.#next += 1);
    const worker = (this.#worker ??= this.#open());
    return new Promise((done, failed) => {
      this.#waiting.set(id, { told, done, failed });
      worker.postMessage({ id, file });
    });
  }

  /** Ends it; what was not hashed by now is not. */
  close(): void {
    this.#worker?.terminate();
    this.#end("stopped");
  }

  #open(): HashWorker {
    const worker = this.#start();
    worker.onmessage = ({ data }) => this.#hear(data);
    worker.onerror = (event) => {
      event.preventDefault();
      worker.terminate();
      this.#end(event.message);
    };
    return worker;
  }

  #hear(answer: HashAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    if ("read" in answer) {
      waiting?.told(answer.read);
      return;
    }
    this.#waiting.delete(answer.id);
    if ("hashes" in answer) waiting?.done(answer.hashes);
    else waiting?.failed(new Failed("unreadable", answer.failed));
  }

  #end(why: string): void {
    this.#worker = undefined;
    for (const { failed } of this.#waiting.values()) failed(new Failed("unreadable", why));
    this.#waiting.clear();
  }
}
