/**
 * What element tests ask of their server: for each command its argument and its answer. A command that waits for
 * something is answered when it has happened.
 */
export interface Commands {
  /** A site whose answers the test writes by hand. `cors`: pages of other origins may read them. */
  'open-line': [argument: { cors: boolean }, answer: Site];
  /** The real server, with a responder that says what the test pushes. */
  'open-chat': [argument: { maxContentLength?: number }, answer: Site];
  /** Everything that was asked of a site so far, as "METHOD /path", oldest first; preflights are left out. */
  requests: [argument: { site: string }, answer: { requests: string[] }];
  /** Waits for a line's next request of this method whose path contains this; each is handed out once. */
  next: [argument: { site: string; method: string; path: string }, answer: RequestSeen];
  head: [argument: { exchange: string; status: number; headers: Record<string, string> }, answer: object];
  write: [argument: { exchange: string; text: string }, answer: object];
  end: [argument: { exchange: string }, answer: object];
  /** Resets the connection. */
  cut: [argument: { exchange: string }, answer: object];
  /** Waits until the browser has closed the connection. */
  left: [argument: { exchange: string }, answer: object];
  /** Waits for the next question that reaches a chat's responder. */
  'next-turn': [argument: { site: string }, answer: { turn: string; content: string }];
  push: [argument: { turn: string; pieces: string[] }, answer: object];
  finish: [argument: { turn: string }, answer: object];
  /** Ends the reply with an error of that code. */
  fail: [argument: { turn: string; words: string }, answer: object];
  /** Waits until the server wants no more of a reply. */
  aborted: [argument: { turn: string }, answer: object];
  /** Resets all of a site's open connections. */
  'cut-all': [argument: { site: string }, answer: object];
}

export interface Site {
  readonly site: string;
  /** For the `src` attribute. */
  readonly src: string;
}

export interface RequestSeen {
  /** Names this request and its answer in later commands. */
  readonly exchange: string;
  /** Below `src`, with the query. */
  readonly path: string;
  /** Empty where there was none. */
  readonly body: string;
}
