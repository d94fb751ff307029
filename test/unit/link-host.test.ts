import { describe, expect, it } from 'vitest';
import { hiddenHost } from '../../widget/src/markdown/safe-url.js';

const EVIL = 'https://evil.com/';
const MAIL = 'mailto:evil@evil.com';

describe('the place a link leads to', () => {
  it.each([
    ['bank\u200b.com', EVIL],
    ['bank\u00ad.com', EVIL],
    ['bank\u2060.\u2060com', EVIL],
    ['bank\u0001.com', EVIL],
    ['bank\u200a.com', EVIL],
    ['\u202emoc.knab', EVIL],
    ['1.2.3.4', EVIL],
    ['[::1]', EVIL],
    ['bank\uff0ecom', EVIL],
    ['bank\u3002com', EVIL],
    ['bank\uff61com', EVIL],
    ['bank\u2024com', EVIL],
    ['bank\u2027com', EVIL],
    ['ban\u1e33.com', EVIL],
    ['bank\u0324.com', EVIL],
    ['bank.co\u0324m', EVIL],
    ['\uff42\uff41\uff4e\uff4b.com', EVIL],
    ['help@bank.com', EVIL],
    ['user@bank', EVIL],
    ['see bank.com.', EVIL],
    ['https://intranet/login', EVIL],
    ['http://localhost:8080/', EVIL],
    ['https:\uff0f/intranet', EVIL],
    ['HTTPS://evil.com and https://intranet', EVIL],
    ['https://bank.com@evil.com/', 'https://bank.com@evil.com/'],
    ['', EVIL],
    ['\u200b', EVIL],
  ])('is shown behind %j', (text, href) => {
    expect(hiddenHost(text, new URL(href).href)).toBe('evil.com');
  });

  it.each([
    ['help@bank.com', MAIL, 'evil@evil.com'],
    ['bank.com', MAIL, 'evil@evil.com'],
    ['help@bank.com', 'mailto:evil@evil.com?subject=Hello', 'evil@evil.com'],
    ['help@bank.com', 'mailto:?to=evil@evil.com', '?to=evil@evil.com'],
    ['help@bank.com', 'mailto:help@bank.com?bcc=evil@evil.com', 'help@bank.com?bcc=evil@evil.com'],
    ['help@bank.com', 'tel:+900', '+900'],
    ['+49 30 12345', 'tel:+90012345', '+90012345'],
    ['911', 'tel:+1900555911', '+1900555911'],
    ['Call 030 12345', 'tel:+4930123456', '+4930123456'],
    ['030\u200b 12345', 'tel:+90012345', '+90012345'],
    ['\u0661\u0662\u0663', 'tel:124', '124'],
    ['\u0435vil.com', 'https://\u0435vil.com/', 'xn--vil-qdd.com'],
  ])('is shown behind %j to %s', (text, href, shown) => {
    expect(hiddenHost(text, new URL(href).href)).toBe(shown);
  });

  it.each([
    ['our guide', EVIL],
    ['version 2.0', EVIL],
    ['version 2.0.1', EVIL],
    ['e.g. this, i.e. that', EVIL],
    ['The end. And more', EVIL],
    ['at 12:30:45', EVIL],
    ['evil.com', EVIL],
    ['evil\u00ad.com', EVIL],
    ['WWW.Evil.com', EVIL],
    ['www.evil.com/guide.html', 'http://www.evil.com/guide.html'],
    ['https://evil.com/guide.html?a=b@c', 'https://evil.com/guide.html?a=b@c'],
    ['[::1]', 'http://[::1]/'],
    ['1.2.3.4:8080', 'http://1.2.3.4:8080/'],
    ['evil@evil.com', MAIL],
    ['Evil@Evil.com', 'mailto:evil@evil.com?subject=Hello'],
    ["o'neil+a@evil.com", "mailto:o'neil+a@evil.com"],
    ['https://intranet/a', 'https://intranet/b'],
    ['Http://LocalHost:8080/a', 'http://localhost:8080/'],
    ['http://[::1]:8080/a', 'http://[::1]:8080/'],
    ['https://www.evil.com/a', EVIL],
    ['ftp://evil.com', EVIL],
    ['https://intranet/@a', 'https://intranet/@a'],
    ['Write to us', MAIL],
    ['+49 123', 'tel:+49123'],
    ['+49 (0)30 123-45', 'tel:+49-30-12345'],
    ['Call us: (030) 12345', 'tel:+493012345'],
    ['0049 30 12345', 'tel:+493012345'],
    ['\uff10\uff13\uff10 12345', 'tel:03012345'],
    ['Call us', 'tel:+493012345'],
  ])('is left out behind %j', (text, href) => {
    expect(hiddenHost(text, new URL(href).href)).toBeUndefined();
  });

  it('is looked for in a time that grows with the text alone', () => {
    const hostile = ['1.', '[a', 'a.:', '@', '.', '\u0324', '\u200b.', 'www.'].map((piece) => piece.repeat(50_000));
    const since = performance.now();
    for (const text of hostile) hiddenHost(text, EVIL);
    hiddenHost('a@b', `mailto:a@b${'?subject=x'.repeat(20_000)}&to=c@d`);
    expect(performance.now() - since).toBeLessThan(5_000);
  });
});
