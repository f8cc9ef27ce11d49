namespace RealtimeApi.Server.Queries;

/// <summary>The functions that are conditions themselves.</summary>
internal enum TextFunction
{
    Contains,
    StartsWith,
    EndsWith,
}
