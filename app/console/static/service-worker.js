// Keeps the page of the day, the board, that of attendees and what they are made of, for when the network goes away.
// Answers of the api are not kept here: the pages themselves keep the last room they were told.

const CACHE = "tertius-pages-1";
const KEPT = /^\/(static\/|events\/[^/]+\/(day|board)$|me$)/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method === "GET" && origin === self.location.origin && KEPT.test(pathname)) event.respondWith(answer(event.request));
});
// A page that was opened before there was a worker tells what it is made of.
self.addEventListener("message", (event) => event.waitUntil(keep(event.data)));

async function keep(addresses) {
  const cache = await caches.open(CACHE);
  await cache.addAll(addresses);
}

async function answer(request) {
  const cache = await caches.open(CACHE);
  try {
    const fresh = await fetch(request);
    if (fresh.ok && !fresh.redirected) await cache.put(request, fresh.clone());
    return fresh;
  } catch (failure) {
    const kept = await cache.match(request);
    if (kept) return kept;
    throw failure;
  }
}
