using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Data;

/// <summary>Names every setting of <see cref="DatabaseOptions"/> that cannot work, and the fix.</summary>
internal sealed class DatabaseOptionsValidator : IValidateOptions<RealtimeApiOptions>
{
    private const string Section = $"{RealtimeApiOptions.SectionName}:{nameof(RealtimeApiOptions.Database)}";

    public ValidateOptionsResult Validate(string? name, RealtimeApiOptions options)
    {
        string[] failures = [.. FindMistakes(options.Database)];
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> FindMistakes(DatabaseOptions database)
    {
        var isSqlServer = database.IsSqlServer();
        if (!isSqlServer && !database.IsSqlite())
            yield return $"{Section}:Provider is '{database.Provider}'; write {DatabaseProviders.Sqlite} or {DatabaseProviders.SqlServer}.";
        if (isSqlServer && SqlServerGlobalization.IsMissing)
            yield return $"{Section}:Provider is {DatabaseProviders.SqlServer}. {SqlServerGlobalization.Fix}";
        if (string.IsNullOrWhiteSpace(database.ConnectionString))
        {
            yield return isSqlServer
                ? $"{Section}:ConnectionString is missing; e.g. \"Server=db.example;Database=Shop;User Id=realtime;Password=…\"."
                : $"{Section}:ConnectionString is missing; name the file, e.g. \"Data Source=shop.db\".";
            yield break;
        }

        foreach (var mistake in isSqlServer ? SqlServerConnectionText.FindMistakes(database.ConnectionString) : FindSqliteMistakes(database.ConnectionString))
            yield return $"{Section}:ConnectionString {mistake}";
    }

    private static IEnumerable<string> FindSqliteMistakes(string connectionString)
    {
        try
        {
            var builder = new SqliteConnectionStringBuilder(connectionString);
            return builder.DataSource.Length == 0
                ? ["names no file; add Data Source, e.g. \"Data Source=shop.db\"."]
                : builder.Mode == SqliteOpenMode.Memory || builder.DataSource.Contains(":memory:", StringComparison.OrdinalIgnoreCase)
                    ? ["names a database in memory, which other programs cannot reach; name a file, e.g. \"Data Source=shop.db\"."]
                    : [];
        }
        catch (ArgumentException e)
        {
            // Both libraries' words meet in one setting, so that the other provider may be what was meant.
            return [SqlServerConnectionText.CanRead(connectionString)
                ? $"is one of SQL Server's; set {Section}:Provider to {DatabaseProviders.SqlServer}, or name a file, e.g. \"Data Source=shop.db\"."
                : $"cannot be read: {e.Message}"];
        }
    }
}
