import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { type Close, CutPoint, type Fault, type Plan, type ShapeFault } from './chaos/faults.js';
import { disordered } from './chaos/frames.js';
import { framingOf, type MessageHead, MessageReader } from './chaos/http-message.js';

/** What is to happen to one exchange. */
export interface Exchange {
  readonly plan: Plan;
  /** For what the plan leaves open, e.g. which events come twice. */
  readonly random: () => number;
  /** Told once of each fault of the plan that came about: an answer may be over before it could be cut. */
  struck(fault: Fault): void;
}

/** Asked for each request, also for the second one of a connection. */
export type PlanExchange = (request: { readonly method: string; readonly path: string }) => Exchange;

export interface FaultProxy {
  readonly port: number;
  /** Base URL that leads through the proxy to the server. */
  readonly url: string;
  /** What runs at this moment loses its line: by a reset, or silently (nothing more comes, and nobody says so). */
  loseAll(how: 'cut' | 'frozen'): void;
  close(): Promise<void>;
}

/** What every connection shares. */
interface Line {
  /** A connection to the server. */
  open(): Socket;
  readonly planExchange: PlanExchange;
  /** Clients that get nothing more. */
  readonly frozen: WeakSet<Socket>;
}

/**
 * A proxy on raw TCP in front of a server on this machine, that does to each request and its answer what `planExchange`
 * says: see {@link Plan}. Towards the client connections are kept alive as the server says; each request has its own one
 * to the server.
 */
export async function startFaultProxy(
  target: string | (() => string),
  planExchange: PlanExchange,
): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    // What ends a connection is seen by whoever reads from it.
    return socket
      .setNoDelay(true)
      .on('error', () => {})
      .on('close', () => sockets.delete(socket));
  };
  const clients = new Set<Socket>();
  const line: Line = {
    open: () => {
      const { hostname, port } = new URL(typeof target === 'string' ? target : target());
      return keep(connect({ host: hostname, port: Number(port) }));
    },
    planExchange,
    frozen: new WeakSet(),
  };
  const proxy = createServer((client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    void serve(keep(client), line);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    loseAll(how) {
      for (const client of clients) {
        if (how === 'cut') client.resetAndDestroy();
        else line.frozen.add(client);
      }
    },
    async close() {
      const ended = once(proxy, 'close');
      proxy.close();
      for (const socket of sockets) socket.destroy();
      await ended;
    },
  };
}

/** Serves one connection, request by request, until a fault or either side ends it. */
async function serve(client: Socket, line: Line): Promise<void> {
  const requests = new MessageReader(client);
  for (;;) {
    const head = await requests.head();
    if (!head) break;
    const body = await requests.exactly(Number(head.fields.get('content-length') ?? 0));
    const [method = '', path = ''] = head.startLine.split(' ');
    const exchange = line.planExchange({ method, path });
    if (!(await serveOne(client, line, Buffer.concat([head.bytes, body]), exchange))) return;
  }
  client.destroy();
}

/** One request and its answer; whether the connection is good for another. */
async function serveOne(client: Socket, line: Line, request: Buffer, exchange: Exchange): Promise<boolean> {
  const { plan, struck } = exchange;
  const fault = plan.request;
  if (fault?.kind === 'refuse') {
    struck(fault);
    client.write(refusal(fault.status, fault.retryAfter));
    return true;
  }
  const server = line.open();
  const leave = () => server.destroy();
  client.once('close', leave);
  try {
    if (fault?.kind === 'drop-before') {
      struck(fault);
      const seen = request.subarray(0, Math.floor(request.length * Math.min(fault.share, 0.999)));
      if (seen.length > 0) await new Promise((resolve) => server.write(seen, resolve));
      return hangUp(client, fault.by);
    }
    server.write(request);
    const answers = new MessageReader(server);
    const head = await answers.head();
    if (!head || client.destroyed) return hangUp(client, 'RST');
    if (fault?.kind === 'drop-after') {
      struck(fault);
      return hangUp(client, fault.by);
    }
    return await answer(new Outlet(client, line.frozen, exchange), head, answers.body(head), exchange);
  } finally {
    client.off('close', leave);
    server.destroy();
  }
}

