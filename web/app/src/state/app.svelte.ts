import { createContext } from "svelte";

import { Away, Hub, Refused } from "../api/hub";
import { Words } from "../i18n/words.svelte";
import { Install } from "../offline/install.svelte";
import { Appearance } from "./appearance.svelte";
import { Router } from "./router.svelte";
import { Session } from "./session.svelte";
import { Toasts } from "./toasts.svelte";
import { Transfers } from "./transfers.svelte";

/** Everything that screens share: made once, reached through the context. */
export class App {
  readonly hub = new Hub();
  readonly words = new Words();
  readonly session = new Session(this.hub);
  readonly router = new Router();
  readonly toasts = new Toasts();
  readonly transfers = new Transfers();
  readonly appearance = new Appearance();
  readonly install = new Install();

  /** What went wrong, in words that a person can act on. */
  readonly why = (error: unknown): string => {
    if (error instanceof Away) return this.words.say("error.away");
    if (error instanceof Refused) return this.#refusal(error);
    return this.words.say("error.unknown");
  };

  /**
   * Runs something, and tells when it went wrong. Answers whether it went well. `said` are words for refusals
   * that mean something particular here.
   */
  async attempt(run: () => Promise<void>, said: Partial<Record<string, string>> = {}): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (error) {
      const particular = error instanceof Refused ? said[error.problem.code] : undefined;
      this.toasts.fail(particular ?? this.why(error));
      return false;
    }
  }

  /** The hub speaks English: what everybody meets is said in the person's own language. */
  #refusal({ problem }: Refused): string {
    const { say } = this.words;
    switch (problem.code) {
      case "slow-down":
        return say("error.slow-down", { count: problem.retry_after_seconds ?? 60 });
      case "name-taken":
        return say("error.name-taken");
      case "forbidden":
        return say("error.forbidden");
      case "not-found":
        return say("error.not-found");
      case "storage-full":
        return say("error.storage-full");
      case "unavailable":
        return say("error.unavailable");
      default:
        return problem.detail;
    }
  }
}

export const [app, setApp] = createContext<App>();
