/**
 * `chat-stream-server/auth`: who may use which session. A module of its own, so that who does not use it does not load it.
 * @module
 */
export { capabilityAuth, type CapabilityAuthOptions } from './capability.js';
export { jwtAuth, type JwtAuthOptions, type JwtKeys } from './jwt.js';
export type { Auth, Identity, RefusedToken } from '../http/auth.js';
