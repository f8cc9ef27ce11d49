// Watches that go on whatever happens to the connection: over the hub, where no WebSocket passes over event streams, and where those are held up
// over long polling, always from the cursor of the last batch.

import { HubSession } from './hub-session.js';
import { PollSession } from './poll-session.js';
import { StreamSession } from './stream-session.js';
import { Watch } from './watch.js';

const openLimit = 10_000;
const firstPause = 300;
const longestPause = 15_000;
const upwardsAfter = 60_000;

/**
 * A client of the server at `server` (e.g. `https://shop.example`). `signalR` is the plain `@microsoft/signalr` module;
 * `onState({ name, transport })` hears `connecting`, `live`, `waiting` and `offline`, with the transport's name.
 */
export class WatchClient {
  #server;
  #options;
  #onState;
  #kinds = [HubSession, StreamSession, PollSession];
  #kind = 0;
  #watches = new Set();
  #session = null;
  #running = false;
  #wake = () => {};
  #lost = () => {};

  constructor(server, { signalR, onState = () => {}, upwardsEvery = upwardsAfter } = {}) {
    this.#server = server.replace(/\/+$/, '');
    this.#options = { signalR, upwardsEvery };
    this.#onState = onState;
    addEventListener('online', () => this.#wake());
    addEventListener('offline', () => this.#lost({ healthy: true }));
  }

  /**
   * Watches `request`: `{ resource, key?, filter?, select?, since?, initial? }`. With `initial` the current items come first, and again if the log no longer
   * reaches back to the cursor. `handlers`: `changes(events, cursor)` gets each batch once and in order; `reset()` says to forget what was held,
   * `synced()` that the current items are complete, `ended(problem)` that the server refuses to go on. Returns a function that stops the watch.
   */
  watch(request, handlers) {
    const watch = new Watch(request, handlers);
    this.#watches.add(watch);
    this.#session?.add(watch);
    if (!this.#running)
      this.#run();
    return () => {
      this.#watches.delete(watch);
      this.#session?.remove(watch);
      if (this.#watches.size === 0)
        this.#lost({ healthy: true });
    };
  }

  async #run() {
    this.#running = true;
    for (let failures = 0; this.#watches.size > 0;) {
      if (!navigator.onLine) {
        this.#say('offline');
        await this.#pause(longestPause);
      }
      this.#say('connecting');
      const loss = await this.#serve();
      if (this.#watches.size === 0)
        break;
      if (loss.stood)
        failures = 0;
      if (loss.upwards || await this.#isBarred(loss))
        continue;
      this.#say(navigator.onLine ? 'waiting' : 'offline');
      await this.#pause(Math.min(longestPause, firstPause * 2 ** failures++) * (0.5 + Math.random() / 2));
    }
    this.#running = false;
  }

  /** Serves all watches over the present transport until it is lost. */
  #serve() {
    return new Promise(resolve => {
      let stood = false;
      const end = loss => {
        // A session may be lost in several ways at once, and one that was given up may still fail.
        if (this.#lost !== end)
          return;
        clearTimeout(opening);
        clearTimeout(upwards);
        this.#session = null;
        this.#lost = () => {};
        session.close();
        resolve({ ...loss, stood });
      };
      const session = new this.#kinds[this.#kind](this.#server, this.#options, {
        lost: end,
        stands: () => {
          if (this.#lost !== end)
            return;
          clearTimeout(opening);
          stood = true;
          this.#say('live');
        },
        refused: (watch, problem) => this.#lost === end && this.#refused(watch, problem),
      });
      this.#lost = end;
      const opening = setTimeout(end, openLimit, { healthy: false });
      const upwards = this.#kind > 0 ? setTimeout(() => this.#tryUpwards(end), this.#options.upwardsEvery * (0.75 + Math.random() / 2)) : 0;
      session.open().then(() => {
        if (this.#lost !== end)
          return;
        this.#session = session;
        for (const watch of this.#watches)
          session.add(watch);
      }, () => end({ healthy: false }));
    });
  }

  /** Whether the transport does not pass though the server answers; then the next one is taken. */
  async #isBarred({ healthy, stood }) {
    if (healthy || stood)
      return false;
    try {
      await fetch(`${this.#server}/api`, { cache: 'no-store', signal: AbortSignal.timeout(openLimit) });
    } catch {
      return false;
    }
    this.#kind = (this.#kind + 1) % this.#kinds.length;
    return this.#kind !== 0;
  }

  /** Tries whether the hub can be reached by now; until then the present transport serves. */
  async #tryUpwards(end) {
    const hub = new HubSession(this.#server, this.#options, { lost() {}, stands() {}, refused() {} });
    const passes = await hub.open().then(() => true, () => false);
    hub.close();
    if (this.#lost !== end)
      return;
    if (passes) {
      this.#kind = 0;
      end({ healthy: true, upwards: true });
    } else {
      setTimeout(() => this.#lost === end && this.#tryUpwards(end), this.#options.upwardsEvery);
    }
  }

  /** What passes by itself is asked again later; a lost cursor starts a watch with `initial` anew; anything else is the answer. */
  #refused(watch, problem) {
    if (!this.#watches.has(watch))
      return;
    if (problem.passes) {
      this.#lost({ healthy: true });
    } else if (problem.code === 'cursor-expired' && watch.request.initial) {
      watch.cursor = null;
      this.#session?.add(watch);
    } else {
      this.#watches.delete(watch);
      watch.handlers.ended?.(problem);
      if (this.#watches.size === 0)
        this.#lost({ healthy: true });
    }
  }

  /** Waits, at most until the browser is online again. */
  #pause(milliseconds) {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #say(name) {
    this.#onState({ name, transport: this.#kinds[this.#kind].transport });
  }
}
