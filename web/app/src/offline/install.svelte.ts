/** Whether and how this page can become an app of the device. */

/** Chromium's offer to install; not in TypeScript's library. */
interface InstallOffer extends Event {
  prompt(): Promise<{ outcome: "accepted" | "dismissed" }>;
}

export type Installing =
  /** It runs as an app already. */
  | "installed"
  /** The browser would do it now. */
  | "offered"
  /** The browser has it in a menu of its own. */
  | "by-menu"
  /** Browsers install over https only. */
  | "not-secure";

/** Keeps the app for when the hub is away, and the browser's offer to install it. */
export class Install {
  #offer = $state.raw<InstallOffer>();
  #installed = $state(runsAsApp());
  readonly state: Installing = $derived.by(() => {
    if (this.#installed) return "installed";
    if (this.#offer) return "offered";
    return isSecureContext ? "by-menu" : "not-secure";
  });

  constructor() {
    addEventListener("beforeinstallprompt", (event) => {
      event.preventDefault();
      this.#offer = event as InstallOffer;
    });
    addEventListener("appinstalled", () => {
      this.#offer = undefined;
      this.#installed = true;
    });
  }

  /** Asks the browser to install it. */
  async install(): Promise<void> {
    const offer = this.#offer;
    this.#offer = undefined;
    await offer?.prompt();
  }
}

/** Has the browser keep the app. Only over https, and where nothing is developed. */
export function keepApp(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  // Without it, the app works as before.
  addEventListener("load", () => void navigator.serviceWorker.register("/sw.js").catch(() => undefined));
}

function runsAsApp(): boolean {
  return (
    matchMedia("(display-mode: standalone)").matches ||
    ("standalone" in navigator && navigator.standalone === true)
  );
}
