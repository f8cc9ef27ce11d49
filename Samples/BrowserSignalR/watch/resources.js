import { Problem } from './problem.js';

/** The resources of a server, as its service document describes them. */
export class Resources {
  #byName;

  constructor(descriptions) {
    this.#byName = new Map(descriptions.map(description => [description.name.toLowerCase(), description]));
  }

  static async read(server) {
    const response = await fetch(`${server}/api`, { cache: 'no-store' });
    if (!response.ok)
      throw new Error(`The server answers ${response.status}.`);
    return new Resources((await response.json()).resources);
  }

  /** The description of a resource, whose name is found whatever its case, as the server finds it. */
  find(name) {
    const description = this.#byName.get(name.toLowerCase());
    if (!description)
      throw new Problem('unknown-resource', `There is no resource '${name}'.`);
    return description;
  }
}
