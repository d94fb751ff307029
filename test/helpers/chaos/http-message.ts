import type { Socket } from 'node:net';

/** Start line and header fields of an HTTP/1.1 message. */
export interface MessageHead {
  /** As they came, with the blank line that ends them. */
  readonly bytes: Buffer;
  /** E.g. `POST /a HTTP/1.1`, `HTTP/1.1 200 OK`. */
  readonly startLine: string;
  /** By name in lower case. */
  readonly fields: ReadonlyMap<string, string>;
}

const BLANK_LINE = '\r\n\r\n';
const NOTHING = Buffer.alloc(0);

/** Reads HTTP/1.1 messages off a socket, one after the other (RFC 9112): as much of it as a proxy in a test needs. */
export class MessageReader {
  #bytes: Buffer = NOTHING;
  #isOver = false;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    socket.on('data', (bytes) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes]);
      this.#wake();
    });
    for (const event of ['end', 'close', 'error']) {
      socket.on(event, () => {
        this.#isOver = true;
        this.#wake();
      });
    }
  }

  /** The next head; undefined where the connection ends before it is whole. */
  async head(): Promise<MessageHead | undefined> {
    const end = await this.#find(BLANK_LINE);
    if (end === -1) return undefined;
    const bytes = this.#take(end + BLANK_LINE.length);
    const [startLine = '', ...lines] = bytes.toString('latin1').trimEnd().split('\r\n');
    const fields = lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    });
    return { bytes, startLine, fields: new Map(fields) };
  }

  /** So many bytes; fewer where the connection ends before. */
  async exactly(length: number): Promise<Buffer> {
    while (this.#bytes.length < length && (await this.#more()));
    return this.#take(length);
  }

  /** The body of an answer as it comes, without its framing; returns whether it came whole. */
  async *body({ startLine, fields }: MessageHead): AsyncGenerator<Buffer, boolean, undefined> {
    if (/^HTTP\/1\.1 (1\d\d|204|304)/.test(startLine)) return true;
    if (isChunked(fields)) return yield* this.#chunks();
    return yield* this.#pieces(Number(fields.get('content-length') ?? Infinity));
  }

  async *#chunks(): AsyncGenerator<Buffer, boolean, undefined> {
    for (;;) {
      const end = await this.#find('\r\n');
      if (end === -1) return false;
      const size = Number.parseInt(this.#take(end + 2).toString('latin1'), 16);
      if (size > 0 && !(yield* this.#pieces(size))) return false;
      // After the last chunk trailers could come; nobody here sends any.
      if ((await this.exactly(2)).length < 2) return false;
      if (size === 0) return true;
    }
  }

  async *#pieces(length: number): AsyncGenerator<Buffer, boolean, undefined> {
    for (let left = length; left > 0;) {
      if (this.#bytes.length === 0 && !(await this.#more())) return length === Infinity;
      const piece = this.#take(left);
      left -= piece.length;
      if (piece.length > 0) yield piece;
    }
    return true;
  }

  async #find(text: string): Promise<number> {
    for (;;) {
      const index = this.#bytes.indexOf(text, 0, 'latin1');
      if (index !== -1 || !(await this.#more())) return index;
    }
  }

  /** Waits for more bytes; false where none will come. */
  async #more(): Promise<boolean> {
    if (this.#isOver) return false;
    const { length } = this.#bytes;
    await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#bytes.length > length || !this.#isOver;
  }

  #take(length: number): Buffer {
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }
}

/** How a body is put on the wire. */
export interface Framing {
  frame(data: Buffer): Buffer;
  /** What ends the body. */
  readonly end: Buffer;
}

const CHUNKED: Framing = {
  frame: (data) => Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]),
  end: Buffer.from('0\r\n\r\n'),
};

const PLAIN: Framing = { frame: (data) => data, end: NOTHING };

/** The framing an answer's head announces. */
export const framingOf = ({ fields }: MessageHead): Framing => (isChunked(fields) ? CHUNKED : PLAIN);

const isChunked = (fields: MessageHead['fields']): boolean =>
  /\bchunked\b/i.test(fields.get('transfer-encoding') ?? '');
