const passingCodes = ['unavailable', 'limit-exceeded', 'error'];

/** A refusal by the server: `code` is one of the protocol's, `message` says what to mend. */
export class Problem extends Error {
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
    return new Problem(type?.split('/').pop() ?? 'error', detail ?? title);
  }

  /** From an answer that is not a success; one that is no problem of the server's (a proxy's, say) is null. */
  static async fromAnswer(response) {
    const isProblem = response.headers.get('Content-Type')?.startsWith('application/problem+json');
    return isProblem ? Problem.fromDetails(await response.json()) : null;
  }

  /** From the error of a hub call: SignalR puts its own sentence before `<code>: <detail>`. */
  static fromHub({ message }) {
    const [, code, detail] = /(?:^|HubException: )([a-z]+(?:-[a-z]+)*): ([\s\S]+)$/.exec(message) ?? [];
    return new Problem(code ?? 'error', detail ?? message);
  }
}
