import { Problem } from './problem.js';
import { Silence } from './silence.js';

/** Requests to a server, with the caller's token. */
export class Requests {
  #server;
  #accessToken;
  #answerWithin;

  constructor(server, { accessToken, openTimeout }) {
    this.#server = server;
    this.#accessToken = accessToken;
    this.#answerWithin = openTimeout;
  }

  /**
   * The body of an answer. It may take `longer` than any other by so many milliseconds.
   * @param {string} path
   * @param {{ signal?: AbortSignal, longer?: number }} [options]
   * @throws {Problem} The server refuses. Any other error says that it was not reached.
   */
  json(path, { signal, longer = 0 } = {}) {
    return this.read(path, response => response.json(), { signal, longer });
  }

  /**
   * Hands an answer to `take`, and gives up when the `silence` that it gets has lasted.
   * @template T
   * @param {string} path
   * @param {(response: Response, silence: Silence) => Promise<T>} take
   * @param {{ signal?: AbortSignal, accept?: string, longer?: number }} [options]
   * @returns {Promise<T>}
   * @throws {Problem} The server refuses. Any other error says that it was not reached.
   */
  async read(path, take, { signal, accept = 'application/json', longer = 0 } = {}) {
    const silence = new Silence(this.#answerWithin + longer, signal);
    try {
      const token = await this.#accessToken?.();
      const headers = { Accept: accept, ...(token && { Authorization: `Bearer ${token}` }) };
      const response = await fetch(new URL(path, this.#server), { headers, cache: 'no-store', signal: silence.signal });
      silence.within(this.#answerWithin);
      if (!response.ok)
        throw await Problem.fromAnswer(response) ?? new Error(`The server answers ${response.status}.`);
      return await take(response, silence);
    } finally {
      silence.end();
    }
  }
}
