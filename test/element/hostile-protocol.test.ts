import { expect } from '@open-wc/testing';
import { executeServerCommand } from '@web/test-runner-commands';
import { HostilePage } from './hostile-page.js';
import { setLuck } from './page.js';
import { Line } from './server.js';
import { answer, readable, status, until } from './visitor.js';

interface Corpus {
  readonly protocol: { readonly inputs: readonly string[] };
}

describe('hostile events', () => {
  let inputs: readonly string[];
  let page: HostilePage;
  before(async () => {
    ({
      protocol: { inputs },
    } = (await executeServerCommand('corpus', 'xss')) as Corpus);
    page = await HostilePage.open(await Line.open());
  });
  after(() => page.close());

  /** What is read in the end, and whether the reply fails. */
  const outcome = (input: string): readonly [text: string, phase: 'done' | 'failed'] => {
    if (input.startsWith('{"type":"error"')) return ['One ', 'failed'];
    return [input.includes('\\u0000') ? 'One a\ufffdbtwo' : 'One two', 'done'];
  };

  for (const protocol of ['this protocol', 'the plain four events'] as const) {
    it(`run nothing, throw nothing and hold up nothing, in ${protocol}`, async function () {
      this.timeout(60_000);
      setLuck(0);
      expect(inputs).to.have.length(14);
      for (const input of inputs) {
        const line = await Line.open();
        const element = await page.show(line.src);
        void element.send('Hello');
        const request = await line.next();
        const isPlain = protocol === 'the plain four events';
        if (isPlain) await (await request.head()).event({ type: 'start', messageId: 'm1' });
        else await request.start();
        const id = (n: number) => (isPlain ? undefined : n);
        await request.token('One ', id(2));
        await request.write(`${isPlain ? '' : 'id: 3\n'}data: ${input}\n\n`);
        await request.token('two', id(4));
        await request.finish(id(5));
        const [text, phase] = outcome(input);
        await status(element, phase);
        await until(() => answer(element)?.textContent === text, `"${text}" after ${input}`);
        await element.updateComplete;
        expect(readable(element)).not.to.match(/\[object|__xss|onerror/);
        await page.expectSafe(element, line);
      }
    });
  }
});
