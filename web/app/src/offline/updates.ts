/** The hub was updated while this page was open: the parts that it would fetch next are not there any more. */

/** Twice in so short a time would be for ever, in milliseconds. */
const SOON_MS = 20_000;
const KEY = "albumen.reloaded-at";

/** Loads the page anew when a part of it is missing and the hub is there: it has a new version. */
export function followUpdates(): void {
  addEventListener("vite:preloadError", () => void reload());
}

async function reload(): Promise<void> {
  try {
    const hub = await fetch("/", { method: "HEAD", cache: "no-store" });
    const before = Number(sessionStorage.getItem(KEY) ?? 0);
    if (!hub.ok || Date.now() - before < SOON_MS) return;
    sessionStorage.setItem(KEY, String(Date.now()));
    location.reload();
  } catch {
    // The hub is away, or the browser keeps nothing: the screen says that it could not be opened.
  }
}
