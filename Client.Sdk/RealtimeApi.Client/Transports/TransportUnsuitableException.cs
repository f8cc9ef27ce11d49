using System.Diagnostics.CodeAnalysis;

namespace RealtimeApi.Client;

/// <summary>The server answers, but not by this transport: something on the way lets it not pass, or the server does not have it.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Never leaves the client, except as the error of a state.")]
internal sealed class TransportUnsuitableException(string message, Exception? innerException = null) : Exception(message, innerException);
