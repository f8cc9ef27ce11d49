// A board of the orders that are pending or paid: put what is added or modified, remove what is removed.

import { WatchClient } from './watch/watch-client.js';

const options = new URLSearchParams(location.search);
const names = { connecting: 'Connecting…', waiting: 'The server does not answer. Trying again…', offline: 'Offline' };
const orders = new Map();

const client = new WatchClient(options.get('server') ?? 'http://localhost:5080', {
  signalR: window.signalR,
  upwardsEvery: Number(options.get('upwards') ?? 60_000),
  onState: ({ name, transport }) => say(names[name] ?? `Live by ${transport}`),
});

client.watch({ resource: 'orders', filter: "status in ('pending', 'paid')", select: 'status,total,customerId', initial: true }, {
  reset: () => orders.clear(),
  changes(events) {
    for (const { view, subject, data } of events) {
      if (view === 'removed')
        orders.delete(subject);
      else
        orders.set(subject, data);
    }
    draw(events.filter(event => !event.initial).map(event => event.subject));
  },
  synced: () => draw([]),
  ended: problem => say(problem.message),
});

function draw(fresh) {
  for (const status of ['pending', 'paid']) {
    const those = [...orders].filter(([, order]) => order.status === status).reverse();
    document.getElementById(`${status}-count`).textContent = those.length;
    document.getElementById(status).replaceChildren(...those.map(([key, order]) => card(key, order, fresh.includes(key))));
  }
}

function card(key, order, fresh) {
  const item = document.createElement('li');
  item.dataset.key = key;
  item.classList.toggle('fresh', fresh);
  for (const text of [`#${key}`, `customer ${order.customerId}`, Number(order.total).toFixed(2)]) {
    const part = document.createElement('span');
    part.textContent = text;
    item.append(part);
  }
  return item;
}

function say(text) {
  document.getElementById('state').textContent = text;
}
