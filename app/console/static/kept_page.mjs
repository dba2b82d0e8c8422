// Has this page be kept by the service worker, for when the network is away.
// The first visit of a page is over before there is a service worker to keep it.

export async function keepPage() {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register("/service-worker.js");
  const { active } = await navigator.serviceWorker.ready; // from here on it answers for the page
  const made = performance.getEntriesByType("resource").map(({ name }) => name);
  active.postMessage([location.href, ...made.filter((name) => new URL(name).pathname.startsWith("/static/"))]);
}
