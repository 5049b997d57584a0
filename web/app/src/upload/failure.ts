import { Away, Refused, type Schemas } from "../api/hub";

/** Why a file did not get to the hub, sorted by what helps. */
export type Why =
  /** The hub does not answer: later. */
  | "away"
  /** The hub cannot right now: later. */
  | "busy"
  /** The session has ended. */
  | "sign-in"
  /** The hub's disk is full. */
  | "storage-full"
  /** There is no such Space any more, or it may only be looked at. */
  | "no-place"
  /** The device is retired, or is not one of this person's. */
  | "no-device"
  /** Deleted on the hub: only sent again when somebody wants that. */
  | "deleted-earlier"
  /** It changed while it was read. */
  | "changed"
  /** The browser cannot read it. */
  | "unreadable"
  /** Something on the way takes no files as large as this. */
  | "too-large"
  /** Somebody stopped it. */
  | "stopped"
  /** The hub says why. */
  | "refused";

/** A file did not get to the hub. */
export class Failed extends Error {
  override readonly name = "Failed";
  readonly why: Why;

  constructor(why: Why, words: string, cause?: unknown) {
    super(words, { cause });
    this.why = why;
  }
}

/** Whether the same may go well later without anybody doing anything about the file itself. */
export function passes(why: Why): boolean {
  return why === "away" || why === "busy";
}

/** Whether it is about the hub or the session rather than about this one file: the others wait as well. */
export function concernsAll(why: Why): boolean {
  return (
    passes(why) || why === "sign-in" || why === "storage-full" || why === "no-place" || why === "no-device"
  );
}

/** What a call's error means for the file. */
export function failureOf(error: unknown): Failed {
  if (error instanceof Failed) return error;
  if (error instanceof Away) return new Failed("away", error.message, error);
  if (error instanceof Refused) return new Failed(whyOf(error.problem), error.problem.detail, error);
  return new Failed("unreadable", String(error), error);
}

/** What an answer that is no problem of the hub's means: something in between spoke. */
export function failureOfStatus(status: number, body: string): Failed {
  const problem = problemIn(body);
  if (problem) return new Failed(whyOf(problem), problem.detail);
  if (status === 413) return new Failed("too-large", body);
  return new Failed(status === 0 || status >= 500 ? "away" : "refused", `${status}`);
}

function whyOf(problem: Schemas["Problem"]): Why {
  switch (problem.code) {
    case "sign-in-again":
      return "sign-in";
    case "storage-full":
      return "storage-full";
    case "deleted-earlier":
      return "deleted-earlier";
    case "hash-mismatch":
    case "length-mismatch":
      return "changed";
    case "forbidden":
    case "not-found":
      return "no-place";
    case "too-large":
      return "too-large";
    default:
      return problem.retryable ? "busy" : "refused";
  }
}

function problemIn(body: string): Schemas["Problem"] | undefined {
  try {
    const read: unknown = JSON.parse(body);
    if (typeof read === "object" && read !== null && "code" in read && "detail" in read) {
      return read as Schemas["Problem"];
    }
  } catch {
    // A page of some proxy.
  }
  return undefined;
}