/** Hands an answer on as the plan says; whether the connection is good for another request. */
async function answer(
  outlet: Outlet,
  head: MessageHead,
  body: AsyncGenerator<Buffer, boolean>,
  { plan: { shape, ending }, random, struck }: Exchange,
): Promise<boolean> {
  if (shape?.kind === 'delay') {
    struck(shape);
    await setTimeout(shape.delayMs);
  }
  if (!(await outlet.write(head.bytes))) return false;
  const framing = framingOf(head);
  const isStream = framing.end.length > 0;
  const isWhole = { value: true };
  let sent = 0;
  for await (const piece of shaped(wholeness(body, isWhole), shape, isStream, random, struck)) {
    const room = ending?.kind === 'clean-end' && isStream ? ending.at - sent : Infinity;
    sent += piece.length;
    if (piece.length > room) {
      if (ending) struck(ending);
      if (room > 0 && !(await outlet.write(framing.frame(piece.subarray(0, room))))) return false;
      return outlet.write(framing.end);
    }
    if (!(await outlet.write(framing.frame(piece)))) return false;
    if (shape?.kind === 'trickle') await setImmediate();
  }
  // The server itself has cut its answer off.
  if (!isWhole.value) return hangUp(outlet.client, 'RST');
  return (await outlet.write(framing.end)) && !/\bclose\b/i.test(head.fields.get('connection') ?? '');
}

/** The pieces of a body in the form of the fault. */
async function* shaped(
  body: AsyncIterable<Buffer>,
  shape: ShapeFault | undefined,
  isStream: boolean,
  random: () => number,
  struck: (fault: Fault) => void,
): AsyncGenerator<Buffer> {
  if (!isStream || !shape || shape.kind === 'delay') return yield* body;
  let hasStruck = false;
  const strike = () => {
    if (!hasStruck) struck(shape);
    hasStruck = true;
  };
  if (shape.kind === 'repeat' || shape.kind === 'reorder') return yield* disordered(body, shape, random, strike);
  const whole: Buffer[] = [];
  let bytes = shape.kind === 'trickle' ? shape.bytes : 0;
  for await (const piece of body) {
    strike();
    if (shape.kind === 'buffer') whole.push(piece);
    else {
      const slow = Math.min(bytes, piece.length);
      for (let index = 0; index < slow; index++) yield piece.subarray(index, index + 1);
      bytes -= slow;
      if (slow < piece.length) yield piece.subarray(slow);
    }
  }
  if (whole.length > 0) yield Buffer.concat(whole);
}

/** Passes a body on, and keeps whether it came whole: `for await` drops what a generator returns. */
async function* wholeness(body: AsyncGenerator<Buffer, boolean>, isWhole: { value: boolean }): AsyncGenerator<Buffer> {
  isWhole.value = yield* body;
}

/** The way to the client, which ends where the plan says. */
class Outlet {
  readonly #frozen: WeakSet<Socket>;
  readonly #ending: Plan['ending'];
  readonly #struck: (fault: Fault) => void;
  readonly #point: CutPoint | undefined;

  constructor(
    readonly client: Socket,
    frozen: WeakSet<Socket>,
    { plan: { ending }, struck }: Exchange,
  ) {
    this.#frozen = frozen;
    this.#ending = ending;
    this.#struck = struck;
    if (ending?.kind === 'cut') this.#point = new CutPoint(ending.place, ending.at);
    else if (ending?.kind === 'stall') this.#point = new CutPoint('anywhere', ending.at);
  }

  /** Whether more may follow. */
  async write(bytes: Buffer): Promise<boolean> {
    const { client } = this;
    if (client.destroyed) return false;
    if (this.#frozen.has(client)) return closed(client);
    const index = this.#point?.indexIn(bytes) ?? -1;
    if (index === -1) {
      if (bytes.length > 0) client.write(bytes);
      return true;
    }
    if (this.#ending) this.#struck(this.#ending);
    // Out of this process before a reset: that would take back what was not sent yet.
    if (index > 0) await new Promise((resolve) => client.write(bytes.subarray(0, index), resolve));
    if (this.#ending?.kind === 'cut') return hangUp(client, this.#ending.by);
    return closed(client);
  }
}

/** Waits until the client gives up; nothing more can follow on its connection. */
async function closed(client: Socket): Promise<false> {
  if (!client.destroyed) await new Promise((resolve) => client.once('close', resolve));
  return false;
}

/** Ends a connection; nothing more can follow on it. */
function hangUp(client: Socket, by: Close): false {
  if (by === 'RST') client.resetAndDestroy();
  else client.end();
  return false;
}

/** What a proxy or a load balancer says where it cannot, or will not, ask the server. */
function refusal(
  status: number,
  retryAfter: { readonly seconds: number; readonly asDate: boolean } | undefined,
): string {
  const title = { 429: 'Too Many Requests', 502: 'Bad Gateway', 503: 'Service Temporarily Unavailable' }[status] ?? '';
  const page = `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body><h1>${status} ${title}</h1></body>\r\n</html>\r\n`;
  const fields = ['Content-Type: text/html', `Content-Length: ${page.length}`];
  if (retryAfter) {
    const { seconds, asDate } = retryAfter;
    fields.push(`Retry-After: ${asDate ? new Date(Date.now() + seconds * 1000).toUTCString() : seconds}`);
  }
  return `HTTP/1.1 ${status} ${title}\r\n${fields.join('\r\n')}\r\n\r\n${page}`;
}
