const firstPause = 300;
const calmAfter = 5_000;

/** What sends the client elsewhere sooner than this may do so again and again. */
const brief = 1_000;

/** The growing pauses between the attempts at one thing, each drawn at random so that clients that were cut off together do not come back together. */
export class Backoff {
  #longest;
  #failures = 0;
  #wasBrief = false;
  #stoodSince = null;

  /** @param {number} longest The longest pause, in milliseconds. */
  constructor(longest) {
    this.#longest = longest;
  }

  /** An attempt succeeded. The pauses begin anew once that has held for some seconds: what fails at once each time must not be tried without end. */
  succeeded() {
    this.#stoodSince ??= performance.now();
  }

  /**
   * The milliseconds until the next attempt after a server that stops has sent the client elsewhere: `within`, since others are there, or soon are. However often that
   * happens, it is no failure; but one that does so at once, again and again, is none to come back to at once.
   */
  elsewhere(within) {
    const isBrief = this.#stoodSince === null || performance.now() - this.#stoodSince < brief;
    const again = isBrief && this.#wasBrief;
    this.#wasBrief = isBrief;
    if (!isBrief)
      this.#failures = 0;
    if (again)
      return this.next();
    this.#stoodSince = null;
    return within;
  }

  /** The milliseconds until the next attempt, at least `atLeast`. */
  next(atLeast = 0) {
    if (this.#stoodSince !== null && performance.now() - this.#stoodSince > calmAfter)
      this.#failures = 0;
    this.#stoodSince = null;
    return Math.max(atLeast, Math.min(this.#longest, firstPause * 2 ** this.#failures++) * (0.5 + Math.random() / 2));
  }
}
