/** A reply with everything Markdown has, wider than a panel where it can be. */
export const RICH_REPLY = [
  '## A heading',
  'Some *words*, **more**, `code`, [a link](https://example.com/terms) and ![a picture](https://example.com/x.png).',
  '1. one\n2. two\n   - [x] done\n   - [ ] to do',
  '> A quotation of some length, so that it has more than one line in a narrow panel.',
  '| Name | Direction | Reconnects | Through proxies | A message costs |\n| --- | --- | :-: | --- | --: |\n| Server-sent events | to the client | by itself | yes | 6 bytes |\n| WebSocket | both ways | by hand | sometimes | 2 to 14 bytes |',
  "```ts\nconst response = await fetch('/sessions/42/messages/stream', { method: 'POST', headers, body, signal: controller.signal });\n```",
  'The end.',
].join('\n\n');
