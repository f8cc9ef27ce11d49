namespace RealtimeApi.Client;

/// <summary>Tells a way that does not work from a server that was away: what all watches of a client report is judged together.</summary>
/// <remarks>
/// A lock guards all. One outage fails many watches at once, and is one occasion all the same: an attempt counts only if it had begun after the one that was counted before it
/// failed. And it counts only once the server has shown, by another request, that it was not the server which failed.
/// </remarks>
/// <param name="maximum">So many occasions in a row are no accident.</param>
internal sealed class Suspicions(int maximum)
{
    private readonly object gate = new();
    private long counted;
    private int occasions;
    private bool open;

    /// <summary>An attempt begins.</summary>
    /// <returns>What <see cref="Raise"/> takes if it fails.</returns>
    public long Begin()
    {
        lock (gate)
            return counted;
    }

    /// <summary>An attempt has failed, in a way that a server which is away would cause as well.</summary>
    public void Raise(long begun)
    {
        lock (gate)
        {
            if (begun != counted)
                return;
            counted++;
            open = true;
        }
    }

    /// <summary>The server answers another request: what was suspected is so.</summary>
    /// <returns>Whether that makes the way unsuitable.</returns>
    public bool Confirm()
    {
        lock (gate)
        {
            if (!open)
                return false;
            open = false;
            if (++occasions < maximum)
                return false;
            occasions = 0;
            return true;
        }
    }

    /// <summary>The server is away, or the way works: nothing of what was suspected is so.</summary>
    public void Clear()
    {
        lock (gate)
        {
            open = false;
            occasions = 0;
        }
    }
}
