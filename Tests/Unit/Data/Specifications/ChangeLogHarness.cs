using RealtimeApi.Server.Data;
using RealtimeApi.Server.Feed;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Tests.Unit.Data.Specifications;

/// <summary>A database with two tables, and its change log as one node sees it.</summary>
/// <remarks>
/// <c>orders</c> has the columns <c>id</c> (a whole number, the key), <c>status</c> (a text) and <c>total</c> (a number); <c>customers</c> has
/// <c>id</c> and <c>name</c>. Both begin empty.
/// </remarks>
internal abstract class ChangeLogHarness : IAsyncDisposable
{
    /// <summary>The log of the node under test.</summary>
    public abstract IChangeLog Log { get; }

    /// <summary>The log of another node of the same database.</summary>
    public abstract IChangeLog OpenAnother();

    /// <summary>The definition of one of the tables as it is now.</summary>
    public abstract ResourceDefinition Define(string table, bool watchable = true);

    /// <summary>Runs statements as another program would, in a transaction of their own unless they say otherwise.</summary>
    public abstract void Execute(string sql);

    /// <summary>Whether the database has anything that the product made.</summary>
    public abstract bool HasTraces();

    /// <summary>Puts the database back to what it was at the last call of <see cref="Save"/>.</summary>
    public abstract void Restore();

    /// <summary>Makes a backup.</summary>
    public abstract void Save();

    public abstract ValueTask DisposeAsync();

    public ResourceCatalog Catalog(params string[] tables) => new((tables.Length == 0 ? ["orders", "customers"] : tables).Select(table => Define(table)));

    /// <summary>Turns capture of these tables on.</summary>
    public async Task<LogState> PrepareAsync(params string[] tables) =>
        await Log.PrepareAsync(Catalog(tables), CancellationToken.None) ?? throw new InvalidOperationException("Nothing is captured.");

    /// <summary>Every change after a position, page by page, each written as <c>orders + {1,new,5}</c>.</summary>
    public async Task<List<string>> ReadAsync(LogPosition after, int maxBytes = 1 << 20, string? resource = null)
    {
        var catalog = Catalog();
        var lines = new List<string>();
        LogPage page;
        do
        {
            page = await Log.ReadAsync(catalog, after, maxBytes, resource, CancellationToken.None);
            lines.AddRange(page.Changes.Select(Describe));
            after = page.Through.Position;
        }
        while (page.HasMore);
        return lines;
    }

    public static string Describe(Change change) => (change.Before, change.After) switch
    {
        (null, { } after) => $"{change.Resource.Name} + {Describe(after)}",
        ({ } before, null) => $"{change.Resource.Name} - {Describe(before)}",
        ({ } before, { } after) => $"{change.Resource.Name} {Describe(before)} > {Describe(after)}",
        _ => throw new InvalidOperationException("A change without images."),
    };

    private static string Describe(Item item) => $"{{{string.Join(',', item.Values.Select(value => value.ToString()))}}}";
}
