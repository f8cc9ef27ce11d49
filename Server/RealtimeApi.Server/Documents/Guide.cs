using System.Globalization;
using System.Text;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Documents.OpenApi;
using RealtimeApi.Server.Documents.Schemas;
using RealtimeApi.Server.Hubs;

namespace RealtimeApi.Server.Documents;

/// <summary>The introduction of the documents: docs/protocol.md in brief, with a resource of this server in its examples.</summary>
internal static class Guide
{
    /// <summary>Stands for the server's address, which is known only when the document is sent.</summary>
    public const string Server = "{server}";

    public static string Write(IReadOnlyList<ResourceNames> resources)
    {
        var text = new StringBuilder();
        if (resources.Count == 0)
            text.Append("This server has no resources yet: its database has no table with a primary key, or its configuration names none.\n\n");
        var read = resources.FirstOrDefault(names => names.Resource.Watchable) ?? (resources.Count > 0 ? resources[0] : null);
        var path = read?.Path ?? "/api/orders";
        var name = read?.Resource.Name ?? "orders";
        var filter = Uri.EscapeDataString(read is null ? "total gt 10" : FilterExample.Of(read.Resource));
        text.Append(Reading(path, filter)).Append(Filters).Append(Watching(path, name, filter)).Append(Resuming(path)).Append(Clients(name));
        text.Append(resources.FirstOrDefault(names => names.Resource.Writable) is { } written ? Writing(written) : NoWriting).Append(Values).Append(Errors());
        return text.ToString();
    }

    private static string Reading(string path, string filter) => $$"""
        Every resource is a table or a view. All of them can be read; those that are *watchable* also tell of every change, by whatever program it was made.

        # Read

        ```sh
        curl '{{Server}}/api'
        curl '{{Server}}{{path}}?$top=5'
        curl '{{Server}}{{path}}?$filter={{filter}}&$count=true'
        ```

        | | |
        | --- | --- |
        | `$filter` | which items, see Filter |
        | `$orderby` | `field desc, other`; the key decides last |
        | `$top` | items of a page: 100, and up to 1,000 unless the server is configured otherwise |
        | `$select` | the fields to send; the key always comes with them |
        | `$count` | `true` adds `count`, the number of items on all pages |

        A list is `{"value":[…],"cursor":"…","nextLink":"…"}`: follow `nextLink` until there is none. One item is at its key, `{{path}}/<key>`; the parts of a composite key are percent-encoded one by one and joined with commas.

        Every answer carries an `ETag`. Send it back in `If-None-Match` and get 304 as long as nothing has changed. Send the last `Realtime-Cursor` you saw as `Realtime-Min-Cursor`, and the answer is at least that new.


        """;

    private const string Filters = """
        # Filter

        | | |
        | --- | --- |
        | comparisons | `eq` `ne` `gt` `ge` `lt` `le`, a field against a literal; `in (…)` |
        | logic | `and` `or` `not` and parentheses; a boolean field alone is a condition |
        | text | `contains(name,'x')` `startswith` `endswith` `tolower` `toupper` `length` |
        | dates | `year` `month` `day` |
        | literals | `'text'` (a quote is doubled: `'O''Brien'`), `42`, `1.5`, `true`, `null`, `2026-11-23`, `2026-11-23T11:06:26Z`, `11:06:26`, a GUID without quotes |

        `eq` and `ne` treat null as a value; every other comparison with null is false. Text compares as the column's collation says.


        """;

    private static string Watching(string path, string name, string filter) => $$"""
        # Watch

        All ways below give the same events and take the same cursors, so you can go from one to another at any time. Each takes a filter and the fields to send: `$filter` and `$select` in an address, `filter` and `select` on the hub. One item
        is watched at its key, `{{path}}/<key>/events` or `/changes`, on the hub with `key`.

        **Server-sent events**, for browsers and anything that can read a response as it comes:

        ```sh
        curl -N '{{Server}}{{path}}/events'
        curl -N '{{Server}}{{path}}/events?initial=true&$filter={{filter}}'     # the current items first
        ```

        ```js
        const events = new EventSource("{{Server}}{{path}}/events?initial=true");
        for (const type of ["created", "updated", "deleted"])
          events.addEventListener("{{name}}." + type, e => console.log(JSON.parse(e.data)));
        ```

        | `event` | `data` | meaning |
        | --- | --- | --- |
        | `{{name}}.created`, `.updated`, `.deleted` | the event | a change, or an item of the initial snapshot |
        | `bookmark` | `{"cursor":"…"}` | no change, but a newer cursor. A stream without `initial` opens with one |
        | `reset` | `{}` | a snapshot begins: forget what you held |
        | `synced` | `{"cursor":"…"}` | the snapshot is complete; changes follow |
        | `ended` | problem details | the server ended this watch, for the reason given |

        An `EventSource` comes again by itself where the connection is lost, and gives up for good where it is refused: where its `readyState` is `CLOSED` in its `error` event, make a new one, after a pause.

        **Long polling and deltas**, for anything that can send a GET:

        ```sh
        curl '{{Server}}{{path}}/changes'                            # {"changes":[],"cursor":"…","more":false}
        curl '{{Server}}{{path}}/changes?since=<cursor>&wait=30'     # answers as soon as something changes
        ```

        **SignalR**, many watches on one connection; the plain `@microsoft/signalr` package is enough:

        ```js
        const hub = new signalR.HubConnectionBuilder()
          .withUrl("{{Server}}{{ResourceHub.Path}}", { skipNegotiation: true, transport: signalR.HttpTransportType.WebSockets })
          .build();
        let cursor;
        hub.on("Changes", (id, batch) => { cursor = batch.cursor; for (const event of batch.changes) console.log(event); });
        hub.on("Ended", (id, problem) => console.log(problem.detail));
        await hub.start();
        const reply = await hub.invoke("Subscribe", "1", { resource: "{{name}}" }); // and key, filter, select, since or initial, as you like
        cursor ??= reply.cursor; // the first push, which is newer, may have overtaken the reply
        await hub.invoke("Unsubscribe", "1");
        ```

        The hub's messages are described by the AsyncAPI document, `/asyncapi/v1.json`.

        An event's `type` says what happened to the row (`created`, `updated`, `deleted`), its `view` what that means for this watch: `added`, `modified` or `removed`. A row that starts to match the filter is `added`, one that stops matching is `removed`. Apply `added` and `modified` by putting `data`, `removed` by deleting `subject` if it is present.


        """;

