using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using RealtimeApi.Server.Requests;
using RealtimeApi.Server.Resources;
using RealtimeApi.Server.Watching;

namespace RealtimeApi.Server.Polling;

/// <summary>Answers <c>/changes</c> of a resource and of an item with what has changed since a cursor (PROTOCOL, Long polling and deltas).</summary>
internal sealed class ChangesEndpoint(WatchEngine engine, CatalogSource catalogs, TimeProvider time, IHostApplicationLifetime host)
{
    public const string Segment = "changes";

    public async Task InvokeAsync(HttpContext context)
    {
        var request = ChangesRequest.Read(context.Request, catalogs.Current);
        var page = await new ChangesPoll(engine, Caller.OrAddressOf(context), time).ReadAsync(request, host.ApplicationStopping, context.RequestAborted);
        await ChangesWriter.WriteAsync(context, page);
    }
}
