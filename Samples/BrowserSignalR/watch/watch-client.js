// Watches that go on whatever happens to the connection: over the hub, where no WebSocket passes over event streams, and where those are held up
// over long polling, always from the cursor of the last batch.

import { Backoff } from './backoff.js';
import { HubSession } from './hub-session.js';
import { PollSession } from './poll-session.js';
import { Problem } from './problem.js';
import { Requests } from './requests.js';
import { StreamSession } from './stream-session.js';
import { Watch } from './watch.js';

/**
 * How the connection stands; `waiting` is between two attempts, `idle` without watches.
 * @typedef {object} ConnectionState
 * @property {'idle' | 'connecting' | 'live' | 'waiting' | 'offline'} name
 * @property {'WebSocket' | 'event stream' | 'long polling'} transport
 */

/**
 * @typedef {object} ClientOptions Times are in milliseconds.
 * @property {object} [signalR] The plain `@microsoft/signalr` module. Without it event streams come first.
 * @property {() => string | Promise<string>} [accessToken] Is asked for a token on each connect and each request, so that one that expired can be renewed.
 * @property {(state: ConnectionState) => void} [onState] Hears how the connection stands.
 * @property {number} [openTimeout] How long a connection or an answer may take. Default: 10,000.
 * @property {number} [silentAfter] How long a connection may be silent before it is taken for broken; the server says something every 15 seconds. Default: 35,000.
 * @property {number} [upwardsEvery] How often a better transport is tried while another serves. Default: 60,000.
 * @property {number} [longestPause] The longest pause between two attempts, except where the server asks for more. Default: 30,000.
 */

/** For so long after the server has held a token good, a refusal may mean that it has expired and the page does not know yet. In milliseconds. */
const tokenPatience = 10_000;

const defaults = { openTimeout: 10_000, silentAfter: 35_000, upwardsEvery: 60_000, longestPause: 30_000, onState() {} };

/** One client of a server, for any number of watches. */
export class WatchClient {
  #server;
  #options;
  #requests;
  #kinds;
  #kind = 0;
  #upwardsAt = 0;
  #stoodAt = -Infinity;
  #watches = new Set();
  #session = null;
  #running = false;
  #frozen = false;
  #wake = () => {};
  #lost = _loss => {};

  /**
   * @param {string} server Its address, e.g. `https://shop.example`.
   * @param {ClientOptions} [options]
   */
  constructor(server, options = {}) {
    this.#server = new URL(`${server.replace(/\/+$/, '')}/`, location.href).href;
    this.#options = { ...defaults, ...options };
    this.#requests = this.#options.requests = new Requests(this.#server, this.#options);
    this.#kinds = this.#options.signalR ? [HubSession, StreamSession, PollSession] : [StreamSession, PollSession];
  }

