import { Problem } from './problem.js';
import { Resources } from './resources.js';

/** Watches by requests of their own, one after another for each: what the sessions over event streams and over long polling have in common. */
export class RequestSession {
  #following = new Map();
  #resources;

  constructor(_server, { requests, silentAfter }, events) {
    this.requests = requests;
    this.silentAfter = silentAfter;
    this.events = events;
  }

  async open() {
    this.#resources = await Resources.read(this.requests);
  }

  close() {
    for (const following of this.#following.values())
      following.abort();
    this.#following.clear();
  }

  async add(watch) {
    const following = new AbortController();
    this.#following.set(watch, following);
    try {
      await this.follow(watch, this.#resources.find(watch.request.resource), following.signal);
    } catch (error) {
      if (following.signal.aborted)
        return;
      this.remove(watch);
      if (error instanceof Problem)
        this.events.refused(watch, error);
      else
        this.events.lost({ healthy: false });
    }
  }

  /**
   * Serves a watch until it fails.
   * @abstract
   * @param {import('./watch.js').Watch} _watch
   * @param {{ name: string, key: string[] }} _description
   * @param {AbortSignal} _signal
   * @returns {Promise<void>}
   */
  async follow(_watch, _description, _signal) {
    throw new Error('This is each transport\'s own.');
  }

  remove(watch) {
    this.#following.get(watch)?.abort();
    this.#following.delete(watch);
  }
}
