using RealtimeApi.Tests.Faults.Shop;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>Of what a <see cref="World"/> is made.</summary>
internal sealed record WorldSettings
{
    /// <summary>How many hosts there are.</summary>
    public int Hosts { get; init; } = 3;

    /// <summary>Makes the database. Default: a SQLite file, on a disk of its own where one can be made, so that it can be full.</summary>
    public Func<Task<ShopDatabase>> CreateAsync { get; init; } = static () => Task.FromResult<ShopDatabase>(new SqliteShop(hasDisk: true));

    /// <summary>Bytes of changes that each host keeps in memory; few, so that watches read the log.</summary>
    public int WindowBytes { get; init; } = 64 * 1024;

    /// <summary>What each host finds in its environment.</summary>
    public Func<int, IReadOnlyDictionary<string, string>>? EnvironmentOf { get; init; }

    /// <summary>What else each host is told.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];
}