  /**
   * Starts a watch, and goes on with it until it is stopped or the server refuses for good.
   * @param {import('./watch.js').WatchRequest} request
   * @param {import('./watch.js').WatchHandlers} handlers
   * @returns {() => void} Stops it: no handler is called any more.
   */
  watch(request, handlers) {
    const watch = new Watch(request, handlers, this.#options.longestPause);
    this.#watches.add(watch);
    this.#session?.add(watch);
    if (!this.#running)
      this.#run();
    return () => {
      watch.stop();
      this.#session?.remove(watch);
      this.#forget(watch);
    };
  }

  async #run() {
    this.#running = true;
    const deaf = this.#listen();
    const backoff = new Backoff(this.#options.longestPause);
    while (this.#watches.size > 0) {
      while (this.#frozen)
        await this.#pause(this.#options.longestPause);
      if (!navigator.onLine) {
        this.#say('offline');
        await this.#pause(this.#options.longestPause);
      }
      this.#say('connecting');
      const loss = await this.#serve(backoff);
      if (this.#watches.size === 0 || this.#frozen || loss.upwards || await this.#isBarred(loss))
        continue;
      this.#say(navigator.onLine ? 'waiting' : 'offline');
      await this.#pause(loss.elsewhereIn === undefined ? backoff.next(loss.retryAfter) : backoff.elsewhere(loss.elsewhereIn));
    }
    deaf.abort();
    this.#running = false;
    this.#say('idle');
  }

  /** Serves all watches over the present transport until it is lost. */
  #serve(backoff) {
    return new Promise(resolve => {
      const standing = new Set();
      let answered = false;
      const end = loss => {
        // A session may be lost in several ways at once, and one that was given up may still fail.
        if (this.#lost !== end)
          return;
        clearTimeout(opening);
        clearTimeout(upwards);
        if (standing.size > 0)
          this.#stoodAt = performance.now();
        this.#session = null;
        this.#lost = () => {};
        session.close();
        resolve({ ...loss, answered });
      };
      const passes = () => {
        clearTimeout(opening);
        answered = true;
        this.#say([...this.#watches].some(watch => standing.has(watch)) ? 'live' : 'waiting');
      };
      const session = new this.#kinds[this.#kind](this.#server, this.#options, {
        lost: end,
        stands: watch => {
          if (this.#lost !== end || standing.has(watch))
            return;
          backoff.succeeded();
          watch.backoff.succeeded();
          standing.add(watch);
          passes();
        },
        refused: (watch, problem) => {
          if (this.#lost !== end)
            return;
          if (standing.delete(watch))
            this.#stoodAt = performance.now();
          passes();
          this.#refused(watch, problem);
        },
      });
      this.#lost = end;
      const opening = setTimeout(end, this.#options.openTimeout, { healthy: false });
      const upwards = this.#kind > 0 ? setTimeout(() => this.#tryUpwards(end), this.#upwardsAt - performance.now()) : 0;
      session.open().then(() => {
        if (this.#lost !== end)
          return;
        this.#session = session;
        const due = [...this.#watches].filter(watch => !watch.waits);
        due.forEach(watch => session.add(watch));
        if (due.length === 0)
          passes();
      }, error => end(this.#judge(error)));
    });
  }

  /** What an error of a whole connection means: a refusal is the server's answer, and no reason to take another transport. */
  #judge(error) {
    if (!(error instanceof Problem))
      return { healthy: false };
    if (!error.passes && !this.#mayBeRenewed(error))
      [...this.#watches].forEach(watch => this.#end(watch, error));
    return { healthy: true, retryAfter: error.retryAfter };
  }

  /** Whether the transport does not pass though the server answers; then the next one is taken. */
  async #isBarred({ healthy, answered }) {
    if (healthy || answered || this.#kinds.length === 1)
      return false;
    try {
      await this.#requests.json('api');
    } catch (error) {
      this.#judge(error);
      return false;
    }
    this.#kind = (this.#kind + 1) % this.#kinds.length;
    this.#planUpwards();
    return this.#kind !== 0;
  }

  #planUpwards(atLeast = 0) {
    this.#upwardsAt = performance.now() + Math.max(atLeast, this.#options.upwardsEvery * (0.75 + Math.random() / 2));
  }

  /** Tries whether the best transport serves one of the watches by now; until then the present one serves all. */
  async #tryUpwards(end) {
    // One without a cursor is reading its items, which it would have to begin anew.
    const like = [...this.#watches].find(watch => !watch.waits && watch.cursor);
    const problem = like && await this.#tryBest(new Watch({ ...like.request, since: like.cursor, initial: false }, {}, 0));
    if (this.#lost !== end)
      return;
    if (problem === null) {
      this.#kind = 0;
      end({ healthy: true, upwards: true });
    } else {
      this.#planUpwards(problem?.retryAfter);
      setTimeout(() => this.#lost === end && this.#tryUpwards(end), this.#upwardsAt - performance.now());
    }
  }

  /** What keeps a watch from standing over the best transport, through which something of it has to come; null where nothing does. */
  async #tryBest(watch) {
    const [Best] = this.#kinds;
    let timer = 0, best;
    const problem = await new Promise(resolve => {
      best = new Best(this.#server, this.#options, {
        lost: () => resolve(new Error('It does not pass.')),
        stands: () => resolve(null),
        refused: (_, problem) => resolve(problem),
      });
      timer = setTimeout(resolve, this.#options.openTimeout, new Error('It is silent.'));
      best.open().then(() => best.add(watch)).catch(resolve);
    });
    clearTimeout(timer);
    best.close();
    return problem;
  }

  /** What passes by itself is asked again later, while the other watches go on; anything else is the answer. */
  #refused(watch, problem) {
    if (!this.#watches.has(watch))
      return;
    const expired = problem.code === 'cursor-expired' && watch.request.initial;
    if (expired)
      watch.cursor = null;
    if (this.#mayBeRenewed(problem)) {
      this.#lost({ healthy: true });
    } else if (problem.passes || expired) {
      watch.wait(problem, () => this.#session?.add(watch));
    } else {
      this.#end(watch, problem);
    }
  }

  /** Whether the token was good not long ago; the next connection asks for another. */
  #mayBeRenewed({ code }) {
    return code === 'unauthorized' && Boolean(this.#options.accessToken) && performance.now() - this.#stoodAt < tokenPatience;
  }

  #end(watch, problem) {
    watch.end(problem);
    this.#forget(watch);
  }

  #forget(watch) {
    if (this.#watches.delete(watch) && this.#watches.size === 0)
      this.#lost({ healthy: true });
    if (this.#watches.size === 0)
      this.#wake();
  }

  /** Follows what happens to the page. A frozen one hears nothing and, with connections open, could not be kept for the way back. */
  #listen() {
    const deaf = new AbortController();
    const on = (target, type, handle) => target.addEventListener(type, handle, { signal: deaf.signal });
    const freeze = () => {
      this.#frozen = true;
      this.#lost({ healthy: true });
    };
    const thaw = () => {
      this.#frozen = false;
      this.#wake();
    };
    on(window, 'online', () => this.#wake());
    on(window, 'offline', () => this.#lost({ healthy: true }));
    on(window, 'pagehide', freeze);
    on(window, 'pageshow', thaw);
    on(document, 'freeze', freeze);
    on(document, 'resume', thaw);
    on(document, 'visibilitychange', () => document.visibilityState === 'visible' && this.#wake());
    return deaf;
  }

  /** Waits, at most until something happens that makes another attempt worth while. */
  #pause(milliseconds) {
    return /** @type {Promise<void>} */ (new Promise(resolve => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    }));
  }

  #say(name) {
    this.#options.onState({ name, transport: this.#kinds[this.#kind].transport });
  }
}
