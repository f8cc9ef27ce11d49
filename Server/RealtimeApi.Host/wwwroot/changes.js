// The changes of the view as they come in, newest first, each with the event as it travelled.

import { changedFields, identityOf, identityOfSubject, jsonNodes, shortTextOf } from './values.js';

const kept = 300;
const rememberedItems = 2_000;

export class ChangeList {
  #list;
  #count;
  #empty;
  #total = 0;
  #waiting = [];
  #frame = 0;
  #paused = false;
  #resource = null;
  #items = new Map();

  constructor({ list, count, empty }) {
    this.#list = list;
    this.#count = count;
    this.#empty = empty;
  }

  reset(resource, emptyText) {
    this.#resource = resource;
    this.#items.clear();
    this.#empty.textContent = emptyText;
    this.clear();
  }

  clear() {
    this.#total = 0;
    this.#waiting = [];
    this.#list.replaceChildren();
    this.#draw();
  }

  /** While paused nothing moves; what came meanwhile is shown afterwards. */
  set paused(value) {
    this.#paused = value;
    this.#schedule();
  }

  /** Remembers items that were read, so that a later change can say what it changed. What a change has told already is not older. */
  remember(items) {
    for (const item of items) {
      const identity = identityOf(item, this.#resource.key);
      if (!this.#items.has(identity))
        this.#keep(identity, item);
    }
  }

  add(changes) {
    for (const change of changes) {
      const identity = identityOfSubject(change.subject, this.#resource.key);
      this.#waiting.push({ change, before: this.#items.get(identity) });
      if (change.data)
        this.#keep(identity, change.data);
      else
        this.#items.delete(identity);
    }
    this.#total += changes.length;
    this.#waiting = this.#waiting.slice(-kept);
    this.#schedule();
  }

  /** A remark about the watch itself, between the changes. */
  note(text) {
    this.#waiting.push({ note: text });
    this.#schedule();
  }

  #keep(identity, item) {
    this.#items.delete(identity);
    this.#items.set(identity, item);
    if (this.#items.size > rememberedItems)
      this.#items.delete(this.#items.keys().next().value);
  }

  #schedule() {
    if (!this.#frame)
      this.#frame = setTimeout(() => this.#draw(), 30);
  }

  #draw() {
    this.#frame = 0;
    this.#count.textContent = this.#total ? this.#total.toLocaleString('en') : '';
    if (!this.#paused) {
      this.#list.prepend(...this.#waiting.splice(0).reverse().map(entry => (entry.note ? noteElement(entry.note) : changeElement(entry))));
      while (this.#list.childElementCount > kept)
        this.#list.lastElementChild.remove();
    }
    this.#empty.hidden = this.#list.childElementCount > 0;
  }
}

function changeElement({ change, before }) {
  const details = element('details', 'change');
  details.dataset.view = change.view;
  details.dataset.id = change.id;
  const summary = element('summary');
  summary.append(
    element('span', 'badge', change.view),
    element('span', 'subject', change.subject),
    element('time', '', new Date(change.time).toLocaleTimeString('en-GB')),
    what(change, before));
  summary.querySelector('time').dateTime = change.time;
  details.append(summary);
  // Drawn when it is looked at: most never are.
  details.addEventListener('toggle', () => {
    if (details.open && !details.querySelector('pre')) {
      const pre = element('pre');
      pre.append(...jsonNodes(change));
      details.append(pre);
    }
  });
  const item = element('li');
  item.append(details);
  return item;
}

/** In a line: what changed from what to what, or what the item holds. */
function what(change, before) {
  const line = element('span', 'what');
  if (!change.data) {
    line.textContent = change.type.endsWith('.deleted') ? 'deleted' : 'no longer in this view';
  } else if (before && change.view === 'modified') {
    for (const field of changedFields(before, change.data).slice(0, 4))
      line.append(pair(field, before[field], change.data[field]));
  } else {
    for (const [field, value] of Object.entries(change.data).filter(([, value]) => value !== null).slice(1, 5))
      line.append(pair(field, undefined, value));
  }
  return line;
}

function pair(field, from, to) {
  const span = element('span', 'pair');
  span.append(element('span', 'field', field), ' ');
  if (from !== undefined)
    span.append(element('del', '', shortTextOf(from)), ' → ');
  span.append(element('ins', '', shortTextOf(to)));
  return span;
}

function noteElement(text) {
  return element('li', 'note', text);
}

function element(name, className = '', text = '') {
  const created = document.createElement(name);
  if (className)
    created.className = className;
  created.textContent = text;
  return created;
}
