// Who is here, and where they point.

export class People {
  #list;
  #surface;
  #present = new Map();
  #you;

  constructor(list, surface) {
    this.#list = list;
    this.#surface = surface;
  }

  set you(peer) {
    this.#you = peer;
    this.#draw();
  }

  // A new connection is somebody new, and is told of everyone again.
  clear() {
    this.leave([...this.#present.values()].map(({ peer }) => peer));
  }

  join(peers) {
    for (const peer of peers)
      this.#present.set(peer.id, { peer });
    this.#draw();
  }

  leave(peers) {
    for (const { id } of peers) {
      this.#present.get(id)?.pointer?.remove();
      this.#present.delete(id);
    }
    this.#draw();
  }

  of(id) {
    return { name: this.#present.get(id)?.peer.name ?? id.slice(0, 4), color: colorOf(id) };
  }

  point(id, x, y) {
    const person = this.#present.get(id);
    if (!person)
      return;
    if (!person.pointer) {
      person.pointer = document.createElement('div');
      person.pointer.className = 'pointer';
      person.pointer.style.setProperty('--theirs', colorOf(id));
      this.#surface.append(person.pointer);
    }
    person.pointer.style.left = `${x}px`;
    person.pointer.style.top = `${y}px`;
  }

  #draw() {
    const entries = [...(this.#you ? [['You', this.#you.id]] : []), ...[...this.#present.keys()].map(id => [this.of(id).name, id])];
    this.#list.replaceChildren(...entries.map(([name, id]) => {
      const item = document.createElement('li');
      item.textContent = name;
      item.style.setProperty('--theirs', colorOf(id));
      return item;
    }));
  }
}

function colorOf(id) {
  let hash = 0;
  for (const character of id)
    hash = (hash * 31 + character.charCodeAt(0)) % 360;
  return `hsl(${hash} 65% 50%)`;
}
