/**
 * What scripts of monitoring do to a page: `fetch` and `XMLHttpRequest` are wrapped, every call is counted, and the body
 * of every answer is read a second time from a clone. The page gets an answer of another class.
 */
(() => {
  const seen = (globalThis.monitored = { calls: 0, bytes: 0, failures: 0 });
  const ask = globalThis.fetch;

  class MonitoredResponse extends Response {}

  globalThis.fetch = async function fetch(input, init) {
    seen.calls++;
    // Such scripts wait for their own things first: the call is never made in the turn it was asked for.
    await new Promise((resolve) => setTimeout(resolve, 5));
    let response;
    try {
      response = await ask.call(this, input, { ...init, headers: new Headers(init?.headers) });
    } catch (failure) {
      seen.failures++;
      throw failure;
    }
    if (response.body === null) return response;
    const copy = response.clone();
    void (async () => {
      for await (const bytes of copy.body) seen.bytes += bytes.length;
    })().catch(() => seen.failures++);
    const { status, statusText, headers } = response;
    return new MonitoredResponse(response.body, { status, statusText, headers });
  };

  const send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (...args) {
    seen.calls++;
    return send.apply(this, args);
  };

  // Rejections and errors are taken note of, too.
  for (const type of ['error', 'unhandledrejection']) addEventListener(type, () => seen.failures++);
})();
