// Watches over the hub with the npm package "@microsoft/signalr" and prints each batch, a line of JSON each.
import * as signalR from "@microsoft/signalr";

const [address, request] = process.argv.slice(2);
const hub = new signalR.HubConnectionBuilder()
  .withUrl(address, { skipNegotiation: true, transport: signalR.HttpTransportType.WebSockets })
  .configureLogging(signalR.LogLevel.Error)
  .build();
const print = (line) => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

hub.on("Changes", (id, batch) => print(batch));
hub.on("Ended", (id, problem) => print({ problem }));
await hub.start();
print(await hub.invoke("Subscribe", "1", JSON.parse(request)));