    private static string Resuming(string path) => $$"""
        # Resume

        A cursor is a position in the log of all changes. It is good on every node, on every transport and after a restart; the server alone knows what is in it.

        * After a list: watch from its `cursor`, and nothing is missed between the two.
        * After a lost connection: continue from the last cursor you have applied, an event's `id` or a batch's `cursor`. Exactly the changes since then arrive, each once, in order.
          By server-sent events that is `Last-Event-ID` (a browser sends it by itself), by `/changes` it is `since`, on the hub `Subscribe` with `since`.
        * `cursor-expired` (410): the log no longer reaches back so far. Forget the cursor and list again.

        ```sh
        curl -N -H 'Last-Event-ID: <cursor>' '{{Server}}{{path}}/events'
        ```


        """;

    private static string Clients(string name) => $$"""
        # Clients

        Any HTTP or SignalR client will do. Two that reconnect, resume and change the transport by themselves come with the server.

        **.NET**, the package `RealtimeApi.Client`: reads, writes and watches, and `LiveView<T>`, a local collection that is always current.

        ```cs
        await using var client = new RealtimeApiClient("{{Server}}");
        var items = client.Resource("{{name}}");
        await foreach (var change in items.WatchAsync())                // resumes by itself; Since = a cursor that you kept goes on after a restart
            Console.WriteLine($"{change.Kind} {change.Key}: {change.Item}");

        await using var view = items.OpenLiveView();                    // a collection that is always current
        await view.WhenSyncedAsync();

        var start = await items.PollAsync(since: null);                 // or no watch at all: ask when you please
        var page = await items.PollAsync(start.Cursor, new() { Wait = TimeSpan.FromSeconds(30) });
        ```

        Its watches share one SignalR connection; where no WebSocket passes they go on by server-sent events, long polling or polling, and come back later. To pin one of them:

        ```cs
        await using var client = new RealtimeApiClient(new RealtimeApiClientOptions(new Uri("{{Server}}")) { Transport = WatchTransport.LongPolling });
        ```

        **Browsers**, the folder `watch` of the sample BrowserSignalR, modules without dependencies to copy into your page:

        ```js
        import { LiveItems } from "./watch/live-items.js";
        import { WatchClient } from "./watch/watch-client.js";

        const client = new WatchClient("{{Server}}", { signalR });
        new LiveItems(client, { resource: "{{name}}" }, { changed: (events, items) => console.log(events, items) });
        ```


        """;

    private static string Writing(ResourceNames names) => $$"""
        # Write

        ```sh
        curl -X POST '{{Server}}{{names.Path}}' -H 'Content-Type: application/json' -H 'Idempotency-Key: <your own>' -d '{…}'
        curl -X PATCH '{{Server}}{{names.Path}}/<key>' -H 'Content-Type: application/merge-patch+json' -H 'If-Match: <ETag>' -d '{…}'
        curl -X PUT '{{Server}}{{names.Path}}/<key>' -H 'Content-Type: application/json' -H 'If-Match: <ETag>' -d '{…}'
        curl -X DELETE '{{Server}}{{names.Path}}/<key>' -H 'If-Match: <ETag>'
        ```

        `PATCH` changes the fields it names, `PUT` the whole item. With `If-Match` the write is refused (412) when the item has changed since you read it. A body with faults is refused as a whole, with every field at fault in `errors`.
        The answer's `Realtime-Cursor` is good for `Realtime-Min-Cursor`: the next read, on any node, shows what you wrote. To watch, take the cursor of a read.

        By the .NET client, which begins again where others were faster:

        ```cs
        await client.Resource("{{names.Resource.Name}}").UpdateAsync("<key>", item => { item["<field>"] = "…"; return item; });
        ```


        """;

    private const string NoWriting = """
        # Write

        No resource of this server takes writes. `"Write": true` in a resource's configuration makes it take POST, PUT, PATCH and DELETE.


        """;

    private const string Values = """
        # Values

        | in the database | in JSON |
        | --- | --- |
        | integer within ±(2⁵³−1) | number; outside it a text of its digits |
        | decimal | number where a double prints the same digits; otherwise a text of them |
        | floating point | number; NaN and infinities are `null` |
        | date, time, point in time | ISO 8601 text; UTC with `Z` where the database holds no offset |
        | GUID | lower-case text |
        | binary | base64 text |

        SQLite lets a column hold values that are not of its type, and texts that are longer than it declares. Such a value is shown as it is stored, whatever the schema says.


        """;

    private static string Errors()
    {
        var text = new StringBuilder("""
            # Errors

            Every refusal is problem details ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)), `application/problem+json`, whose `type` is `/problems/<code>`. On the hub it is a `HubException` whose message is `<code>: <detail>`.

            | code | status | what to do |
            | --- | --- | --- |

            """);
        foreach (var kind in ProblemKind.All)
            text.Append(CultureInfo.InvariantCulture, $"| `{kind.Code}` | {kind.Status} | {kind.Title}. {kind.Remedy} |\n");
        return text.ToString();
    }
}
