namespace RealtimeApi.Server.Hubs;

/// <summary>One watch's place in a room, until it is disposed.</summary>
internal sealed class Seat(RoomIndex rooms, Room room, Participant participant, string? key) : IDisposable
{
    private int left;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref left, 1) == 0)
            rooms.Leave(room, participant, key);
    }
}
