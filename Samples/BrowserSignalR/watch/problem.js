const passingCodes = ['unavailable', 'limit-exceeded', 'error'];

/** A refusal by the server: `code` is one of the protocol's, `message` says what to mend. */
export class Problem extends Error {
  /** Where the log stood, for an answer that tells; the one to an item that is not there does. */
  cursor = null;

  /** How many milliseconds the server asks to wait. */
  retryAfter = 0;

  constructor(code, message) {
    super(message);
    this.code = code;
  }

  /** Whether the same request may succeed later. */
  get passes() {
    return passingCodes.includes(this.code);
  }

  /** From problem details. */
  static fromDetails({ type, title, detail }) {
    return new Problem(type?.split('/').pop() ?? 'error', detail ?? title).#timed();
  }

  /** From an answer that is not a success; one that is no problem of the server's (a proxy's, say) is null. */
  static async fromAnswer(response) {
    if (!response.headers.get('Content-Type')?.startsWith('application/problem+json'))
      return null;
    const problem = Problem.fromDetails(await response.json());
    problem.cursor = response.headers.get('Realtime-Cursor');
    problem.retryAfter = 1_000 * (Number(response.headers.get('Retry-After')) || 0) || problem.retryAfter;
    return problem;
  }

  /** From the error of a hub call: SignalR puts its own sentence before `<code>: <detail>`. */
  static fromHub({ message }) {
    const [, code, detail] = /(?:^|HubException: )([a-z]+(?:-[a-z]+)*): ([\s\S]+)$/.exec(message) ?? [];
    return new Problem(code ?? 'error', detail ?? message).#timed();
  }

  /** Where there are no headers, the end of the text says how long to wait. */
  #timed() {
    const [, seconds] = / Try again in (\d{1,6}) seconds?\.$/.exec(this.message) ?? [];
    this.retryAfter = 1_000 * Number(seconds ?? 0);
    return this;
  }
}
