import { Problem } from './problem.js';
import { RequestSession } from './request-session.js';

const waitSeconds = 25;

/** An answer that waited for a change and has none comes later than so many milliseconds. */
const tooSoon = 1_000;

/** Each watch by requests that wait for its next changes: what passes wherever plain answers pass. */
export class PollSession extends RequestSession {
  static transport = 'long polling';

  async follow(watch, description, signal) {
    if (watch.startsWithItems)
      await this.#readItems(watch, description, signal);
    // The first answer comes at once: it tells that the watch stands.
    for (let wait = 0; ; wait = waitSeconds) {
      const path = watch.path(description, 'changes', { since: watch.cursor, wait });
      const asked = performance.now();
      const { changes, cursor, more } = await this.requests.json(path, { signal, longer: wait * 1_000 });
      this.events.stands(watch);
      watch.take(changes, cursor);
      // A server that stops answers so, and whatever else does: asking at once again and again would help nobody.
      if (wait > 0 && changes.length === 0 && !more && performance.now() - asked < tooSoon)
        throw new Error('An answer that should have waited came at once.');
    }
  }

  /** The current items, page by page, as the snapshot of the other transports shows them; the first page's cursor covers them all. */
  async #readItems(watch, description, signal) {
    watch.reset();
    let cursor = null;
    if (watch.request.key) {
      const { item, at } = await this.#readItem(watch, description, signal);
      // To go on from now instead would lose, unnoticed, what changes in between.
      if (!at)
        throw description.watchable
          ? new Problem('invalid-answer', 'The answer shows no Realtime-Cursor; the server has to expose it to pages of this site (CORS).')
          : new Problem('not-watchable', `'${description.name}' cannot be watched.`);
      cursor = at;
      if (item)
        watch.take([initial(description, item)], null);
    } else {
      for (let next = watch.path(description); next;) {
        const page = await this.requests.json(next, { signal });
        this.events.stands(watch);
        cursor ??= page.cursor;
        watch.take(page.value.map(item => initial(description, item)), null);
        next = page.nextLink;
      }
    }
    watch.synced(cursor);
  }

  async #readItem(watch, description, signal) {
    try {
      return await this.requests.read(
        watch.path(description),
        async response => ({ item: await response.json(), at: response.headers.get('Realtime-Cursor') }),
        { signal });
    } catch (problem) {
      if (problem.code !== 'not-found')
        throw problem;
      return { item: null, at: problem.cursor };
    }
  }
}

function initial({ name, key }, data) {
  return { type: `${name}.created`, subject: keyOf(data, key), view: 'added', initial: true, data };
}

/** The key as events write it. */
function keyOf(item, fields) {
  const parts = fields.map(field => String(item[field]));
  return parts.length === 1 ? parts[0] : parts.map(encode).join(',');
}

/** As the server does it (RFC 3986), which leaves fewer characters as they are. */
function encode(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
