import { newRecord, type Value } from '@formatlab/core';
import { randomInteger, randomItem, seededRandom } from '../statistics/random.js';
import { NO_ACCESS, numberOf, type Workload } from './workload.js';

/** Small records between two processes, each encoded, framed by its length, sent, decoded and sent back. */
export const messages: Workload = {
  id: 'messages',
  summary: 'small records to another process and back, over a pipe and a socket (--count MESSAGES)',
  defaults: { count: 500 },
  quick: { count: 200 },
  operations: ['pipe', 'socket'],
  title: (p) => `${p.count} small records between two processes`,
  label: (p) => String(p.count),
  build(p, seed) {
    const random = seededRandom(seed);
    return Array.from(
      { length: numberOf(p, 'count') },
      (_, i): Value =>
        Object.assign(newRecord(), {
          id: i,
          event: randomItem(random, EVENTS),
          user: `user-${randomInteger(random, 100_000)}`,
          amount: Math.round(random() * 1e5) / 100,
          items: Array.from({ length: 1 + randomInteger(random, 4) }, () => randomInteger(random, 10_000)),
          ok: random() < 0.9,
          note: random() < 0.3 ? 'gift, no bill — thank you' : null,
        }),
    );
  },
  access: (value) => ({ ...NO_ACCESS, entries: (value as readonly Value[]).length }),
};

const EVENTS = ['order.created', 'order.paid', 'order.shipped', 'order.cancelled', 'login', 'logout'];
