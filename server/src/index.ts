/**
 * `chat-stream-server`: the server of `<chat-stream>` for Express 5.
 * @module
 */
export { type ChatRouter, type ChatRouterOptions, createChatRouter } from './chat-router.js';
export { type ChatServer, type ChatServerOptions, createChatServer } from './server.js';
export type { Clock } from './clock.js';
export type { Auth, Identity, RefusedToken } from './http/auth.js';
export type { Limits, Refusal } from './http/limits.js';
export type { Admit, Feedback } from './http/router-context.js';
export { createLogger, type Logger } from './logger.js';
export type { Measured, Metrics } from './metrics.js';
export { memoryLog, type MemoryLogOptions } from './log/memory.js';
export type * from './log/session-log.js';
export { StoreError } from './log/session-log.js';
export { demoResponder } from './responders/demo.js';
export { openaiOptionsFromEnvironment, type OpenAiOptions, openaiResponder } from './responders/openai.js';
export { type WidgetFiles, widgetFiles } from './widget-files.js';
export { type Responder, ResponderError, type ResponderEvent, type Turn } from './responders/responder.js';
