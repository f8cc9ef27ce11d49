// The view shown is in the address, so that it can be bookmarked and sent: #/orders?filter=…&orderby=…

export function readRoute() {
  const [, name = '', query = ''] = /^#\/([^?]*)\??(.*)$/.exec(location.hash) ?? [];
  const options = new URLSearchParams(query);
  return { name: decode(name), filter: options.get('filter') ?? '', orderby: options.get('orderby') ?? '' };
}

export function routeOf({ name, filter, orderby }) {
  const options = Object.entries({ filter, orderby }).filter(([, value]) => value).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return `#/${encodeURIComponent(name)}${options.length ? '?' : ''}${options.join('&')}`;
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
