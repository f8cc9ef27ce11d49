using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;
using StackExchange.Redis;

namespace RealtimeApi.Server.Nodes;

/// <summary>Stands for a connection to Redis, or its subscriber, for users that are not prepared for an outage: subscribing is never waited for, and closing and emptying it is left to its owner.</summary>
/// <remarks>Everything else is passed on. A proxy and not a class of hand-written calls, since the interfaces have some eighty members of which a few matter.</remarks>
[SuppressMessage("Performance", "CA1852", Justification = "The runtime derives the proxy from it.")]
internal class PatientRedis : DispatchProxy
{
    private object target = null!;

    /// <param name="target">What everything is passed on to.</param>
    public static T Around<T>(T target)
        where T : class
    {
        var proxy = Create<T, PatientRedis>();
        ((PatientRedis)(object)proxy).target = target;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var method = targetMethod!;
        switch (method.Name)
        {
            case nameof(IDisposable.Dispose) or nameof(IConnectionMultiplexer.Close) or nameof(ISubscriber.UnsubscribeAll):
                return null;

            case nameof(IAsyncDisposable.DisposeAsync):
                return ValueTask.CompletedTask;

            case nameof(IConnectionMultiplexer.CloseAsync) or nameof(ISubscriber.UnsubscribeAllAsync):
                return Task.CompletedTask;

            case nameof(IConnectionMultiplexer.GetSubscriber):
                return Around((ISubscriber)Pass(method, args)!);

            case nameof(ISubscriber.PublishAsync):
                return PublishAsync((Task<long>)Pass(method, args)!);

            case nameof(ISubscriber.SubscribeAsync) or nameof(ISubscriber.Unsubscribe) or nameof(ISubscriber.UnsubscribeAsync):
                // The flags come last in all of them.
                return Pass(method, [.. args![..^1], (CommandFlags)args[^1]! | CommandFlags.FireAndForget]);

            default:
                return Pass(method, args);
        }
    }

    private object? Pass(MethodInfo method, object?[]? args) => method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, args, null);

    private static async Task<long> PublishAsync(Task<long> published)
    {
        try
        {
            return await published;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            throw new ProblemException(ProblemCodes.Unavailable, "Messages cannot be passed on now, because Redis does not answer. Try again in 5 seconds.") { RetryAfter = 5 };
        }
    }
}
