/** What another app shared with this one: the service worker put it there. Kept in step with it. */
import { type DBSchema, openDB } from "idb";

interface Shelf extends DBSchema {
  files: { key: number; value: File };
}

/** A file that waits, and under which number. */
export interface SharedFile {
  key: number;
  file: File;
}

function open() {
  return openDB<Shelf>("albumen-shared", 1, {
    upgrade: (shelf) => void shelf.createObjectStore("files", { autoIncrement: true }),
  });
}

/** Everything that waits. It waits until it is forgotten: a page that is closed half way loses nothing. */
export async function sharedFiles(): Promise<SharedFile[]> {
  const shelf = await open();
  const reading = shelf.transaction("files");
  const [keys, files] = await Promise.all([reading.store.getAllKeys(), reading.store.getAll()]);
  shelf.close();
  return files.flatMap((file, at) => {
    const key = keys[at];
    return key === undefined ? [] : [{ key, file }];
  });
}

/** Forgets files, because they are on the hub or are not wanted. */
export async function forgetShared(keys: readonly number[]): Promise<void> {
  const shelf = await open();
  const writing = shelf.transaction("files", "readwrite");
  await Promise.all(keys.map((key) => writing.store.delete(key)));
  await writing.done;
  shelf.close();
}
