namespace RealtimeApi.Server.DependencyInjection;

/// <summary>
/// The server cannot start on this database: its message says why, and what to do, for the person who started it. (Mistakes of the configuration are
/// an <see cref="Microsoft.Extensions.Options.OptionsValidationException"/> with all of them.)
/// </summary>
public sealed class RealtimeApiStartException : Exception
{
    /// <summary>Makes one without a message of its own.</summary>
    public RealtimeApiStartException()
    {
    }

    /// <summary>Makes one with its message.</summary>
    public RealtimeApiStartException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with its message and cause.</summary>
    public RealtimeApiStartException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
