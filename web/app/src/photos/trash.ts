import type { App } from "../state/app.svelte";

/** Most that the hub takes at once. */
const BATCH = 1000;

/** Puts pictures into the trash and offers the way back. Answers whether they went. */
export async function trashPhotos(app: App, ids: string[], onrestored: () => void): Promise<boolean> {
  const { hub, toasts, words } = app;
  const gone: string[] = [];
  const went = await app.attempt(async () => {
    for (let first = 0; first < ids.length; first += BATCH) {
      const body = { asset_ids: ids.slice(first, first + BATCH) };
      const { entry_ids } = await hub.call((api) => api.POST("/api/v1/assets/trash", { body }));
      gone.push(...entry_ids);
    }
  });
  if (gone.length > 0) {
    toasts.tell(words.say("trash.moved", { count: ids.length }), {
      label: words.say("action.undo"),
      run: () => void restore(app, gone, ids.length, onrestored),
    });
  }
  return went;
}

async function restore(app: App, entries: string[], count: number, onrestored: () => void): Promise<void> {
  const { hub, toasts, words } = app;
  const back = await app.attempt(async () => {
    for (const id of entries) {
      const params = { path: { id } };
      await hub.call((api) => api.POST("/api/v1/trash/{id}/restore", { params }));
    }
  });
  if (back) toasts.tell(words.say("trash.restored", { count }));
  onrestored();
}
