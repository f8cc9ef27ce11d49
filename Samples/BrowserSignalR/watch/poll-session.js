import { Problem } from './problem.js';
import { Resources } from './resources.js';

const waitSeconds = 25;
const answerSeconds = 15;

/** Each watch by requests that wait for its next changes: what passes wherever plain answers pass. */
export class PollSession {
  static transport = 'long polling';

  #server;
  #events;
  #polls = new Map();
  #resources;

  constructor(server, _options, events) {
    this.#server = server;
    this.#events = events;
  }

  async open() {
    this.#resources = await Resources.read(this.#server);
  }

  close() {
    for (const poll of this.#polls.values())
      poll.abort();
    this.#polls.clear();
  }

  async add(watch) {
    const poll = new AbortController();
    this.#polls.set(watch, poll);
    try {
      const description = this.#resources.find(watch.request.resource);
      if (watch.startsWithItems)
        await this.#readItems(watch, description, poll.signal);
      // The first answer comes at once: it tells that the watch stands.
      for (let wait = 0; ; wait = waitSeconds) {
        const page = await this.#get(watch.url(this.#server, description, 'changes', { since: watch.cursor, wait }), poll.signal, wait);
        watch.take(page.changes, page.cursor);
        this.#events.stands();
      }
    } catch (error) {
      if (poll.signal.aborted)
        return;
      this.remove(watch);
      if (error instanceof Problem)
        this.#events.refused(watch, error);
      else
        this.#events.lost({ healthy: false });
    }
  }

  remove(watch) {
    this.#polls.get(watch)?.abort();
    this.#polls.delete(watch);
  }

  /** The current items, page by page, as the snapshot of the other transports shows them; the first page's cursor covers them all. */
  async #readItems(watch, description, signal) {
    const { key } = watch.request;
    watch.reset();
    let cursor = null;
    if (key) {
      const { item, at } = await this.#getItem(watch, description, signal);
      cursor = at;
      if (item)
        watch.take([initial(description, key, item)], null);
    } else {
      let next = watch.url(this.#server, description, '');
      while (next) {
        const page = await this.#get(next, signal);
        cursor ??= page.cursor;
        watch.take(page.value.map(item => initial(description, keyOf(item, description.key), item)), null);
        next = page.nextLink && new URL(page.nextLink, this.#server).href;
      }
    }
    watch.synced(cursor);
  }

  async #getItem(watch, description, signal) {
    const response = await answer(watch.url(this.#server, description, ''), signal);
    if (!response.ok && response.status !== 404)
      throw await Problem.fromAnswer(response) ?? new Error(response.statusText);
    const at = response.headers.get('Realtime-Cursor');
    if (!at)
      throw await Problem.fromAnswer(response) ?? new Error('The answer has no cursor.');
    return { item: response.ok ? await response.json() : null, at };
  }

  async #get(url, signal, wait = 0) {
    const response = await answer(url, signal, wait);
    if (!response.ok)
      throw await Problem.fromAnswer(response) ?? new Error(response.statusText);
    return response.json();
  }
}

/** An answer, or an error where none comes in time: a connection that broke unnoticed would be waited for without end. */
function answer(url, signal, wait = 0) {
  return fetch(url, { cache: 'no-store', signal: AbortSignal.any([signal, AbortSignal.timeout((wait + answerSeconds) * 1000)]) });
}

function initial({ name }, subject, data) {
  return { type: `${name}.created`, subject, view: 'added', initial: true, data };
}

function keyOf(item, fields) {
  const parts = fields.map(field => String(item[field]));
  return parts.length === 1 ? parts[0] : parts.map(encodeURIComponent).join(',');
}
