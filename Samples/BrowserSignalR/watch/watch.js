/** What a watch needs to go on anywhere: its request and the cursor of the last batch. */
export class Watch {
  constructor(request, handlers) {
    this.request = request;
    this.handlers = handlers;
    this.cursor = request.since ?? null;
  }

  /** Whether the current items are asked for first: at the beginning, and again when a snapshot broke off. */
  get startsWithItems() {
    return this.cursor === null && Boolean(this.request.initial);
  }

  reset() {
    this.handlers.reset?.();
  }

  /** Hands on a batch; `cursor` is null while the current items come in. */
  take(changes, cursor) {
    this.cursor = cursor;
    if (changes.length > 0)
      this.handlers.changes(changes, cursor);
  }

  synced(cursor) {
    this.cursor = cursor;
    this.handlers.synced?.();
  }

  /** The address of one of the watch's routes, `events` or `changes`, or of its list where `route` is empty; `description` is the resource's. */
  url(server, description, route, options) {
    const { key, filter, select } = this.request;
    // The parts of a composite key are encoded already, and its commas separate them.
    const segment = key && (description.key.length > 1 ? key : encodeURIComponent(key));
    const path = [server, 'api', encodeURIComponent(description.name), ...(key ? [segment] : []), ...(route ? [route] : [])].join('/');
    const query = Object.entries({ $filter: filter, $select: select, ...options })
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    return query.length ? `${path}?${query.join('&')}` : path;
  }
}
