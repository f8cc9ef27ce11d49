// Follows an event stream with the npm package "eventsource" and prints what it dispatches, a line of JSON each.
import { EventSource } from "eventsource";

const [address, ...types] = process.argv.slice(2);
const source = new EventSource(address);
const print = (line) => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

for (const type of types)
  source.addEventListener(type, (event) => print({ type, id: event.lastEventId, data: JSON.parse(event.data) }));
source.addEventListener("error", (event) => {
  if (source.readyState === EventSource.CLOSED) print({ type: "closed", status: event.code ?? null });
});
