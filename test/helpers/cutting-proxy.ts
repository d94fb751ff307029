import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** How one connection is to end: after so many bytes from the server, by a reset or by a clean close. */
export interface Cut {
  readonly afterBytes: number;
  readonly by: 'RST' | 'FIN';
}

export interface CuttingProxy {
  /** Base URL that leads through the proxy to the server. */
  readonly url: string;
  /** Connections that were cut so far. */
  readonly cuts: number;
  /** Cuts every connection there is. */
  cutAll(): void;
  close(): Promise<void>;
}

/**
 * A proxy on raw TCP in front of a server on this machine. `nextCut` is asked for each connection; where it answers
 * undefined, the connection is left alone.
 */
export async function startCuttingProxy(target: string, nextCut: () => Cut | undefined): Promise<CuttingProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let cuts = 0;
  const proxy = createServer((client) => {
    const server = connect({ host: hostname, port: Number(port) });
    const cut = nextCut();
    let forwarded = 0;
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.end();
      });
    }
    client.pipe(server);
    server.on('data', (bytes) => {
      if (client.destroyed || client.writableEnded) return;
      const room = (cut?.afterBytes ?? Infinity) - forwarded;
      forwarded += bytes.length;
      if (bytes.length < room) return void client.write(bytes);
      cuts++;
      client.write(bytes.subarray(0, room), () => (cut?.by === 'RST' ? client.resetAndDestroy() : client.end()));
      server.destroy();
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    get cuts() {
      return cuts;
    },
    cutAll: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    close: () => {
      const closed = new Promise<void>((resolve) => proxy.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      return closed;
    },
  };
}
