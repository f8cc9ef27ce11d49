import { Problem } from './problem.js';

/** The resources of a server, as its service document describes them. */
export class Resources {
  #byName;

  constructor(descriptions) {
    this.#byName = new Map(descriptions.map(description => [description.name.toLowerCase(), description]));
  }

  /** @param {import('./requests.js').Requests} requests */
  static async read(requests) {
    return new Resources((await requests.json('api')).resources);
  }

  /** The description of a resource, whose name is found whatever its case, as the server finds it. */
  find(name) {
    const description = this.#byName.get(name.toLowerCase());
    if (!description)
      throw new Problem('unknown-resource', `There is no resource '${name}'.`);
    return description;
  }
}
