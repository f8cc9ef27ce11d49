// The cards on the board: draws what the database holds, and tells what the user does with them.

const BUSY = 1500;

export class Cards {
  #surface;
  #told;
  #cards = new Map();

  constructor(surface, told) {
    this.#surface = surface;
    this.#told = told;
  }

  clear() {
    for (const key of [...this.#cards.keys()])
      this.remove(key);
  }

  put(key, stored) {
    const card = this.#cards.get(key) ?? this.#add(key);
    card.stored = stored;
    this.#settle(card);
  }

  remove(key) {
    const card = this.#cards.get(key);
    clearTimeout(card?.free);
    card?.element.remove();
    this.#cards.delete(key);
  }

  // Somebody else drags it: where it will be is known when they let go.
  show(key, x, y, person) {
    const card = this.#cards.get(key);
    if (!card || card.dragged)
      return;
    place(card, x, y);
    this.#mark(card, `${person.name} moves it`, person.color);
  }

  busy(key, person) {
    const card = this.#cards.get(key);
    if (card)
      this.#mark(card, `${person.name} writes…`, person.color);
  }

  // Shows what the database holds; what the user has at hand is theirs until they let go of it.
  #settle(card) {
    if (card.writing === 0 && document.activeElement !== card.text)
      card.text.value = card.stored.text;
    if (card.writing === 0 && !card.dragged)
      place(card, card.stored.x, card.stored.y);
  }

  // What the user has done is shown until the watch brings it, or the server refuses it.
  async #write(card, write) {
    const before = card.stored;
    card.writing++;
    const isWritten = await write();
    card.writing--;
    if (!isWritten || card.stored !== before)
      this.#settle(card);
  }

  #mark(card, what, color) {
    const { element } = card;
    element.classList.add('busy');
    element.dataset.busy = what;
    element.style.setProperty('--theirs', color);
    clearTimeout(card.free);
    card.free = setTimeout(() => element.classList.remove('busy'), BUSY);
  }

  #add(key) {
    const element = document.createElement('article');
    const text = document.createElement('textarea');
    const close = document.createElement('button');
    element.className = 'card';
    element.dataset.key = key;
    text.setAttribute('aria-label', `Card ${key}`);
    close.textContent = '✕';
    close.setAttribute('aria-label', `Remove card ${key}`);
    element.append(text, close);
    const card = { element, text, dragged: false, writing: 0 };
    this.#cards.set(key, card);

    text.addEventListener('input', () => this.#told.writing(key));
    text.addEventListener('change', () => this.#write(card, () => this.#told.written(key, text.value)));
    text.addEventListener('blur', () => this.#settle(card));
    close.addEventListener('click', () => this.#told.removed(key));
    element.addEventListener('pointerdown', event => {
      if (event.target === element)
        this.#drag(key, card, event);
    });
    this.#surface.append(element);
    return card;
  }

  #drag(key, card, start) {
    const [dx, dy] = [card.x - start.clientX, card.y - start.clientY];
    card.dragged = true;
    card.element.classList.add('dragged');
    card.element.setPointerCapture(start.pointerId);
    const move = event => {
      place(card, Math.max(0, Math.round(event.clientX + dx)), Math.max(0, Math.round(event.clientY + dy)));
      this.#told.moving(key, card.x, card.y);
    };
    const drop = () => {
      card.dragged = false;
      card.element.classList.remove('dragged');
      card.element.removeEventListener('pointermove', move);
      this.#write(card, () => this.#told.moved(key, card.x, card.y));
    };
    card.element.addEventListener('pointermove', move);
    card.element.addEventListener('lostpointercapture', drop, { once: true });
  }
}

function place(card, x, y) {
  Object.assign(card, { x, y });
  card.element.style.left = `${x}px`;
  card.element.style.top = `${y}px`;
}
