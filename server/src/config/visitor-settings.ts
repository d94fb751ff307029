import { httpsUrl, oneOf, onOff, secrets, text, wholeNumber } from './kinds.js';
import { settingInfo } from './setting-info.js';

const limit = (fallback: number, help: string) =>
  wholeNumber(1).default(fallback).register(settingInfo, { group: 'Visitors', value: 'N', help });

/** The settings that hold only while there are limits. */
export const LIMITS = [
  'requestsPerAddress',
  'messagesPerAddress',
  'messagesPerSession',
  'messagesInAll',
  'streamsPerAddress',
  'streamsInAll',
  'tokensPerDay',
] as const;

/** Who is let in, and how much anybody may ask for. */
export const visitorSettings = {
  auth: oneOf(['none', 'capability', 'jwt']).default('none').register(settingInfo, {
    group: 'Visitors',
    value: 'HOW',
    help: "who may use a session: none: who knows its id; capability: who began it; jwt: the site's own users",
  }),
  authSecret: secrets().optional().register(settingInfo, {
    group: 'Visitors',
    flag: null,
    separator: ',',
    help: 'signs the tokens; to change it, put the new one first: openssl rand -base64 32',
  }),
  jwksUrl: httpsUrl('https://id.example/.well-known/jwks.json')
    .optional()
    .register(settingInfo, { group: 'Visitors', value: 'URL', help: 'where the public keys for jwt are, instead' }),
  jwtIssuer: text('https://id.example')
    .optional()
    .register(settingInfo, { group: 'Visitors', value: 'TEXT', help: 'what "iss" of a jwt must be' }),
  jwtAudience: text('chat')
    .optional()
    .register(settingInfo, { group: 'Visitors', value: 'TEXT', help: 'what "aud" of a jwt must hold' }),
  limits: onOff().default(true).register(settingInfo, {
    group: 'Visitors',
    help: 'the limits below; --no-limits: none, for a network of yours',
  }),
  requestsPerAddress: limit(300, 'requests of one address in a minute'),
  messagesPerAddress: limit(30, 'messages and new sessions of one address in a minute'),
  messagesPerSession: limit(12, 'messages in one session in a minute'),
  messagesInAll: limit(600, 'messages and new sessions of everybody in a minute'),
  streamsPerAddress: limit(5, 'answers open at once to one address; more for an office that shares one'),
  streamsInAll: limit(10_000, 'answers open at once in this process'),
  tokensPerDay: wholeNumber(1).optional().register(settingInfo, {
    group: 'Visitors',
    value: 'N',
    help: 'tokens of a model that all replies of a day (UTC) may cost',
  }),
} as const;
