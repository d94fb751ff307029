/** What the page is asked for a token with. */
export interface TokenRequest {
  /** Aborts when the token is not needed any more. */
  readonly signal: AbortSignal;
  /** The token that was refused; undefined for the first one. */
  readonly current: string | undefined;
}

/** Hands over the token that requests are sent with. */
export type GetToken = (request: TokenRequest) => Promise<string | undefined> | string | undefined;

/**
 * The page's token: asked for when it is first needed, and again when the server has refused it. Whoever needs it
 * meanwhile waits for the same answer.
 */
export class PageToken {
  readonly #getToken: GetToken;
  #current: string | undefined;
  #asked: Promise<string | undefined> | undefined;

  constructor(getToken: GetToken) {
    this.#getToken = getToken;
  }

  /** Rejects with what the page's function throws. */
  get(signal: AbortSignal): Promise<string | undefined> {
    return (this.#asked ??= this.#ask(signal));
  }

  /** Another one than was refused; undefined where the page has none. */
  async renew(refused: string | undefined, signal: AbortSignal): Promise<string | undefined> {
    if (refused === this.#current) this.#asked = this.#ask(signal);
    const token = await this.get(signal);
    return token === refused ? undefined : token;
  }

  async #ask(signal: AbortSignal): Promise<string | undefined> {
    let token: string | undefined;
    try {
      // It may fail at once: that, too, is to come after the promise is kept.
      const handed = (async () => this.#getToken({ signal, current: this.#current }))();
      token = (await handed) || undefined;
    } finally {
      // Nothing is kept of a failure, or of a page that has none yet.
      if (token === undefined) this.#asked = undefined;
    }
    this.#current = token;
    return token;
  }
}
