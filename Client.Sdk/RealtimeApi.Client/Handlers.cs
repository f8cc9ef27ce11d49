namespace RealtimeApi.Client;

/// <summary>Raises events to handlers that know nothing of each other.</summary>
internal static class Handlers
{
    /// <summary>Calls each handler of an event on its own, so that one which throws does not keep the others from being called.</summary>
    /// <param name="handlers">The event; null where it has no handler.</param>
    /// <param name="invoke">Calls one.</param>
    /// <param name="failed">Told what a handler has thrown.</param>
    public static void InvokeEach<TDelegate>(TDelegate? handlers, Action<TDelegate> invoke, Action<Exception> failed)
        where TDelegate : Delegate
    {
        if (handlers is null)
            return;
        foreach (var handler in handlers.GetInvocationList())
        {
            try
            {
                invoke((TDelegate)handler);
            }
            catch (Exception e)
            {
                failed(e);
            }
        }
    }
}
