import { Backoff } from './backoff.js';

/**
 * What to watch: one item, with `key` (of a composite key the parts, each percent-encoded, joined with commas), or all that match `filter`.
 * @typedef {object} WatchRequest
 * @property {string} resource The resource's name, in any case.
 * @property {string} [key] Watches this item alone, present or not.
 * @property {string} [filter] An OData filter, e.g. `status eq 'pending'`.
 * @property {string} [select] The fields to send, e.g. `status,total`. A change of others is not told.
 * @property {string} [since] Goes on after this cursor, of any earlier answer or event. Default: now.
 * @property {boolean} [initial] Begins with the current items, and again with them wherever the server's log does not reach back far enough. Default: false.
 */

/**
 * A change, as a CloudEvents event.
 * @typedef {object} ChangeEvent
 * @property {'added' | 'modified' | 'removed'} view What it means for this watch: put the first two, delete the third.
 * @property {string} subject The item's key.
 * @property {any} [data] The item as it is now. Absent when removed.
 * @property {string} [type] What happened to the row, e.g. `orders.updated`. Absent in what `LiveItems` found out by reading anew.
 * @property {boolean} [initial] True for an item that was there before.
 * @property {string} [id] Of a change: unique, and a cursor.
 * @property {string} [time] When it was made, by the server's clock.
 */

/**
 * What a watch calls; none is required but `changes`. An error that one throws is reported as the page's own, and the watch goes on.
 * @typedef {object} WatchHandlers
 * @property {(events: ChangeEvent[], cursor: string | null) => void} changes A batch, each once and in order. Keep `cursor` to go on here after a restart of the
 * page; it is null while the current items come in.
 * @property {() => void} [reset] The current items follow: forget what was held.
 * @property {() => void} [synced] The current items are complete; changes follow.
 * @property {(problem: import('./problem.js').Problem, milliseconds: number) => void} [waiting] The server refuses for now; it is asked again so much later.
 * @property {(problem: import('./problem.js').Problem) => void} [ended] The server refuses for good. Nothing more is called.
 */

/** What a watch needs to go on anywhere: its request and the cursor of the last batch. */
export class Watch {
  #handlers;
  #retry = 0;
  #over = false;

  constructor(request, handlers, longestPause) {
    this.request = request;
    this.cursor = request.since ?? null;
    this.backoff = new Backoff(longestPause);
    this.#handlers = handlers;
  }

  /** Whether the current items are asked for first: at the beginning, and again when a snapshot broke off. */
  get startsWithItems() {
    return this.cursor === null && Boolean(this.request.initial);
  }

  /** Whether it was refused and is not to be asked for yet. */
  get waits() {
    return this.#retry !== 0;
  }

  reset() {
    this.cursor = null;
    this.#call('reset');
  }

  /** Hands on a batch; `cursor` is null while the current items come in. */
  take(changes, cursor) {
    this.cursor = cursor;
    if (changes.length > 0)
      this.#call('changes', changes, cursor);
  }

  synced(cursor) {
    this.cursor = cursor;
    this.#call('synced');
  }

  /** Calls `again` after a pause of at least what the server asks for. */
  wait(problem, again) {
    const pause = this.backoff.next(problem.retryAfter);
    this.#retry = setTimeout(() => {
      this.#retry = 0;
      again();
    }, pause);
    this.#call('waiting', problem, pause);
  }

  end(problem) {
    this.#call('ended', problem);
    this.stop();
  }

  stop() {
    this.#over = true;
    clearTimeout(this.#retry);
  }

  /** The path of one of the watch's routes, `events` or `changes`, or of what it watches where there is no `route`; `description` is the resource's. */
  path(description, route = '', options = {}) {
    const { key, filter, select } = this.request;
    // The parts of a composite key are encoded already, and its commas separate them.
    const segment = key && (description.key.length > 1 ? key : encodeURIComponent(key));
    const path = ['api', encodeURIComponent(description.name), segment, route].filter(Boolean).join('/');
    const query = Object.entries({ $filter: filter, $select: select, ...options })
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    return query.length ? `${path}?${query.join('&')}` : path;
  }

  #call(name, ...values) {
    if (this.#over)
      return;
    try {
      this.#handlers[name]?.(...values);
    } catch (error) {
      reportError(error);
    }
  }
}
