// How values and keys are shown and compared.

/** What identifies an item on this page, whatever the percent-encoding of its key. */
export const identityOf = (item, keyFields) => JSON.stringify(keyFields.map(field => String(item[field])));

/** The same for the subject of an event. */
export function identityOfSubject(subject, keyFields) {
  if (keyFields.length === 1)
    return JSON.stringify([subject]);
  return JSON.stringify(subject.split(',').map(decodeURIComponent));
}

export function textOf(value) {
  if (value === null || value === undefined)
    return '–';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Times as people read them; everything else as it is. */
export function shortTextOf(value) {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value))
    return value.replace('T', ' ').replace(/(\.\d+)?(Z|\+00:00)$/, '').replace(/ 00:00:00$/, '');
  return textOf(value);
}

/** Numbers, and the ones that travel as strings because a double cannot hold them. */
export const isNumeric = value =>
  typeof value === 'number' || (typeof value === 'string' && value.length > 15 && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(value));

export const kindOf = value => (value === null ? 'null' : isNumeric(value) ? 'number' : typeof value);

/**
 * Filters that the first of these items would pass, of fields that are no keys, to show how filters are written; the best first. A field with values of several
 * kinds is not taken; one whose values are all unlike its column's type (SQLite allows it) looks like any other, so whether the server takes a filter is to be asked.
 */
export function exampleFilters(items, keyFields) {
  const fields = Object.keys(items[0]).filter(field => !keyFields.includes(field) && !/Id$/.test(field) && items[0][field] !== null);
  const find = fits => fields.find(field => items.every(item => item[field] === null || fits(item[field])));
  const text = find(value => typeof value === 'string' && /^[^\d'][^']{0,19}$/.test(value));
  const number = find(value => typeof value === 'number');
  const terms = [text && `${text} eq '${items[0][text]}'`, number && `${number} ge ${items[0][number]}`].filter(Boolean);
  return terms.length > 1 ? [terms.join(' and '), ...terms] : terms;
}

/** The fields whose values differ, in the order of `after`. */
export function changedFields(before, after) {
  return Object.keys(after).filter(field => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}

/** JSON as elements that a style sheet can colour. */
export function jsonNodes(value) {
  const text = JSON.stringify(value, null, 2);
  const token = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(token)) {
    nodes.push(text.slice(end, match.index));
    const span = document.createElement('span');
    span.className = match[2] ? 'j-name' : match[1] ? 'j-string' : 'j-value';
    span.textContent = match[1] ?? match[0];
    nodes.push(span, match[2] ?? '');
    end = match.index + match[0].length;
  }
  nodes.push(text.slice(end));
  return nodes;
}
