// What to paste elsewhere to read or watch the view that is shown.

import { pagePath } from './api.js';

export const snippets = [
  { name: 'curl', text: (view) => `curl '${origin()}${pagePath(view.resource, view, 20)}'` },
  { name: 'JavaScript', text: javaScript },
  { name: '.NET', text: dotNet },
];

function javaScript({ resource, filter, hub }) {
  if (!resource.watchable)
    return `const { value } = await (await fetch(${json(origin() + pagePath(resource, { filter }))})).json();`;
  const request = json({ resource: resource.name, ...(filter && { filter }) });
  return `// npm install @microsoft/signalr
import { HttpTransportType, HubConnectionBuilder } from "@microsoft/signalr";

const hub = new HubConnectionBuilder()
  .withUrl(${json(origin() + hub)}, { skipNegotiation: true, transport: HttpTransportType.WebSockets })
  .build();
hub.on("Changes", (id, { changes, cursor }) => {
  for (const change of changes)
    console.log(change.view, change.subject, change.data);
  // Keep the cursor: { …, since: cursor } goes on from here, after a restart, too.
});
await hub.start();
await hub.invoke("Subscribe", "1", ${request});`;
}

function dotNet({ resource, filter }) {
  const view = `client.Resource(${json(resource.name)})${filter ? `\n    .Where(${json(filter)})` : ''}`;
  const loop = resource.watchable
    ? `await foreach (var change in ${view}.WatchAsync())
    Console.WriteLine($"{change.Kind} {change.Key} {change.Item}");`
    : `await foreach (var item in ${view}.ListAllAsync())
    Console.WriteLine(item);`;
  return `// dotnet add package RealtimeApi.Client
using RealtimeApi.Client;

await using var client = new RealtimeApiClient(${json(origin())});
${loop}`;
}

const origin = () => location.origin;

// JSON's strings are JavaScript's and C#'s, too.
const json = value => JSON.stringify(value);
