// A board that several people work at. Cards are rows: writing one is a PATCH, and everybody sees it by their watch. Pointers, cards that are being dragged or written on are
// messages, which nobody stores. Who is here is the presence of the board.

import { Cards } from './cards.js';
import { People } from './people.js';

const board = new URLSearchParams(location.search).get('board') ?? '1';
const surface = document.getElementById('board');
const state = document.getElementById('state');

const hub = new signalR.HubConnectionBuilder()
  .withUrl('/hubs/resources', { skipNegotiation: true, transport: signalR.HttpTransportType.WebSockets })
  .withAutomaticReconnect({ nextRetryDelayInMilliseconds: ({ previousRetryCount }) => Math.random() * Math.min(10_000, 500 * 2 ** previousRetryCount) })
  .configureLogging(signalR.LogLevel.None)
  .build();

const people = new People(document.getElementById('people'), surface);
const cards = new Cards(surface, {
  moving: (key, x, y) => tell({ moving: { key, x, y } }),
  moved: (key, x, y) => write('PATCH', `/api/cards/${key}`, { x, y }),
  writing: key => tell({ writing: key }),
  written: (key, text) => write('PATCH', `/api/cards/${key}`, { text }),
  removed: key => write('DELETE', `/api/cards/${key}`),
});

// The cursor of the last batch of cards: where the watch goes on after a lost connection.
let cursor;

hub.on('Changes', (id, batch) => {
  if (id !== 'cards')
    return;
  if (batch.part === 1)
    cards.clear();
  for (const { view, subject, data } of batch.changes)
    view === 'removed' ? cards.remove(subject) : cards.put(subject, data);
  cursor = batch.cursor ?? cursor;
});

hub.on('Ended', (id, problem) => refused(problem.type.split('/').pop(), problem.detail));
hub.on('Joined', (resource, key, who) => people.join(who));
hub.on('Left', (resource, key, who) => people.leave(who));
hub.on('Message', (resource, key, from, { pointer, moving, writing }) => {
  if (pointer)
    people.point(from, pointer.x, pointer.y);
  if (moving)
    cards.show(moving.key, moving.x, moving.y, people.of(from));
  if (writing)
    cards.busy(writing, people.of(from));
});

hub.onreconnecting(() => { state.textContent = 'Reconnecting…'; });
hub.onreconnected(enter);
// The server closed the connection for good, as it does with a page that has taken nothing for long. Not at once: SignalR's client has not cleared the old connection away yet.
hub.onclose(() => setTimeout(start, 500 + Math.random() * 500));

async function start() {
  for (;;) {
    try {
      await hub.start();
      return enter();
    } catch {
      state.textContent = 'The server does not answer. Trying again…';
      await new Promise(resolve => setTimeout(resolve, 2000));
    }
  }
}

let again = 0;

async function enter() {
  clearTimeout(again);
  again = 0;
  people.clear();
  try {
    await subscribe('board', { resource: 'boards', key: board });
    await subscribe('cards', { resource: 'cards', filter: `boardId eq ${Number(board)}`, ...(cursor ? { since: cursor } : { initial: true }) });
    people.you = (await hub.invoke('Presence', 'boards', board)).you;
    state.textContent = 'Live';
  } catch (error) {
    // A connection that was lost comes back by itself.
    if (hub.state !== signalR.HubConnectionState.Connected)
      return;
    // SignalR puts its own sentence before `<code>: <detail>`. Where there is none, the server has failed.
    const [, code = 'error', detail = error.message] = /(?:^|HubException: )([a-z]+(?:-[a-z]+)*): (.+)$/s.exec(error.message) ?? [];
    refused(code, detail);
  }
}

// Some refusals pass. After `cursor-expired` the server no longer knows what has changed since: the cards are read anew.
function refused(code, detail) {
  if (code === 'cursor-expired')
    cursor = undefined;
  else
    state.textContent = detail;
  if (['cursor-expired', 'unavailable', 'limit-exceeded', 'error'].includes(code))
    again ||= setTimeout(enter, code === 'cursor-expired' ? 0 : 2000);
}

async function subscribe(id, request) {
  await hub.invoke('Unsubscribe', id);
  await hub.invoke('Subscribe', id, request);
}

// At most twenty messages a second: of those between, the last one goes out.
let next;
let due = 0;

function tell(message) {
  next = { ...next, ...message };
  due ||= setTimeout(() => {
    if (hub.state === signalR.HubConnectionState.Connected)
      hub.send('Send', 'boards', board, next);
    next = undefined;
    due = 0;
  }, 50);
}

// Says whether it was written, or was not there any more.
async function write(method, path, body) {
  const headers = { 'Content-Type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' };
  try {
    const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
    if (response.ok || response.status === 404)
      return true;
    state.textContent = (await response.json()).detail;
  } catch {
    state.textContent = 'The server does not answer; that was not saved.';
  }
  return false;
}

surface.addEventListener('pointermove', event => {
  const { left, top } = surface.getBoundingClientRect();
  tell({ pointer: { x: Math.round(event.clientX - left), y: Math.round(event.clientY - top) } });
});

surface.addEventListener('dblclick', event => {
  if (event.target === surface)
    write('POST', '/api/cards', { boardId: Number(board), text: '', x: event.offsetX, y: event.offsetY });
});

start();
