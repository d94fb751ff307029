/**
 * A service worker that hands every answer of another origin on by itself. `?hold=1`: whole, once its end is known, as
 * caches do; else at once, in pieces of other lengths than it came in.
 */
const holds = new URL(location.href).searchParams.has('hold');

addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', (event) => {
  if (new URL(event.request.url).origin !== location.origin) event.respondWith(answer(event.request));
});

async function answer(request) {
  const response = await fetch(request);
  if (response.body === null) return response;
  const { status, headers } = response;
  if (holds) return new Response(await response.arrayBuffer(), { status, headers });
  let turn = 0;
  const pieces = new TransformStream({
    transform(bytes, controller) {
      for (let from = 0; from < bytes.length;) {
        const to = from + 1 + (turn++ % 7);
        controller.enqueue(bytes.slice(from, to));
        from = to;
      }
    },
  });
  return new Response(response.body.pipeThrough(pieces), { status, headers });
}
