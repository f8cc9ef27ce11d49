namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>Why a write was refused.</summary>
/// <param name="Detail">For the client.</param>
/// <param name="IsClear">Whether that is all there is to know; otherwise the log says more.</param>
internal sealed record SqlServerRefusal(string Detail, bool IsClear);
