using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace RealtimeApi.Server.Rest;

/// <summary>
/// Keeps <see cref="ResourcesController"/> apart from the host's own controllers: MVC builds it like any other, but only <c>MapRealtimeApi</c> routes to it.
/// </summary>
/// <remarks>
/// A host's <c>MapControllers()</c> maps every action that MVC knows, and <c>MapRealtimeApi()</c> must not map the host's. So the actions are taken out of
/// MVC's list once they are described, and each route invokes its own.
/// </remarks>
internal sealed class ControllerActions(IServiceProvider services) : IActionDescriptorProvider
{
    private volatile Dictionary<string, ActionDescriptor>? actions;

    /// <summary>Before every other, so that the others have finished by the time this one takes the actions out (that pass runs backwards).</summary>
    public int Order => int.MinValue;

    /// <summary>Runs the action of this method.</summary>
    public RequestDelegate Invoke(string method)
    {
        Route? found = null;
        return context =>
        {
            var (action, invokers) = found ??= Find(method);
            return invokers.CreateInvoker(new ActionContext(context, context.GetRouteData(), action))!.InvokeAsync();
        };
    }

    public void OnProvidersExecuting(ActionDescriptorProviderContext context)
    {
    }

    public void OnProvidersExecuted(ActionDescriptorProviderContext context)
    {
        var own = context.Results.OfType<ControllerActionDescriptor>().Where(action => action.ControllerTypeInfo.AsType() == typeof(ResourcesController)).ToList();
        foreach (var action in own)
            context.Results.Remove(action);
        actions = own.ToDictionary(action => action.MethodInfo.Name, ActionDescriptor (action) => action, StringComparer.Ordinal);
    }

    // MVC makes the list when it is first asked for, and needs this provider for it: neither can be taken in the constructor.
    private Route Find(string method)
    {
        _ = services.GetRequiredService<IActionDescriptorCollectionProvider>().ActionDescriptors;
        return new(actions![method], services.GetRequiredService<IActionInvokerFactory>());
    }

    private sealed record Route(ActionDescriptor Action, IActionInvokerFactory Invokers);

    /// <summary>Tells MVC of the controller, which is internal and so not found.</summary>
    internal sealed class Feature : IApplicationFeatureProvider<ControllerFeature>
    {
        public void PopulateFeature(IEnumerable<ApplicationPart> parts, ControllerFeature feature) => feature.Controllers.Add(typeof(ResourcesController).GetTypeInfo());
    }
}
