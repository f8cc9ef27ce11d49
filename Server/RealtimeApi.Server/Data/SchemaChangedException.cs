namespace RealtimeApi.Server.Data;

/// <summary>A statement no longer fits the database: a table or column that the catalog knows has been altered or dropped.</summary>
internal sealed class SchemaChangedException(string message, Exception? inner = null) : Exception(message, inner);
