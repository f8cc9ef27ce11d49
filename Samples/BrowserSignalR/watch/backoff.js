const firstPause = 300;
const calmAfter = 5_000;

/** The growing pauses between the attempts at one thing, each drawn at random so that clients that were cut off together do not come back together. */
export class Backoff {
  #longest;
  #failures = 0;
  #sentAway = false;
  #stoodSince = null;

  /** @param {number} longest The longest pause, in milliseconds. */
  constructor(longest) {
    this.#longest = longest;
  }

  /** Whether the last attempt succeeded. */
  get stood() {
    return this.#stoodSince !== null;
  }

  /** An attempt succeeded. The pauses begin anew once that has held for some seconds: what fails at once each time must not be tried without end. */
  succeeded() {
    this.#stoodSince ??= performance.now();
  }

  /**
   * The milliseconds until the next attempt after a server that stops has sent the client elsewhere: `within`, since others are there, or soon are. One that does so
   * again before an attempt has held is none to come back to at once.
   */
  elsewhere(within) {
    this.#calm();
    const again = this.#sentAway;
    this.#sentAway = true;
    return again ? this.next() : within;
  }

  /** The milliseconds until the next attempt, at least `atLeast`. */
  next(atLeast = 0) {
    this.#calm();
    return Math.max(atLeast, Math.min(this.#longest, firstPause * 2 ** this.#failures++) * (0.5 + Math.random() / 2));
  }

  /** Begins anew where the last attempt has held for some seconds. */
  #calm() {
    const held = this.#stoodSince !== null && performance.now() - this.#stoodSince > calmAfter;
    this.#stoodSince = null;
    if (held) {
      this.#failures = 0;
      this.#sentAway = false;
    }
  }
}
