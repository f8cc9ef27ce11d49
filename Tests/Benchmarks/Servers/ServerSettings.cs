namespace RealtimeApi.Tests.Benchmarks.Servers;

/// <summary>What several servers share.</summary>
/// <param name="Redis">Their Redis; null for none.</param>
/// <param name="Database">The SQLite file of their database; null for one of each server's own.</param>
internal sealed record ServerSettings(string? Redis = null, string? Database = null)
{
    private const string None = "-";

    /// <summary>As a server's command line has it.</summary>
    public string[] Arguments => [Redis ?? None, Database ?? None];

    public static ServerSettings Parse(string[] arguments) => new(Value(arguments[0]), Value(arguments[1]));

    private static string? Value(string argument) => argument == None ? null : argument;
}
