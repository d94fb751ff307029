import { expect, test } from 'vitest';
import { readConfig } from '../../server/src/config.js';

test('without any setting the server listens on this machine only, and lets no foreign page in', () => {
  expect(readConfig({})).toEqual({ host: '127.0.0.1', port: 8787, origins: [], logLevel: 'info', graceMs: 8_000 });
});

test('each setting is read, and others are left alone', () => {
  const environment = {
    CHAT_HOST: '0.0.0.0',
    PORT: '0',
    CHAT_ORIGINS: ' https://a.example, ,https://b.example,',
    CHAT_LOG_LEVEL: 'silent',
    CHAT_GRACE_MS: '20000',
    PATH: '/usr/bin',
  };
  const origins = ['https://a.example', 'https://b.example'];
  expect(readConfig(environment)).toEqual({ host: '0.0.0.0', port: 0, origins, logLevel: 'silent', graceMs: 20_000 });
});

test('an empty setting counts as none', () => {
  expect(readConfig({ PORT: '', CHAT_HOST: '', CHAT_ORIGINS: '', CHAT_LOG_LEVEL: '', CHAT_GRACE_MS: '' })).toEqual(
    readConfig({}),
  );
});

test.each([
  [{ PORT: 'http' }, 'PORT="http": must be a number.'],
  [{ PORT: '80.5' }, 'PORT="80.5": must be a whole number.'],
  [{ PORT: '65536' }, 'PORT="65536": '],
  [{ PORT: '-1' }, 'PORT="-1": '],
  [{ CHAT_GRACE_MS: '-1' }, 'CHAT_GRACE_MS="-1": '],
  [{ CHAT_GRACE_MS: '8s' }, 'CHAT_GRACE_MS="8s": must be a number.'],
  [{ CHAT_LOG_LEVEL: 'loud' }, 'CHAT_LOG_LEVEL="loud": '],
])('%j is refused with a sentence that names it', (environment, sentence) => {
  expect(() => readConfig(environment)).toThrow(TypeError);
  expect(() => readConfig(environment)).toThrow(sentence);
});

test('all that is wrong is told at once, a line each', () => {
  expect(() => readConfig({ PORT: 'x', CHAT_LOG_LEVEL: 'y' })).toThrow(/^PORT="x": .*\.\nCHAT_LOG_LEVEL="y": .*\.$/);
});
