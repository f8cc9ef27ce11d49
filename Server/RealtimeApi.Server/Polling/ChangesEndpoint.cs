using Microsoft.AspNetCore.Http;
using RealtimeApi.Server.Draining;
using RealtimeApi.Server.Requests;
using RealtimeApi.Server.Resources;
using RealtimeApi.Server.Watching;

namespace RealtimeApi.Server.Polling;

/// <summary>Answers <c>/changes</c> of a resource and of an item with what has changed since a cursor (PROTOCOL, Long polling and deltas).</summary>
internal sealed class ChangesEndpoint(WatchEngine engine, CatalogSource catalogs, TimeProvider time, Drain drain)
{
    public const string Segment = Routes.Changes;

    public async Task InvokeAsync(HttpContext context)
    {
        var request = ChangesRequest.Read(context.Request, catalogs.Current);
        var page = await new ChangesPoll(engine, Caller.OrAddressOf(context), time).ReadAsync(request, drain.Ending, context.RequestAborted);
        await ChangesWriter.WriteAsync(context, page);
    }
}
