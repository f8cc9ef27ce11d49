namespace RealtimeApi.Server.Data;

/// <summary>The database does not answer now (locked, gone, unreachable); the same call may succeed later.</summary>
internal sealed class DatabaseUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
