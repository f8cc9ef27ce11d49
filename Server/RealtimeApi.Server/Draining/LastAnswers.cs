using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace RealtimeApi.Server.Draining;

/// <summary>Has each answer of a server that is to stop be the last of its HTTP/1.1 connection, whatever the endpoint, so that the next request goes elsewhere and none is left on its way when the server stops.</summary>
internal sealed class LastAnswers(Drain drain) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(LetGo);
        next(app);
    };

    private RequestDelegate LetGo(RequestDelegate next) => context =>
    {
        if (drain.HasBegun && HttpProtocol.IsHttp11(context.Request.Protocol) && !IsUpgrade(context))
            context.Response.Headers.Connection = "close";
        return next(context);
    };

    /// <summary>A WebSocket says something else in that header, and is nobody's next request.</summary>
    private static bool IsUpgrade(HttpContext context) => context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest == true;
}
