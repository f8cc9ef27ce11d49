// A board of the orders that are pending or paid. The plain SignalR client connects; the watch goes on from its cursor after any pause.

const { HttpTransportType, HubConnectionBuilder, LogLevel } = window.signalR;
const server = new URLSearchParams(location.search).get('server') ?? 'http://localhost:5080';
const request = { resource: 'orders', filter: "status in ('pending', 'paid')", select: 'status,total,customerId' };
const pause = 2_000;

const orders = new Map();
let cursor = null;

const hub = new HubConnectionBuilder()
  .withUrl(`${server}/hubs/resources`, { skipNegotiation: true, transport: HttpTransportType.WebSockets })
  .configureLogging(LogLevel.None)
  .build();

hub.on('Changes', (id, batch) => {
  // A snapshot that begins (again) replaces what was there.
  if (batch.part === 1)
    orders.clear();
  for (const { view, subject, data } of batch.changes) {
    if (view === 'removed')
      orders.delete(subject);
    else
      orders.set(subject, data);
  }
  // Null while the snapshot is under way: then it would start over, else the watch goes on from here.
  cursor = batch.cursor;
  draw(batch.part ? [] : batch.changes.map(change => change.subject));
});
hub.on('Ended', (id, problem) => {
  // The server's log no longer reaches back to the cursor: begin with a new snapshot. Anything else is for a person to mend.
  if (problem.type.endsWith('/cursor-expired')) {
    cursor = null;
    subscribe();
  } else {
    say(problem.detail ?? problem.title);
  }
});
hub.onclose(connect);

async function connect() {
  for (;;) {
    try {
      await hub.start();
      await subscribe();
      return;
    } catch (error) {
      say(`${hub.state === 'Connected' ? error.message : 'The server does not answer.'} Trying again…`);
      await new Promise(resolve => setTimeout(resolve, pause));
      // Stopping leads here again by way of onclose.
      if (hub.state === 'Connected')
        return hub.stop();
    }
  }
}

async function subscribe() {
  try {
    await hub.invoke('Subscribe', 'board', cursor ? { ...request, since: cursor } : { ...request, initial: true });
  } catch (error) {
    if (!cursor || !error.message.includes('cursor-expired'))
      throw error;
    cursor = null;
    return subscribe();
  }
  say('Live');
}

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

connect();
