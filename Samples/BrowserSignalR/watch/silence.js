/** Aborts what it is the signal of when nothing is heard for a time: a connection that broke unnoticed would be waited for without end. */
export class Silence {
  #abort = new AbortController();
  #outer;
  #timer = 0;
  #onOuter = () => this.#abort.abort(this.#outer.reason);

  /**
   * @param {number} milliseconds How long the first sign may take.
   * @param {AbortSignal} [outer] Aborts it, too.
   */
  constructor(milliseconds, outer) {
    this.#outer = outer;
    if (outer?.aborted)
      this.#onOuter();
    outer?.addEventListener('abort', this.#onOuter);
    this.within(milliseconds);
  }

  get signal() {
    return this.#abort.signal;
  }

  /** Something was heard; the next has to come within `milliseconds`. */
  within(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#abort.abort(new Error('The server is silent.')), milliseconds);
  }

  /** Aborts what is still under way. */
  end() {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener('abort', this.#onOuter);
    this.#abort.abort();
  }
}
