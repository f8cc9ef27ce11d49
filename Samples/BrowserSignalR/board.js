// A board of the orders that are pending or paid.

import { LiveItems } from './watch/live-items.js';
import { WatchClient } from './watch/watch-client.js';

const options = new URLSearchParams(location.search);
const names = { connecting: 'Connecting…', waiting: 'The server does not answer. Trying again…', offline: 'Offline' };

const client = new WatchClient(options.get('server') ?? 'http://localhost:5080', {
  signalR: window.signalR,
  upwardsEvery: Number(options.get('upwards') ?? 60_000),
  onState({ name, transport }) {
    if (name !== 'idle')
      say(names[name] ?? `Live by ${transport}`);
  },
});

new LiveItems(client, { resource: 'orders', filter: "status in ('pending', 'paid')", select: 'status,total,customerId' }, {
  changed: (events, orders) => draw(orders, events.map(event => event.subject)),
  waiting: problem => say(problem.message),
  ended: problem => say(problem.message),
});

let drawn = false;

function draw(orders, changed) {
  for (const status of ['pending', 'paid']) {
    const those = [...orders].filter(([, order]) => order.status === status).reverse();
    document.getElementById(`${status}-count`).textContent = those.length;
    document.getElementById(status).replaceChildren(...those.map(([key, order]) => card(key, order, drawn && changed.includes(key))));
  }
  drawn = true;
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
