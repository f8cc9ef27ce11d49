namespace RealtimeApi.Server.Watching;

/// <summary>How much one batch may hold.</summary>
/// <param name="Bytes">About how many bytes of events; one larger event comes alone.</param>
/// <param name="Events">How many events, at least 1; the initial items are not counted.</param>
internal readonly record struct BatchLimit(int Bytes, int Events = int.MaxValue)
{
    /// <summary>What a push sends at once: small enough that a slow line takes it within the time that a send may last.</summary>
    /// <remarks>The same for every transport that pushes, so that they share batches.</remarks>
    public static BatchLimit Frame => new(32 * 1024);

    /// <summary>Whether another event fits beside so many, which have so many bytes.</summary>
    public bool HasRoom(int events, int bytes, WatchEvent next) => events == 0 || (events < Events && bytes + next.Json.Length <= Bytes);
}
