import type { DemoAnswer } from './demo-answers.js';

/** About Tidewater, the made-up shop. Each fact also stands on a page of the demo: a test compares them. */
export const SHOP_ANSWERS: readonly DemoAnswer[] = [
  {
    id: 'tracking',
    keywords: [
      'where is my order',
      'where s my order',
      'my order',
      'my parcel',
      'parcel*',
      'tracking',
      'track my',
      'track an',
      'track it',
    ],
    hints: ['package*', 'late', 'lost'],
    text: `## Where your order is

As soon as your parcel leaves us you get an e-mail with a tracking link. The link starts to show something on the evening of that day.

- Nothing after **3 working days**? Look into the spam folder first, then write to us.
- Change or cancel an order: write to us before it has left, best within the hour.

I am a demo and cannot look into orders. For a real one you would write to [help@tidewater.example](mailto:help@tidewater.example) with the order number, which begins with TW.`,
  },
  {
    id: 'returns',
    keywords: [
      'return*',
      'refund*',
      'send back',
      'send something back',
      'send it back',
      'sending back',
      'give back',
      'give it back',
      'bring it back',
      'exchang*',
      'money back',
      'wrong size',
      'another size',
      'different size',
    ],
    hints: ['back', 'unused', 'swap', 'change my mind', 'does not fit', 'doesn t fit', 'too small', 'too big'],
    text: `## Sending something back

You have **30 days** from the day it arrives. We take back what is unworn and has its labels on; trying on at home is fine.

1. Write to [help@tidewater.example](mailto:help@tidewater.example) with your order number. We send you a label.
2. Pack it, in the bag it came in if you still have it.
3. Hand it in at any post office and keep the receipt.

Your money is back within **5 working days** after the parcel has reached us, the way you paid.

- Within the UK the label is free. From elsewhere you pay the postage.
- Another size is free wherever you live:
  - tell us the size in the same e-mail
  - we send it as soon as the post office has scanned your parcel

> Swimwear must have its hygiene strip. Caps and goggles must be in their sealed box.

All of it: [Returns](/returns.html).`,
  },
  {
    id: 'shipping',
    keywords: ['ship*', 'deliver*', 'postage', 'express', 'courier*'],
    hints: [
      'how long',
      'how fast',
      'arriv*',
      'order*',
      'ireland',
      'europe',
      'abroad',
      'countr*',
      'usa',
      'free',
      'cost*',
      'how much',
    ],
    text: `## Shipping

| Where to | Time | Price |
| --- | --- | --- |
| UK, standard | 2–3 working days | £3.95, free from £60 |
| UK, express | next working day | £7.50 |
| Ireland | 4–6 working days | £8.50 |
| Europe | 5–8 working days | £12.00 |

Order by **14:00** on a working day and it leaves the same day. We do not ship to other countries yet.

Heavy things cost no more. More on the page [Shipping](/shipping.html).`,
  },
  {
    id: 'sizes',
    keywords: ['size*', 'sizing', 'fit', 'fits', 'chest', 'measure*', 'size chart'],
    hints: ['small', 'large', 'medium', 'tall', 'tight', 'loose', 'wetsuit*'],
    text: `## Find your size

Measure your chest at its widest, in a T-shirt, with the tape level.

| Size | Height | Chest |
| --- | --- | --- |
| S | 165–173 cm | 89–94 cm |
| M | 172–180 cm | 94–100 cm |
| L | 178–186 cm | 100–106 cm |
| XL | 184–192 cm | 106–112 cm |

The table is for the Skerry wetsuit. **Between two sizes, take the smaller one**: neoprene gives a little when it is wet. Caps and changing robes come in one size.`,
  },
  {
    id: 'care',
    keywords: ['care', 'neoprene', 'wash*', 'rins*', 'dry*', 'clean*', 'shampoo', 'look after', 'smell*', 'hang'],
    hints: ['wetsuit*', 'suit', 'goggles', 'cap', 'sun', 'salt', 'machine'],
    text: `## Looking after neoprene

1. **Rinse** it in cold fresh water after every swim, inside and out. Salt and chlorine make it brittle.
2. **Dry** it in the shade:
   - inside out first, then turn it
   - folded over a wide hanger at the waist, never by the shoulders
   - away from heaters: heat hardens the foam
3. **Wash** it once a month by hand with wetsuit shampoo.
4. **Store** it dry and flat or hanging, not folded small.

Never: washing machine, tumble dryer, iron, bleach, fabric softener.

Goggles want fresh water too; do not touch the inside of the lens. More: [Care](/care.html).`,
  },
  {
    id: 'repairs',
    keywords: [
      'repair*',
      'mend*',
      'torn',
      'tear*',
      'hole',
      'holes',
      'rip',
      'ripped',
      'broken',
      'guarantee*',
      'warranty',
      'faulty',
    ],
    hints: ['glue', 'seam*', 'zip', 'leak*', 'old'],
    text: `## Repairs

- **Nicks up to 2 cm** you can close yourself with neoprene glue: clean, dry, a thin layer on both sides, wait ten minutes, press.
- **Longer tears, seams and zips** we repair in the shop, from **£18**. Bring the suit clean and dry.
- **Seams of our own wetsuits** are guaranteed for **2 years**: then the repair is free.

Bring it in while we are open, or ask for a label by e-mail: [Contact](/contact.html).`,
  },
  {
    id: 'hours',
    keywords: [
      'opening',
      'hours',
      'what time',
      'are you open',
      'you open',
      'shop open',
      'tidewater open',
      'open on',
      'open at',
      'open today',
      'open now',
      'you close',
      'you closed',
      'shop close',
      'sunday*',
      'saturday*',
      'monday*',
      'weekend*',
    ],
    hints: ['open', 'close', 'closed', 'today', 'when'],
    text: `## Opening hours

| Day | Hours |
| --- | --- |
| Tuesday to Friday | 10:00–18:00 |
| Saturday | 9:00–17:00 |
| Sunday and Monday | closed |

The shop is at 4 Slipway Lane, Port Averley. On bank holidays it is closed; the sea is not.`,
  },
  {
    id: 'contact',
    keywords: [
      'contact*',
      'email*',
      'e mail*',
      'mail',
      'telephone',
      'phone number',
      'phone you',
      'by phone',
      'call you',
      'write to you',
      'address',
      'human',
      'a person',
      'someone',
      'where are you',
      'where is the shop',
      'find you',
    ],
    hints: ['reach', 'talk', 'speak', 'write', 'visit', 'parking'],
    text: `## How to reach Tidewater

- **E-mail**: [help@tidewater.example](mailto:help@tidewater.example), answered within one working day
- **Telephone**: 01632 960412, while the shop is open
- **Shop**: 4 Slipway Lane, Port Averley, by the old lifeboat house

There is nobody behind this chat: it is a demo, and the shop, its number and its address are made up.`,
  },
  {
    id: 'products',
    keywords: [
      'sell',
      'products',
      'price*',
      'wetsuit*',
      'goggles',
      'cap',
      'caps',
      'float',
      'robe*',
      'gloves',
      'in stock',
      'buy',
      'recommend*',
      'beginner*',
    ],
    hints: ['cost*', 'how much', 'shop', 'gear', 'cold', 'need'],
    text: `## What is on the shelf

| Product | What it is | Price |
| --- | --- | --- |
| Skerry | wetsuit, 3/2 mm | £129 |
| Dipper | changing robe | £85 |
| Fulmar | tow float and dry bag, 20 litres | £32 |
| Eider | neoprene gloves, 3 mm | £28 |
| Gannet | goggles | £24 |
| Limpet | silicone cap | £14 |

For a first winter in cold water, gloves and a robe matter more than a thicker suit. Nothing of this can be bought: the shop is made up.`,
  },
  {
    id: 'shop',
    keywords: ['tidewater', 'real shop', 'made up', 'fictional', 'who runs'],
    hints: ['shop', 'real', 'company', 'store', 'you'],
    text: `**Tidewater** is a small shop for swimming and coastal gear, and it is **made up**. It exists so that this chat has a page to stand on.

You can ask about its returns, shipping, sizes, opening hours and the care of neoprene; what I say also stands on its pages.`,
  },
];
