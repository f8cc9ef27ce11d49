import { Problem } from './problem.js';
import { Resources } from './resources.js';

/** Each watch over an EventSource of its own. Over HTTP/1.1 a browser opens six connections to a server at most; HTTP/2 has no such limit. */
export class StreamSession {
  static transport = 'event stream';

  #server;
  #events;
  #sources = new Map();
  #resources;

  constructor(server, _options, events) {
    this.#server = server;
    this.#events = events;
  }

  async open() {
    if (typeof EventSource === 'undefined')
      throw new Error('This browser has no EventSource.');
    this.#resources = await Resources.read(this.#server);
  }

  close() {
    for (const source of this.#sources.values())
      source.close();
    this.#sources.clear();
  }

  add(watch) {
    let description;
    try {
      description = this.#resources.find(watch.request.resource);
    } catch (problem) {
      this.#events.refused(watch, problem);
      return;
    }
    const url = watch.url(this.#server, description, 'events', watch.startsWithItems ? { initial: true } : { since: watch.cursor });
    const source = new EventSource(url);
    this.#sources.set(watch, source);
    const on = (type, handle) => source.addEventListener(type, event => this.#sources.get(watch) === source && handle(event));

    on('reset', () => watch.reset());
    on('bookmark', ({ data }) => {
      watch.take([], JSON.parse(data).cursor);
      this.#events.stands();
    });
    on('synced', ({ data }) => {
      watch.synced(JSON.parse(data).cursor);
      this.#events.stands();
    });
    for (const what of ['created', 'updated', 'deleted']) {
      // The items of a snapshot have no cursor: one that breaks off starts again.
      on(`${description.name}.${what}`, ({ data, lastEventId }) => watch.take([JSON.parse(data)], lastEventId || null));
    }
    on('ended', ({ data }) => {
      this.remove(watch);
      this.#events.refused(watch, Problem.fromDetails(JSON.parse(data)));
    });
    on('error', () => {
      this.remove(watch);
      this.#explain(watch, url);
    });
  }

  remove(watch) {
    this.#sources.get(watch)?.close();
    this.#sources.delete(watch);
  }

  /** An EventSource does not tell why it failed; the same request does. */
  async #explain(watch, url) {
    const stop = new AbortController();
    try {
      const response = await fetch(url, { headers: { Accept: 'text/event-stream' }, cache: 'no-store', signal: stop.signal });
      const problem = response.ok ? null : await Problem.fromAnswer(response);
      if (problem)
        this.#events.refused(watch, problem);
      else
        this.#events.lost({ healthy: false });
    } catch {
      this.#events.lost({ healthy: false });
    } finally {
      stop.abort();
    }
  }
}
