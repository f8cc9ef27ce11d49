// The table of items: one page of a view, kept as it is on the server.

import { changedFields, identityOf, identityOfSubject, isNumeric, kindOf, shortTextOf, textOf } from './values.js';

const goneFor = 1_600;
const calm = matchMedia('(prefers-reduced-motion: reduce)');

export class ItemsTable {
  #table;
  #empty;
  #onSort;
  #resource = null;
  #columns = [];
  #rows = new Map();

  constructor(table, empty, onSort) {
    this.#table = table;
    this.#empty = empty;
    this.#onSort = onSort;
  }

  /** Forgets what was shown; the next page is drawn afresh. */
  reset(resource) {
    this.#resource = resource;
    this.#columns = [];
    this.#rows.clear();
    this.#table.tHead.replaceChildren();
    this.#table.tBodies[0].replaceChildren();
    this.#empty.hidden = true;
    this.#table.setAttribute('aria-busy', 'true');
  }

  get busy() {
    return this.#table.getAttribute('aria-busy') === 'true';
  }

  /** Shows a page. What came, went or changed since the last one of the same view is marked. */
  show(items, { orderby, emptyText }) {
    const first = this.busy;
    this.#table.setAttribute('aria-busy', 'false');
    this.#drawHead(items, orderby);
    const body = this.#table.tBodies[0];
    const seen = new Set();
    let before = body.firstElementChild;
    for (const item of items) {
      const identity = this.#identityOf(item);
      seen.add(identity);
      let row = this.#rows.get(identity);
      if (row) {
        this.#update(row, item);
      } else {
        row = this.#add(identity, item);
        if (!first)
          flash(row.element, 'added');
      }
      while (before?.classList.contains('gone') && before !== row.element)
        before = before.nextElementSibling;
      if (row.element === before)
        before = before.nextElementSibling;
      else
        body.insertBefore(row.element, before);
    }

    for (const [identity, row] of this.#rows) {
      if (!seen.has(identity))
        this.#leave(identity, row);
    }
    this.#empty.hidden = items.length > 0;
    this.#empty.textContent = emptyText;
  }

  /** Applies a change to the row it concerns, if that is on the page. Says whether the page may now hold other items than before. */
  apply(change, orderedBy) {
    const identity = identityOfSubject(change.subject, this.#resource.key);
    const row = this.#rows.get(identity);
    if (change.view === 'removed') {
      if (row)
        this.#leave(identity, row);
      return true;
    }
    if (!row || row.element.classList.contains('gone'))
      return true;
    const moved = changedFields(row.item, change.data).some(field => orderedBy.includes(field.toLowerCase()));
    this.#update(row, change.data);
    return moved;
  }

  #identityOf(item) {
    // A view has no key; its rows are told apart by all they hold.
    return this.#resource.key.length ? identityOf(item, this.#resource.key) : JSON.stringify(item);
  }

  #drawHead(items, orderby) {
    const columns = items.length ? Object.keys(items[0]) : this.#columns;
    const [field, direction = 'asc'] = orderby.trim().split(/[\s,]+/);
    const numeric = columns.filter(column => items.some(item => isNumeric(item[column])) && items.every(item => item[column] === null || isNumeric(item[column])));
    if (columns.join() !== this.#columns.join()) {
      this.#columns = columns;
      const row = document.createElement('tr');
      row.append(...columns.map(column => this.#headCell(column)));
      this.#table.tHead.replaceChildren(row);
    }

    [...this.#table.tHead.querySelectorAll('th')].forEach((cell, i) => {
      const active = field && columns[i].toLowerCase() === field.toLowerCase();
      cell.classList.toggle('number', numeric.includes(columns[i]));
      if (active)
        cell.setAttribute('aria-sort', direction.toLowerCase() === 'desc' ? 'descending' : 'ascending');
      else
        cell.removeAttribute('aria-sort');
    });
  }

  #headCell(column) {
    const cell = document.createElement('th');
    cell.scope = 'col';
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = column;
    button.title = `Order by ${column}`;
    button.addEventListener('click', () => {
      const sorted = cell.getAttribute('aria-sort');
      this.#onSort(sorted === 'ascending' ? `${column} desc` : sorted === 'descending' ? '' : column);
    });
    if (this.#resource.key.includes(column))
      cell.classList.add('key');
    cell.append(button);
    return cell;
  }

  #add(identity, item) {
    const element = document.createElement('tr');
    element.append(...this.#columns.map(column => fill(document.createElement('td'), item[column])));
    const row = { element, item };
    this.#rows.set(identity, row);
    return row;
  }

  #update(row, item) {
    row.element.classList.remove('gone');
    for (const field of changedFields(row.item, item)) {
      const cell = row.element.cells[this.#columns.indexOf(field)];
      if (cell)
        flash(fill(cell, item[field]), 'changed');
    }
    row.item = item;
  }

  #leave(identity, row) {
    if (row.element.classList.contains('gone'))
      return;
    row.element.classList.add('gone');
    setTimeout(() => {
      if (!row.element.classList.contains('gone'))
        return;
      row.element.remove();
      if (this.#rows.get(identity) === row)
        this.#rows.delete(identity);
    }, goneFor);
  }
}

function fill(cell, value) {
  const text = shortTextOf(value);
  cell.textContent = text;
  cell.className = kindOf(value ?? null);
  cell.title = text.length > 28 || text !== textOf(value) ? textOf(value) : '';
  return cell;
}

function flash(element, kind) {
  element.animate(
    [{ backgroundColor: `var(--flash-${kind})` }, { backgroundColor: `var(--flash-${kind})`, offset: 0.25 }, { backgroundColor: 'transparent' }],
    { duration: 2_200, easing: calm.matches ? 'step-end' : 'ease-out' });
}
