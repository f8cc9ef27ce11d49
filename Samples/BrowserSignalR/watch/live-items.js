/**
 * The items of a view, always current. They are told of as changes throughout: where the server's log no longer reaches back to what is held, the items are
 * read anew and only what differs is told.
 */
export class LiveItems {
  #items = new Map();
  #incoming = null;
  #changed;
  #stop;

  /**
   * @param {import('./watch-client.js').WatchClient} client
   * @param {import('./watch.js').WatchRequest} request Without `since` and `initial`, which it sets.
   * @param {object} handlers
   * @param {(events: import('./watch.js').ChangeEvent[], items: ReadonlyMap<string, any>) => void} handlers.changed What has changed, in order, and what there
   * is now. The first call brings the items that were there, if any.
   * @param {import('./watch.js').WatchHandlers['waiting']} [handlers.waiting]
   * @param {import('./watch.js').WatchHandlers['ended']} [handlers.ended]
   */
  constructor(client, request, { changed, waiting, ended }) {
    this.#changed = changed;
    this.#stop = client.watch({ ...request, since: undefined, initial: true }, {
      reset: () => this.#incoming = new Map(),
      changes: events => this.#take(events),
      synced: () => this.#complete(),
      waiting,
      ended,
    });
  }

  /** The items by their keys. @returns {ReadonlyMap<string, any>} */
  get items() {
    return this.#items;
  }

  /** Follows no longer. */
  stop() {
    this.#stop();
  }

  #take(events) {
    const items = this.#incoming ?? this.#items;
    for (const { view, subject, data } of events) {
      if (view === 'removed')
        items.delete(subject);
      else
        items.set(subject, data);
    }
    if (!this.#incoming)
      this.#changed(events, items);
  }

  #complete() {
    const [before, after] = [this.#items, this.#incoming];
    this.#items = after;
    this.#incoming = null;
    /** @type {import('./watch.js').ChangeEvent[]} */
    const events = [...before.keys()].filter(subject => !after.has(subject)).map(subject => difference('removed', subject));
    for (const [subject, data] of after) {
      if (!before.has(subject))
        events.push(difference('added', subject, data));
      else if (JSON.stringify(before.get(subject)) !== JSON.stringify(data))
        events.push(difference('modified', subject, data));
    }
    this.#changed(events, after);
  }
}

/** A change as reading anew shows it: what it means for the view, and nothing of how it came about. */
function difference(view, subject, data) {
  return { view, subject, ...(data && { data }) };
}
