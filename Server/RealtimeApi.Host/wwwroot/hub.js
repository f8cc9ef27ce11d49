// Watches over SignalR with nothing but a WebSocket: the JSON hub protocol, reconnecting for as long as it takes, and
// every watch resumed after the last cursor it saw.

const recordSeparator = '\u001e';
const messageTypes = { invocation: 1, completion: 3, ping: 6, close: 7 };
const pingEvery = 15_000;
const silenceLimit = 30_000;
const firstDelay = 300;
const longestDelay = 15_000;
const calmAfter = 5_000;
const mostEarly = 64;
const passingCodes = ['unavailable', 'limit-exceeded', 'error'];

/** A refusal by the server: `code` is one of the protocol's, `message` says what to mend. */
export class HubError extends Error {
  constructor(text) {
    // SignalR puts its own sentence in front of what the hub said.
    const [, code, detail] = /(?:^|HubException: )([a-z]+(?:-[a-z]+)*): ([\s\S]+)$/.exec(text) ?? [];
    super(detail ?? text);
    this.code = code ?? 'error';
  }
}

/**
 * One connection for any number of watches. `onState(state)` hears of `{ name, retryAt?, reason? }`, where `name` is
 * `connecting`, `connected` or `waiting`, and `reason` why the server refused.
 */
export class Hub {
  #url;
  #onState;
  #socket = null;
  #ready = false;
  #failures = 0;
  #retry = 0;
  #timers = [];
  #heardAt = 0;
  #readyAt = 0;
  #opened = false;
  #invocations = new Map();
  #lastInvocation = 0;
  #watches = new Map();
  #lastWatch = 0;

