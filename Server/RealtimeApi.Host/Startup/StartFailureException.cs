namespace RealtimeApi.Hosting.Startup;

/// <summary>The server cannot start; the message says why and what to do, for the person who started it.</summary>
internal sealed class StartFailureException(string message, Exception? inner = null) : Exception(message, inner);
