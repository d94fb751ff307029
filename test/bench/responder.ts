import { setTimeout as delay } from 'node:timers/promises';
import type { Responder } from 'chat-stream-server';
import { type Shape, replyText, SHAPES } from './texts.js';

/** UTF-16 units of one token: what a model's token has on average. */
export const TOKEN_LENGTH = 4;

/** What a question of the benchmark asks for. */
export interface Order {
  readonly shape: Shape;
  readonly length: number;
  /** 0: all at once. */
  readonly tokensPerSecond: number;
}

export const questionFor = (order: Order): string => JSON.stringify(order);

/** Answers with the text that was ordered, token by token, in time. */
export const respond: Responder = async function* ({ message, signal }) {
  const { shape, length, tokensPerSecond } = readOrder(message.content);
  const text = replyText(shape, length);
  const since = performance.now();
  for (let at = 0, count = 1; at < text.length; at += TOKEN_LENGTH, count++) {
    if (tokensPerSecond > 0) {
      const waitMs = since + (count / tokensPerSecond) * 1_000 - performance.now();
      if (waitMs > 0) await delay(waitMs, undefined, { signal });
    }
    yield text.slice(at, at + TOKEN_LENGTH);
  }
};

function readOrder(content: string): Order {
  const { shape, length, tokensPerSecond } = JSON.parse(content) as Partial<Order>;
  if (!shape || !SHAPES.includes(shape) || !length || tokensPerSecond === undefined) {
    throw new Error(`The benchmark's server was asked "${content}", which is no order.`);
  }
  return { shape, length, tokensPerSecond };
}
