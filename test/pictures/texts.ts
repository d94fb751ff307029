/** What is asked and answered in the pictures. */
export interface StageTexts {
  readonly question: string;
  readonly otherQuestion: string;
  readonly answer: string;
  /** The beginning of an answer. */
  readonly half: string;
  readonly short: string;
  readonly thanks: string;
  readonly welcome: string;
}

const CODE = `\`\`\`ts
const response = await fetch("/sessions/42/messages/stream", { method: "POST", body });
for await (const event of parse(response.body)) {
  if (event.type === "token") append(event.content); // one text node
}
\`\`\``;

const LINK = 'https://html.spec.whatwg.org/multipage/server-sent-events.html';

export const TEXTS: { readonly [language in 'en' | 'ar']: StageTexts } = {
  en: {
    question: 'How does streaming work?',
    otherQuestion: 'What about long polling?',
    answer: `### Streaming in three steps

Server-Sent Events are a **one-way** stream over plain HTTP. Here is the short version, with a table, some code and a list.

1. Open a \`POST\` request and read the body as a stream.
2. Split on blank lines; keep the unfinished tail.
3. Render each token as it arrives:
   - never re-render finished blocks
   - keep the reader’s scroll position

| Transport | Direction | Reconnect | Proxy friendly | Overhead per message |
| --- | --- | --- | --- | --- |
| Server-Sent Events | server to client | built in | yes | 6 bytes |
| WebSocket | both | by hand | sometimes | 2 to 14 bytes |
| Long polling | server to client | by hand | yes | 500+ bytes |

${CODE}

> A cut connection is normal. Resume from the last event id, and never print a token twice.

Read more in the [HTML standard](${LINK}).`,
    half: 'Server-Sent Events are a **one-way** stream over plain HTTP. The browser opens one request, and the server keeps writing small text events until the reply is ',
    short: 'WebSockets carry data both ways over one socket, and they need their own reconnect logic.',
    thanks: 'Thank you, that helps.',
    welcome: 'You are welcome.',
  },
  ar: {
    question: 'كيف يعمل البث؟',
    otherQuestion: 'وماذا عن الاستطلاع الطويل؟',
    answer: `### البث في ثلاث خطوات

أحداث Server-Sent Events بثٌّ **في اتجاه واحد** عبر HTTP العادي. إليك الخلاصة مع جدول وشيفرة وقائمة.

1. افتح طلب \`POST\` واقرأ الجسم كتيار.
2. قسّم عند الأسطر الفارغة واحتفظ بالبقية غير المكتملة.
3. اعرض كل رمز عند وصوله.

| طريقة النقل | الاتجاه | إعادة الاتصال | الحمل لكل رسالة |
| --- | --- | --- | --- |
| Server-Sent Events | من الخادم إلى العميل | مدمجة | ٦ بايت |
| WebSocket | في الاتجاهين | يدويًا | ٢ إلى ١٤ بايت |
| Long polling | من الخادم إلى العميل | يدويًا | أكثر من ٥٠٠ بايت |

${CODE}

> انقطاع الاتصال أمر طبيعي. تابع من معرّف آخر حدث ولا تطبع الرمز مرتين.

اقرأ المزيد في [معيار HTML](${LINK}).`,
    half: 'أحداث Server-Sent Events بثٌّ **في اتجاه واحد** عبر HTTP العادي. يفتح المتصفح طلبًا واحدًا، ويظل الخادم يكتب أحداثًا نصية صغيرة حتى ',
    short: 'تنقل WebSocket البيانات في الاتجاهين عبر مقبس واحد، وتحتاج إلى منطق إعادة اتصال خاص بها.',
    thanks: 'شكرًا، هذا مفيد.',
    welcome: 'على الرحب والسعة.',
  },
};
