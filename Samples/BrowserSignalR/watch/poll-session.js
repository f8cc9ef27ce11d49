import { Problem } from './problem.js';

const waitSeconds = 25;

/** Each watch by requests that wait for its next changes: what passes wherever plain answers pass. */
export class PollSession {
  static transport = 'long polling';

  #server;
  #events;
  #polls = new Map();

  constructor(server, _options, events) {
    this.#server = server;
    this.#events = events;
  }

  async open() {}

  close() {
    for (const poll of this.#polls.values())
      poll.abort();
    this.#polls.clear();
  }

  async add(watch) {
    const poll = new AbortController();
    this.#polls.set(watch, poll);
    try {
      if (watch.startsWithItems)
        await this.#readItems(watch, poll.signal);
      // The first answer comes at once: it tells that the watch stands.
      for (let wait = 0; ; wait = waitSeconds) {
        const page = await this.#get(watch.url(this.#server, 'changes', { since: watch.cursor, wait }), poll.signal);
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
  async #readItems(watch, signal) {
    const { resource, key } = watch.request;
    watch.reset();
    let cursor = null;
    if (key) {
      const { item, at } = await this.#getItem(watch, signal);
      cursor = at;
      if (item)
        watch.take([initial(resource, key, item)], null);
    } else {
      const { resources } = await this.#get(`${this.#server}/api`, signal);
      const keyFields = resources.find(r => r.name === resource)?.key ?? [];
      let next = watch.url(this.#server, '');
      while (next) {
        const page = await this.#get(next, signal);
        cursor ??= page.cursor;
        watch.take(page.value.map(item => initial(resource, keyOf(item, keyFields), item)), null);
        next = page.nextLink && new URL(page.nextLink, this.#server).href;
      }
    }
    watch.synced(cursor);
  }

  async #getItem(watch, signal) {
    const response = await fetch(watch.url(this.#server, ''), { cache: 'no-store', signal });
    if (!response.ok && response.status !== 404)
      throw await Problem.fromAnswer(response) ?? new Error(response.statusText);
    const at = response.headers.get('Realtime-Cursor');
    if (!at)
      throw await Problem.fromAnswer(response) ?? new Error('The answer has no cursor.');
    return { item: response.ok ? await response.json() : null, at };
  }

  async #get(url, signal) {
    const response = await fetch(url, { cache: 'no-store', signal });
    if (!response.ok)
      throw await Problem.fromAnswer(response) ?? new Error(response.statusText);
    return response.json();
  }
}

function initial(resource, subject, data) {
  return { type: `${resource}.created`, subject, view: 'added', initial: true, data };
}

function keyOf(item, fields) {
  const parts = fields.map(field => String(item[field]));
  return parts.length === 1 ? parts[0] : parts.map(encodeURIComponent).join(',');
}
