import path from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { findChromium, findFirefox } from '../../scripts/browsers.mjs';
import { findOrInstall } from '../helpers/installed-program.js';
import { startNginx } from '../helpers/nginx.js';
import { Redis } from '../helpers/redis.js';

afterEach(() => vi.unstubAllEnvs());

const NODE = { name: path.basename(process.execPath), packages: ['nodejs'], variable: 'NODE_OF_TESTS_PATH' };

describe('a program that a test needs', () => {
  test('is the one that its variable names', () => {
    vi.stubEnv('NODE_OF_TESTS_PATH', process.execPath);
    expect(findOrInstall({ ...NODE, name: 'none-of-this-name' })).toBe(process.execPath);
  });

  test.each([
    ['unset', undefined],
    ['empty', ''],
  ])('is the first of the path where its variable is %s', (_how, value) => {
    vi.stubEnv('NODE_OF_TESTS_PATH', value);
    vi.stubEnv('PATH', path.dirname(process.execPath));
    expect(findOrInstall(NODE)).toBe(process.execPath);
  });

  test.each([
    ['nothing', '/nowhere/redis-server'],
    ['a folder', path.dirname(process.execPath)],
    ['a file that cannot be run', import.meta.filename],
  ])('is none where its variable names %s, whatever else is there', (_what, value) => {
    vi.stubEnv('REDIS_SERVER_PATH', value);
    expect(() => new Redis()).toThrow(
      `REDIS_SERVER_PATH="${value}" names no program that can be run: give the path of redis-server, or unset REDIS_SERVER_PATH.`,
    );
  });

  test('is none for nginx likewise', async () => {
    vi.stubEnv('NGINX_PATH', '/nowhere/nginx');
    await expect(startNginx('http://127.0.0.1:1')).rejects.toThrow(
      'NGINX_PATH="/nowhere/nginx" names no program that can be run: give the path of nginx, or unset NGINX_PATH.',
    );
  });

  test.each([
    ['CHROME_PATH', findChromium],
    ['FIREFOX_PATH', findFirefox],
  ])('is none for a browser likewise: %s', (variable, find) => {
    vi.stubEnv(variable, '/nowhere/browser');
    expect(find).toThrow(`${variable}="/nowhere/browser" names no program that can be run`);
    vi.stubEnv(variable, process.execPath);
    expect(find()).toBe(process.execPath);
  });
});