  constructor(url, onState) {
    this.#url = url;
    this.#onState = onState;
    addEventListener('online', () => this.retryNow());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.retryNow());
  }

  start() {
    this.#connect();
  }

  /** Ends a wait between two attempts. */
  retryNow() {
    if (this.#retry) {
      clearTimeout(this.#retry);
      this.#connect();
    }
  }

  /**
   * Watches `request` (`{ resource, key?, filter?, select?, since? }`). `onChanges(changes, cursor)` gets each batch once and in order;
   * `onLive()` says that the watch stands, `onEnded(error)` that it is over and will not come back by itself.
   */
  watch(request, { onChanges, onLive, onEnded }) {
    const watch = { id: `view-${++this.#lastWatch}`, request, since: request.since, from: undefined, early: [], onChanges, onLive, onEnded };
    this.#watches.set(watch.id, watch);
    if (this.#ready)
      this.#subscribe(watch);
    return () => {
      if (this.#watches.delete(watch.id) && this.#ready)
        this.#invoke('Unsubscribe', watch.id).catch(() => {});
    };
  }

  #connect() {
    this.#retry = 0;
    this.#opened = false;
    this.#onState({ name: 'connecting' });
    const socket = this.#socket = new WebSocket(this.#url);
    socket.onopen = () => this.#open(socket);
    socket.onmessage = event => this.#receive(socket, event.data);
    socket.onclose = () => this.#close(socket);
  }

  #open(socket) {
    this.#opened = true;
    this.#heardAt = performance.now();
    socket.send(JSON.stringify({ protocol: 'json', version: 1 }) + recordSeparator);
    this.#timers = [
      setInterval(() => this.#ready && this.#send({ type: messageTypes.ping }), pingEvery),
      setInterval(() => performance.now() - this.#heardAt > silenceLimit && this.#close(socket), 1_000),
    ];
  }

  /** Gives up a connection for the next; `refusal` is what the server said, where it did. */
  #close(socket, refusal) {
    if (socket !== this.#socket)
      return;
    this.#socket = null;
    // Also where nothing is watched, so that no subscription says that the server serves.
    if (this.#ready && performance.now() - this.#readyAt > calmAfter)
      this.#failures = 0;
    this.#ready = false;
    this.#timers.forEach(clearInterval);
    socket.close();
    for (const { reject } of this.#invocations.values())
      reject(new HubError('The connection was lost.'));
    this.#invocations.clear();
    const delay = Math.min(longestDelay, firstDelay * 2 ** this.#failures++) * (0.5 + Math.random() / 2);
    // The hub, which has no headers, says at the end of its text how long.
    const [, seconds = 0] = /Try again in (\d+) seconds/.exec(refusal?.message) ?? [];
    this.#wait(seconds * 1_000 + delay, refusal?.message);
    if (!this.#opened)
      this.#askWhy(delay);
  }

  #wait(delay, reason) {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), delay);
    this.#onState({ name: 'waiting', retryAt: Date.now() + delay, reason });
  }

  /** A socket that is refused does not tell why, nor for how long; a plain request does. */
  async #askWhy(delay) {
    const retry = this.#retry;
    try {
      const answer = await fetch(String(this.#url).replace(/^ws/, 'http'), { cache: 'no-store' });
      const after = Number(answer.headers.get('Retry-After')) * 1_000;
      const { detail } = answer.headers.get('Content-Type')?.startsWith('application/problem+json') ? await answer.json() : {};
      if (detail && this.#retry === retry)
        this.#wait(after + delay, detail);
    } catch {
      // The server is away.
    }
  }

  #receive(socket, data) {
    if (socket !== this.#socket)
      return;
    this.#heardAt = performance.now();
    for (const text of data.split(recordSeparator)) {
      // Any record may end the connection, also for those behind it.
      if (text && socket === this.#socket)
        this.#handle(socket, JSON.parse(text));
    }
  }

  #handle(socket, message) {
    if (!this.#ready) {
      // The first record answers the handshake.
      if (message.error)
        return this.#close(socket);
      this.#ready = true;
      this.#readyAt = performance.now();
      this.#onState({ name: 'connected' });
      for (const watch of this.#watches.values())
        this.#subscribe(watch);
    } else if (message.type === messageTypes.invocation) {
      const [id, body] = message.arguments;
      const watch = this.#watches.get(id);
      if (watch && message.target === 'Changes')
        this.#take(watch, body);
      else if (watch && message.target === 'Ended')
        this.#refuse(watch, new HubError(`${body.type.split('/').pop()}: ${body.detail ?? body.title}`));
    } else if (message.type === messageTypes.completion) {
      const invocation = this.#invocations.get(message.invocationId);
      this.#invocations.delete(message.invocationId);
      if (message.error)
        invocation?.reject(new HubError(message.error));
      else
        invocation?.resolve(message.result);
    } else if (message.type === messageTypes.close) {
      this.#close(socket);
    }
  }

  async #subscribe(watch) {
    watch.from = undefined;
    watch.early = [];
    const { resource, key, filter, select } = watch.request;
    const socket = this.#socket;
    try {
      const { cursor } = await this.#invoke('Subscribe', watch.id, { resource, key, filter, select, since: watch.since });
      this.#failures = 0;
      if (!this.#watches.has(watch.id))
        return;
      watch.from = watch.since = cursor;
      watch.onLive();
      for (const batch of watch.early.splice(0))
        if (socket === this.#socket)
          this.#take(watch, batch);
    } catch (error) {
      if (socket === this.#socket)
        this.#refuse(watch, error);
    }
  }

  #take(watch, batch) {
    if (watch.from === undefined) {
      // The first push may overtake the reply, a few may; a server that sends more is asked anew.
      if (watch.early.push(batch) > mostEarly)
        this.#close(this.#socket);
    } else if (batch.from !== watch.from) {
      // Something is missing between the two; the log has it.
      this.#close(this.#socket);
    } else {
      watch.from = watch.since = batch.cursor;
      if (batch.changes.length)
        watch.onChanges(batch.changes, batch.cursor);
    }
  }

  /** What passes by itself is asked again, after a pause and on a new connection; any other refusal is the answer. */
  #refuse(watch, error) {
    if (passingCodes.includes(error.code))
      this.#close(this.#socket, error);
    else if (this.#watches.delete(watch.id))
      watch.onEnded(error);
  }

  #invoke(target, ...args) {
    const invocationId = String(++this.#lastInvocation);
    return new Promise((resolve, reject) => {
      this.#invocations.set(invocationId, { resolve, reject });
      this.#send({ type: messageTypes.invocation, invocationId, target, arguments: args });
    });
  }

  #send(message) {
    this.#socket.send(JSON.stringify(message) + recordSeparator);
  }
}
