/*
 * Keeps the app itself, so that it opens when the hub is away and says so. The build puts in what is kept and
 * under which version (see vite.config.ts), and writes this file to /sw.js.
 *
 * It never touches the API: what the hub answers, and every picture, goes past it.
 */
const VERSION = "__VERSION__";
const FILES = ["__FILES__"];
const PREFIX = "albumen-app-";
/** Pages of the version before may still be open and ask for their parts. */
const KEPT_VERSIONS = 2;
/** A hub that has not begun to answer by then counts as away, in milliseconds. */
const PATIENCE_MS = 4000;
const SHARE = "/share";

self.addEventListener("install", (event) => {
  event.waitUntil(keepApp());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([forgetOld(), self.clients.claim()]));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin || isHubs(url.pathname)) return;
  if (request.method === "POST" && url.pathname === SHARE) event.respondWith(takeShared(request));
  else if (request.method !== "GET") return;
  else if (request.mode === "navigate") event.respondWith(page(request));
  else if (FILES.includes(url.pathname) || url.pathname.startsWith("/assets/")) {
    event.respondWith(file(request, url));
  }
});

/** What the hub answers itself. */
function isHubs(path) {
  return ["/api", "/tus", "/healthz", "/readyz"].some((door) => path === door || path.startsWith(`${door}/`));
}

async function keepApp() {
  const cache = await caches.open(PREFIX + VERSION);
  // Past the browser's own cache: the list and the files must be of one version.
  await cache.addAll(FILES.map((path) => new Request(path, { cache: "reload" })));
  await self.skipWaiting();
}

/** `keys` tells them in the order in which they were made. */
async function forgetOld() {
  const own = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  const kept = own.filter((name) => name !== PREFIX + VERSION).slice(1 - KEPT_VERSIONS);
  const old = own.filter((name) => name !== PREFIX + VERSION && !kept.includes(name));
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** A page comes from the hub; when that is away, the app opens from here and says so. */
async function page(request) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    return await fetch(request, { signal: patience.signal });
  } catch {
    return (await caches.match("/", { cacheName: PREFIX + VERSION })) ?? Response.error();
  } finally {
    clearTimeout(timer);
  }
}

/** What has a hash in its name never changes; the rest is asked for, and kept for when the hub is away. */
async function file(request, url) {
  const found = await caches.match(url.pathname);
  if (found && url.pathname.startsWith("/assets/")) return found;
  try {
    return await fetch(request);
  } catch {
    return found ?? Response.error();
  }
}

/** What another app shares waits in the browser's database until the screen that is opened now takes it. */
async function takeShared(request) {
  try {
    const form = await request.formData();
    const files = form.getAll("files").filter((one) => one instanceof File && one.size > 0);
    await putShared(files);
    return Response.redirect(SHARE, 303);
  } catch {
    return Response.redirect(`${SHARE}#failed`, 303);
  }
}

/** Kept in step with src/offline/shared.ts. */
function putShared(files) {
  return new Promise((done, failed) => {
    const opening = indexedDB.open("albumen-shared", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("files", { autoIncrement: true });
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const writing = opening.result.transaction("files", "readwrite");
      for (const file of files) writing.objectStore("files").add(file);
      writing.oncomplete = () => {
        opening.result.close();
        done();
      };
      writing.onerror = writing.onabort = () => failed(writing.error);
    };
  });
}
