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

  put(key, { text, x, y }) {
    const card = this.#cards.get(key) ?? this.#add(key);
    // What the user has at hand is theirs until they let go of it.
    if (document.activeElement !== card.text)
      card.text.value = text;
    if (!card.dragged)
      place(card, x, y);
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
    const card = { element, text, dragged: false };
    this.#cards.set(key, card);

    text.addEventListener('input', () => this.#told.writing(key));
    text.addEventListener('change', () => this.#told.written(key, text.value));
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
    card.element.setPointerCapture(start.pointerId);
    const move = event => {
      place(card, Math.max(0, Math.round(event.clientX + dx)), Math.max(0, Math.round(event.clientY + dy)));
      this.#told.moving(key, card.x, card.y);
    };
    const drop = () => {
      card.dragged = false;
      card.element.removeEventListener('pointermove', move);
      this.#told.moved(key, card.x, card.y);
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
