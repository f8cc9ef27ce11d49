using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace RealtimeApi.Server.Draining;

/// <summary>Has each answer of a server that is to stop be the last of its connection, whatever the endpoint, so that the next request goes elsewhere and none is left on its way when the server stops.</summary>
internal sealed class LastAnswers(Drain drain) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(LetGo);
        next(app);
    };

    private RequestDelegate LetGo(RequestDelegate next) => context =>
    {
        // When the answer starts, since what handles errors clears the headers that were set before.
        if (drain.HasBegun && HttpProtocol.IsHttp11(context.Request.Protocol))
            context.Response.OnStarting(Close, context.Response);
        else if (drain.HasBegun)
            // Tells the client of HTTP/2 to begin no more requests on it (GOAWAY); those that it has begun are served.
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        return next(context);
    };

    private static Task Close(object response)
    {
        var answer = (HttpResponse)response;
        // A WebSocket says something else in that header, and is nobody's next request.
        if (answer.StatusCode != StatusCodes.Status101SwitchingProtocols)
            answer.Headers.Connection = "close";
        return Task.CompletedTask;
    }
}
