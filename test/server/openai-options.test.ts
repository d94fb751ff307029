import { describe, expect, test } from 'vitest';
import { openaiOptionsFromEnvironment, openaiResponder } from '../../server/src/responders/openai.js';

const KEY = 'sk-test-0123456789abcdef';

describe('a wrong option', () => {
  const mistake = (options: object) => {
    try {
      openaiResponder({ model: 'm', ...options });
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError);
      return (error as TypeError).message;
    }
    throw new Error('The options were accepted.');
  };

  test.each([
    ['baseUrl', { baseUrl: 'localhost' }, 'baseUrl is "localhost". Give an http or https URL'],
    ['baseUrl', { baseUrl: 'ftp://files/v1' }, 'baseUrl is "ftp://files/v1". Give an http or https URL'],
    ['baseUrl', { baseUrl: '' }, 'baseUrl is "". Give an http or https URL'],
    ['model', { model: '' }, 'model is "". Give the name of a model'],
    ['model', { model: undefined }, 'model is undefined. Give the name of a model'],
    ['body', { body: { messages: [] } }, 'body has "messages"'],
    ['headers', { headers: { 'bad name': 'x' } }, 'headers has "bad name"'],
    ['maxHistoryMessages', { maxHistoryMessages: 0 }, 'maxHistoryMessages is 0. Give a whole number from 1'],
    ['firstTokenTimeoutMs', { firstTokenTimeoutMs: Infinity }, 'firstTokenTimeoutMs is Infinity. Give a whole number'],
    // The bound of CHAT_FIRST_TOKEN_TIMEOUT_MS, too.
    ['firstTokenTimeoutMs', { firstTokenTimeoutMs: 300_001 }, 'Give a whole number from 1 to 300000.'],
    ['idleTimeoutMs', { idleTimeoutMs: 2 ** 31 }, 'idleTimeoutMs is 2147483648. Give a whole number'],
    ['maxEventLength', { maxEventLength: 0.5 }, 'maxEventLength is 0.5. Give a whole number'],
  ])('%s of %j is named with the way out', (_, options, sentence) => {
    expect(mistake(options)).toContain(sentence);
  });

  test.each([
    ['a key with a line break', { apiKey: 'top-secret\n' }],
    ['a header with a line break', { headers: { 'api-key': 'top-secret\r\nx: y' } }],
    ['credentials in baseUrl', { baseUrl: 'https://user:top-secret@api.example/v1' }],
    ['credentials in something that is no URL', { baseUrl: 'user:top-secret@api.example' }],
    ['a key in the query of something that is no URL', { baseUrl: 'api.example?key=top-secret' }],
  ])('never shows %s', (_, options) => {
    expect(mistake(options)).not.toContain('top-secret');
  });

  test('an empty key is one: a server that needs none is asked without', () => {
    expect(mistake({ apiKey: '' })).toContain('leave it out');
  });
});

describe('the environment', () => {
  test('gives nothing where no model is named', () => {
    expect(openaiOptionsFromEnvironment({})).toBeUndefined();
    expect(openaiOptionsFromEnvironment({ OPENAI_API_KEY: KEY, CHAT_SYSTEM_PROMPT: 'x' })).toBeUndefined();
    expect(openaiOptionsFromEnvironment({ CHAT_OPENAI_MODEL: ' ', CHAT_OPENAI_API_KEY: '' })).toBeUndefined();
  });

  test('gives all that is set, trimmed', () => {
    const env = {
      CHAT_OPENAI_BASE_URL: 'http://localhost:11434/v1',
      CHAT_OPENAI_MODEL: 'llama3.2',
      CHAT_OPENAI_API_KEY: `${KEY}\n`,
      CHAT_SYSTEM_PROMPT: 'Be brief.',
      CHAT_FIRST_TOKEN_TIMEOUT_MS: '90000',
    };
    expect(openaiOptionsFromEnvironment(env)).toEqual({
      baseUrl: 'http://localhost:11434/v1',
      model: 'llama3.2',
      apiKey: KEY,
      systemPrompt: 'Be brief.',
      firstTokenTimeoutMs: 90_000,
    });
  });

  test.each(['0', '90s', '-1', '1e3', '300001'])(
    'with a time for the first word that is none is a mistake: %s',
    (value) => {
      const environment = { CHAT_OPENAI_MODEL: 'm', CHAT_FIRST_TOKEN_TIMEOUT_MS: value };
      expect(() => openaiOptionsFromEnvironment(environment)).toThrow(
        new TypeError(
          `CHAT_FIRST_TOKEN_TIMEOUT_MS="${value}": must be a whole number of milliseconds from 1 to 300000.`,
        ),
      );
    },
  );

  test('never sends the key of OpenAI to another address', () => {
    const environment = { CHAT_OPENAI_MODEL: 'm', CHAT_OPENAI_BASE_URL: 'http://127.0.0.1:1/v1', OPENAI_API_KEY: 'a' };
    expect(openaiOptionsFromEnvironment(environment)).not.toHaveProperty('apiKey');
  });

  test('falls back to OPENAI_API_KEY, and a local model needs no key', () => {
    const CHAT_OPENAI_MODEL = 'm';
    expect(openaiOptionsFromEnvironment({ CHAT_OPENAI_MODEL, OPENAI_API_KEY: 'a' })).toEqual({
      model: 'm',
      apiKey: 'a',
    });
    expect(openaiOptionsFromEnvironment({ CHAT_OPENAI_MODEL, OPENAI_API_KEY: 'a', CHAT_OPENAI_API_KEY: 'b' })).toEqual({
      model: 'm',
      apiKey: 'b',
    });
    expect(openaiOptionsFromEnvironment({ CHAT_OPENAI_MODEL })).toEqual({ model: 'm' });
  });

  test.each(['CHAT_OPENAI_API_KEY', 'CHAT_OPENAI_BASE_URL'])(
    'with %s but no model is a mistake, without its value',
    (name) => {
      const read = () => openaiOptionsFromEnvironment({ [name]: 'top-secret' });
      expect(read).toThrow(
        new TypeError(`${name} is set, but CHAT_OPENAI_MODEL is not. Name the model to ask, or unset ${name}.`),
      );
    },
  );
});
