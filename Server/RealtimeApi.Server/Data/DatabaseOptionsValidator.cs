using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Data;

/// <summary>Names every setting of <see cref="DatabaseOptions"/> that cannot work, and the fix.</summary>
internal sealed class DatabaseOptionsValidator : IValidateOptions<RealtimeApiOptions>
{
    private const string Section = $"{RealtimeApiOptions.SectionName}:{nameof(RealtimeApiOptions.Database)}";

    public ValidateOptionsResult Validate(string? name, RealtimeApiOptions options)
    {
        List<string> failures = [];
        var database = options.Database;
        if (!string.Equals(database.Provider, "Sqlite", StringComparison.OrdinalIgnoreCase))
            failures.Add($"{Section}:Provider is '{database.Provider}'; the only provider is Sqlite.");
        if (string.IsNullOrWhiteSpace(database.ConnectionString))
            failures.Add($"{Section}:ConnectionString is missing; name the file, e.g. \"Data Source=shop.db\".");
        else if (FindMistake(database.ConnectionString) is { } mistake)
            failures.Add($"{Section}:ConnectionString {mistake}");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static string? FindMistake(string connectionString)
    {
        try
        {
            var builder = new SqliteConnectionStringBuilder(connectionString);
            return builder.DataSource.Length == 0
                ? "names no file; add Data Source, e.g. \"Data Source=shop.db\"."
                : builder.Mode == SqliteOpenMode.Memory || builder.DataSource.Contains(":memory:", StringComparison.OrdinalIgnoreCase)
                    ? "names a database in memory, which other programs cannot reach; name a file, e.g. \"Data Source=shop.db\"."
                    : null;
        }
        catch (ArgumentException e)
        {
            return $"cannot be read: {e.Message}";
        }
    }
}
