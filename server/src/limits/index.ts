/**
 * `chat-stream-server/limits`: how much visitors may ask for. A module of its own, so that who does not use it does not
 * load it.
 * @module
 */
export type { RedisClient } from './counters.js';
export { visitorLimits, type VisitorLimits, type VisitorLimitsOptions } from './visitor-limits.js';
export type { Limits, Refusal } from '../http/limits.js';
