// Reads of the REST side; every failure is a Problem with a code and a sentence for people.

/** Problem details (RFC 9457), or a server that does not answer (`code` is `unreachable`). */
export class Problem extends Error {
  constructor(code, message, at) {
    super(message);
    this.code = code;
    this.at = at;
  }

  /** Whether the same request may succeed later without being changed. */
  get passes() {
    return ['unreachable', 'unavailable', 'limit-exceeded'].includes(this.code);
  }
}

export const readService = signal => get('api', { signal });

/** The path of a page of a resource, as the README and the snippets would write it. */
export function pagePath(resource, { filter, orderby }, top) {
  const options = { $filter: filter, $orderby: orderby, $top: top };
  const query = Object.entries(options).filter(([, value]) => value).map(([name, value]) => `${name}=${encodeOption(String(value))}`);
  return `${resource.href}${query.length ? '?' : ''}${query.join('&')}`;
}

/** A page: `{ value, cursor?, nextLink?, count? }`, at least as new as `minCursor`. */
export const readPage = (path, { signal, minCursor }) =>
  get(path, { signal, headers: minCursor ? { 'Realtime-Min-Cursor': minCursor } : {} });

/** Whether the server takes a filter for what is shown: for a watch where the resource has them, which reads nothing. */
export const takesFilter = (resource, filter, signal) =>
  get(resource.watchable ? `${resource.href}/changes?$filter=${encodeOption(filter)}` : pagePath(resource, { filter }, 1), { signal }).then(() => true, () => false);

// Everything that could be read as another part of a URL or of a shell's word is encoded; the rest stays legible.
function encodeOption(text) {
  return encodeURIComponent(text).replaceAll('%2C', ',').replaceAll('%24', '$').replaceAll("'", '%27').replaceAll('!', '%21');
}

async function get(path, { signal, headers } = {}) {
  let response;
  try {
    response = await fetch(path, { signal, headers });
  } catch (error) {
    if (error.name === 'AbortError')
      throw error;
    throw new Problem('unreachable', 'The server does not answer.');
  }

  const body = await response.json().catch(() => null);
  if (response.ok && body)
    return body;
  throw new Problem(
    body?.type?.split('/').pop() ?? (response.status >= 500 ? 'unavailable' : 'error'),
    body?.detail ?? body?.title ?? `The server answered ${response.status}.`,
    body?.at);
}
