/** Sending one file by tus, so that it goes on where it was: after a lost network, and in another page. */
import { DetailedError, Upload, type UploadOptions } from "tus-js-client";

import type { Schemas } from "../api/hub";
import type { Hashes } from "./digest";
import { Failed, failureOfStatus } from "./failure";
import { type Place, speaking } from "./offers";

/** Pieces that are acknowledged one by one, and that proxies let through. */
const CHUNK_BYTES = 16 * 1024 * 1024;
/** Up to here a file goes in the request that begins its upload. */
const AT_ONCE_BYTES = 4 * 1024 * 1024;
/** What a network that was gone for a moment is forgiven without a word. */
const RETRIES_MS = [500, 2000, 5000];
/** What goes wrong in between, and is tried again by itself. */
const PASSING = new Set([0, 408, 423, 429, 460, 500, 502, 503, 504]);

/** What the hub is told of a file. */
export interface Declaration extends Place {
  name: string;
  hashes: Hashes;
  modifiedAtMs?: number | undefined;
  /** Path below the Space; the hub chooses when absent. */
  folder?: string | undefined;
  /** The device album: names the default folder, and the album that the picture joins. */
  album?: string | undefined;
  /** Also when it was deleted there earlier. */
  sendAgain?: boolean | undefined;
}

export interface SendOptions {
  /** How much of it the hub has, in bytes. */
  told?: (bytes: number) => void;
  /** Stops it; what was acknowledged stays, and the next time goes on from there. */
  signal?: AbortSignal;
  /** Forget what was acknowledged when it is stopped. */
  forget?: () => boolean;
}

/** The keys under which the hub is told. */
export function metadataOf(file: Declaration): Record<string, string> {
  const plain = /^[ -~]*$/.test(file.name);
  const told: [string, string | undefined][] = [
    ["filename", file.name],
    ["filename-raw", plain ? undefined : file.name],
    ["sha256", file.hashes.sha256],
    ["sha1", file.hashes.sha1],
    ["modified-at-ms", file.modifiedAtMs === undefined ? undefined : String(Math.trunc(file.modifiedAtMs))],
    ["space", file.space],
    ["folder", file.folder],
    ["album", file.album],
    ["send-again", file.sendAgain ? "true" : undefined],
  ];
  return Object.fromEntries(told.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** What makes two attempts the same upload: the content, and where it goes. */
export function fingerprintOf(file: Declaration): string {
  return JSON.stringify(["albumen", file.device, metadataOf(file)]);
}

/** Sends a file. Answers what the hub stored; throws `Failed` otherwise. */
export async function send(
  file: File,
  declared: Declaration,
  options: SendOptions = {},
): Promise<Schemas["Stored"]> {
  return new Promise((done, failed) => {
    const upload = new Upload(file, {
      endpoint: "/tus",
      metadata: metadataOf(declared),
      headers: speaking(declared),
      fingerprint: () => Promise.resolve(fingerprintOf(declared)),
      removeFingerprintOnSuccess: true,
      chunkSize: CHUNK_BYTES,
      uploadDataDuringCreation: file.size <= AT_ONCE_BYTES,
      retryDelays: RETRIES_MS,
      onShouldRetry: (error) => PASSING.has(error.originalResponse?.getStatus() ?? 0),
      onProgress: (bytes) => options.told?.(bytes),
      onError: (error) => void readable(file, failureOfSending(error)).then(failed),
      onSuccess: ({ lastResponse }) => {
        const stored = storedOf((name) => lastResponse.getHeader(name), declared);
        if (stored) done(stored);
        else failed(new Failed("changed", "the hub did not say that it stored this file"));
      },
    } satisfies UploadOptions);
    stopWith(upload, options, failed);
    void goOn(upload, failed);
  });
}

function stopWith(upload: Upload, { signal, forget }: SendOptions, failed: (error: Error) => void): void {
  const stop = () => {
    failed(new Failed("stopped", "stopped"));
    // An upload that cannot be ended now expires on the hub by itself.
    upload.abort(forget?.() ?? false).catch(() => undefined);
  };
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });
}

async function goOn(upload: Upload, failed: (error: Error) => void): Promise<void> {
  try {
    const [before] = await upload.findPreviousUploads();
    if (before) upload.resumeFromPreviousUpload(before);
    upload.start();
  } catch (error) {
    failed(new Failed("unreadable", String(error), error));
  }
}

/** A file that went away or changed looks to the browser as if the network had gone. */
async function readable(file: File, failed: Failed): Promise<Failed> {
  if (failed.why !== "away") return failed;
  try {
    await file.slice(0, 1).arrayBuffer();
    return failed;
  } catch (error) {
    return new Failed("changed", String(error), error);
  }
}

/** What tus-js-client says in the hub's own words. */
export function failureOfSending(error: Error | DetailedError): Failed {
  const answer = "originalResponse" in error ? error.originalResponse : null;
  if (answer) return failureOfStatus(answer.getStatus(), answer.getBody());
  if (!("originalRequest" in error)) return new Failed("unreadable", error.message, error);
  return new Failed("away", error.message, error);
}

/** "Stored" is what the hub says with the last byte, of exactly this content, and nothing else. */
export function storedOf(
  header: (name: string) => string | undefined,
  declared: Declaration,
): Schemas["Stored"] | undefined {
  const [entry, asset] = [header("Albumen-Entry"), header("Albumen-Asset")];
  if (!entry || header("Albumen-Sha256") !== declared.hashes.sha256) return undefined;
  return {
    entry_id: entry,
    ...(asset && { asset_id: asset }),
    sha256: declared.hashes.sha256,
    name: decodeURIComponent(header("Albumen-Name") ?? encodeURIComponent(declared.name)),
    already_held: header("Albumen-Already-Held") === "true",
  };
}
