import { Problem } from './problem.js';

/** A server that stops lets its clients go one after the other already. */
const longestFarewell = 200;

/** So many batches may overtake the reply to `Subscribe`; of a server that sends more, the rest is asked for anew. */
const mostEarly = 64;

/** All watches over one connection of the plain SignalR client. */
export class HubSession {
  static transport = 'WebSocket';

  #signalR;
  #hub;
  #events;
  #subscriptions = new Map();
  #lastId = 0;

  constructor(server, { signalR, accessToken, silentAfter }, events) {
    this.#signalR = signalR;
    this.#events = events;
    this.#hub = new signalR.HubConnectionBuilder()
      .withUrl(new URL('hubs/resources', server).href, {
        skipNegotiation: true,
        transport: signalR.HttpTransportType.WebSockets,
        // It travels as `access_token` in the address, because a page cannot give a WebSocket headers.
        ...(accessToken && { accessTokenFactory: accessToken }),
      })
      .withServerTimeout(silentAfter)
      .configureLogging(signalR.LogLevel.None)
      .build();
    this.#hub.on('Changes', (id, batch) => this.#receive(id, batch));
    this.#hub.on('Ended', (id, problem) => this.#refuse(id, Problem.fromDetails(problem)));
    // A server that stops closes without an error.
    this.#hub.onclose(error => events.lost(error ? { healthy: false } : { healthy: true, elsewhereIn: Math.random() * longestFarewell }));
  }

  open() {
    return this.#hub.start();
  }

  close() {
    this.#subscriptions.clear();
    this.#hub.stop().catch(() => {});
  }

  async add(watch) {
    const id = String(++this.#lastId);
    const subscription = { watch, from: undefined, part: 0, early: [] };
    this.#subscriptions.set(id, subscription);
    const { resource, key, filter, select } = watch.request;
    const start = watch.startsWithItems ? { initial: true } : { since: watch.cursor ?? undefined };
    let reply;
    try {
      reply = await this.#hub.invoke('Subscribe', id, { resource, key, filter, select, ...start });
    } catch (error) {
      if (this.#hub.state === this.#signalR.HubConnectionState.Connected)
        this.#refuse(id, Problem.fromHub(error));
      return;
    }
    if (this.#subscriptions.get(id) !== subscription)
      return;
    subscription.from = reply.cursor;
    this.#events.stands(watch);
    watch.take([], reply.cursor);
    subscription.early.splice(0).forEach(batch => this.#take(subscription, batch));
  }

  remove(watch) {
    for (const [id, subscription] of this.#subscriptions) {
      if (subscription.watch !== watch)
        continue;
      this.#subscriptions.delete(id);
      this.#hub.invoke('Unsubscribe', id).catch(() => {});
    }
  }

  #receive(id, batch) {
    const subscription = this.#subscriptions.get(id);
    // The first push may overtake the reply that says where the watch starts.
    if (subscription?.from !== undefined)
      this.#take(subscription, batch);
    else if (subscription && subscription.early.push(batch) > mostEarly)
      this.#events.lost({ healthy: true });
  }

  #take(subscription, { from, cursor, changes, part, synced }) {
    const { watch } = subscription;
    const follows = part ? part === 1 || part === subscription.part + 1 : true;
    if (from !== subscription.from || !follows) {
      // Something is missing between the two; the log has it.
      this.#events.lost({ healthy: true });
      return;
    }
    if (part === 1)
      watch.reset();
    watch.take(changes, cursor);
    if (synced)
      watch.synced(cursor);
    subscription.from = cursor;
    subscription.part = part;
  }

  #refuse(id, problem) {
    const subscription = this.#subscriptions.get(id);
    this.#subscriptions.delete(id);
    if (subscription)
      this.#events.refused(subscription.watch, problem);
  }
}
