import { readEvents } from './event-stream.js';
import { Problem } from './problem.js';
import { RequestSession } from './request-session.js';

/** The longest pause, in milliseconds, that a server asks for which stops; others ask for more. */
const longestFarewell = 500;

/**
 * Each watch over a stream of server-sent events of its own, read by `fetch`: an `EventSource` shows neither the comments by which a stream that fell silent is
 * told from an idle one, nor why it was refused. Over HTTP/1.1 a browser opens six connections to a server at most; HTTP/2 has no such limit.
 */
export class StreamSession extends RequestSession {
  static transport = 'event stream';

  async follow(watch, description, signal) {
    const start = watch.startsWithItems ? { initial: true } : { since: watch.cursor };
    let retry = Infinity;
    await this.requests.read(watch.path(description, 'events', start), async (response, silence) => {
      for await (const { type, data, id } of readEvents(response.body, () => silence.within(this.silentAfter), asked => { retry = asked; }))
        this.#take(watch, type, JSON.parse(data), id);
    }, { signal, accept: 'text/event-stream' });
    if (retry > longestFarewell)
      throw new Error('The stream ended.');
    this.events.lost({ healthy: true, elsewhereIn: retry });
  }

  #take(watch, type, data, id) {
    if (type === 'ended')
      throw Problem.fromDetails(data);
    this.events.stands(watch);
    if (type === 'reset')
      watch.reset();
    else if (type === 'synced')
      watch.synced(data.cursor);
    else if (type === 'bookmark')
      watch.take([], data.cursor);
    else if (data.view)
      watch.take([data], id);
  }
}
