import type { SessionLog } from '../../../server/src/log/session-log.js';

/** A line of the process that is killed. */
export type Report =
  | { readonly type: 'open'; readonly openMs: number }
  | {
      readonly type: 'claimed';
      readonly key: string;
      readonly session: string;
      readonly messageId: string;
      /** Of its first entry. */
      readonly id: number;
    }
  | { readonly type: 'seen'; readonly session: string; readonly id: number }
  | { readonly type: 'ended'; readonly key: string; readonly words: number }
  | { readonly type: 'refused'; readonly key: string; readonly status: string };

type Claimed = Extract<Report, { type: 'claimed' }>;

/** What processes told before they were killed, and whether the store says the same. */
export class Told {
  lives = 0;
  readonly openMs: number[] = [];
  readonly claimed = new Map<string, Claimed>();
  /** Words of each reply whose end was acknowledged. */
  readonly ended = new Map<string, number>();
  restarted = 0;
  readonly faults: string[] = [];
  /** The highest id a reader was given, by session. */
  readonly #lastIds = new Map<string, number>();

  /** Takes all that one life told. */
  take(reports: readonly Report[]): void {
    this.lives++;
    for (const report of reports) {
      switch (report.type) {
        case 'open':
          this.openMs.push(report.openMs);
          break;
        case 'claimed':
          if (report.id <= (this.#lastIds.get(report.session) ?? 0)) this.faults.push(`${report.key}: id used twice`);
          this.#lastIds.set(report.session, report.id);
          this.claimed.set(report.key, report);
          break;
        case 'seen':
          this.#lastIds.set(report.session, Math.max(report.id, this.#lastIds.get(report.session) ?? 0));
          break;
        case 'ended':
          this.ended.set(report.key, report.words);
          break;
        case 'refused':
          this.faults.push(`${report.key}: refused, ${report.status}`);
          break;
      }
    }
  }

  /** Reads back every message that was acknowledged so far. */
  async compare(log: SessionLog): Promise<void> {
    this.restarted = 0;
    for (const claim of this.claimed.values()) await this.#compareOne(log, claim);
    for (const session of this.#lastIds.keys()) {
      const snapshot = await log.snapshot(session, { limit: 1_000_000 });
      if (snapshot?.activeMessageId !== undefined) this.faults.push(`${session}: a reply is left running`);
      const open = snapshot?.data.filter(({ status }) => status === 'streaming') ?? [];
      for (const { id } of open) this.faults.push(`${session}: ${id} is left streaming`);
    }
  }

  async #compareOne(log: SessionLog, { key, session, messageId }: Claimed): Promise<void> {
    const again = await log.claim(session, {
      intent: { kind: 'message', content: `Question ${key}` },
      clientMessageId: key,
      joinOnly: true,
    });
    if (again.status !== 'joined' || again.messageId !== messageId) {
      return void this.faults.push(`${key}: the message is lost, ${again.status}`);
    }
    const reply = await log.getMessage(session, messageId);
    const question = await log.getMessage(session, reply?.parentId ?? '');
    if (question?.content !== `Question ${key}`) this.faults.push(`${key}: the question is "${question?.content}"`);
    const words = this.ended.get(key);
    const text = Array.from({ length: words ?? 12 }, (_, word) => `${key}/${word} `).join('');
    const content = reply?.content ?? '';
    if (reply?.status === 'error') this.restarted++;
    if (words !== undefined && (content !== text || reply?.status !== 'complete')) {
      this.faults.push(`${key}: was whole, is "${content}", ${reply?.status}`);
    }
    if (!text.startsWith(content)) this.faults.push(`${key}: holds other words, "${content}"`);
  }
}
