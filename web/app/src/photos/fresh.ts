import type { Hub } from "../api/hub";
import type { Timeline } from "./timeline.svelte";

/** How often a page that is looked at asks whether something happened, in milliseconds. */
const ASK_MS = 8000;

/**
 * Asks the hub's feed of changes for as long as the page is looked at, and brings a list up to date when
 * there were some. Answers how to stop.
 */
export function keepFresh(hub: Hub, timeline: Timeline): () => void {
  let after: number | undefined;
  let busy = false;

  async function ask(): Promise<void> {
    if (busy || document.hidden) return;
    busy = true;
    try {
      const query = { after: after ?? 0, limit: 1 };
      const { newest } = await hub.call((api) => api.GET("/api/v1/changes", { params: { query } }));
      const news = after !== undefined && newest !== after;
      after = newest;
      if (news) {
        await timeline.refresh();
        await timeline.freshen();
      }
    } catch {
      // Away, or signed out: others say so. The next round tries again.
    } finally {
      busy = false;
    }
  }

  const timer = setInterval(() => void ask(), ASK_MS);
  const back = () => void ask();
  document.addEventListener("visibilitychange", back);
  void ask();
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", back);
  };
}
