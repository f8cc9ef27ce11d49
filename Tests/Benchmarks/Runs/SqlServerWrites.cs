using System.Diagnostics;
using System.Globalization;
using Dapper;
using Microsoft.Data.SqlClient;
using RealtimeApi.Tests.TestSupport.SqlServer;

namespace RealtimeApi.Tests.Benchmarks.Runs;

/// <summary>What the capture costs a writer of a server that speaks T-SQL (the environment names one): rows per second of one connection, in statements of one row and of a thousand.</summary>
internal static class SqlServerWrites
{
    private const int Single = 300;
    private const int Bulk = 1000;
    private const int Bulks = 5;

    private const string Tables = """
        CREATE TABLE Orders (Id int IDENTITY PRIMARY KEY, Status nvarchar(20) NOT NULL, CustomerId int NOT NULL, Note nvarchar(100), Total decimal(10, 2) NOT NULL);
        CREATE INDEX OrdersByCustomer ON Orders (CustomerId);
        CREATE TABLE Plain (Id int IDENTITY PRIMARY KEY, Status nvarchar(20) NOT NULL, CustomerId int NOT NULL, Note nvarchar(100), Total decimal(10, 2) NOT NULL);
        CREATE INDEX PlainByCustomer ON Plain (CustomerId);
        """;

    public static async Task<int> RunAsync(int rounds)
    {
        if (!TestSqlServer.IsAvailable)
        {
            await Console.Error.WriteLineAsync(TestSqlServer.Missing);
            return 2;
        }

        await using var database = await TempSqlServerDatabase.CreateAsync(Tables);
        Writes.Capture(options =>
        {
            options.Database.Provider = "SqlServer";
            options.Database.ConnectionString = database.ConnectionString;
            options.Database.AutoMigrate = true;
        });
        await using var connection = await database.OpenAsync();
        var server = await connection.ExecuteScalarAsync<string>("SELECT @@VERSION");
        List<Figure> figures = [];
        Measure(connection, "Plain");
        Measure(connection, "Orders");
        for (var round = 0; round < rounds; round++)
        {
            // In turns, so that whatever else the machine does is the same for both.
            var plain = Measure(connection, "Plain");
            var watched = Measure(connection, "Orders");
            foreach (var (name, rate) in plain)
            {
                if (figures.Find(figure => figure.Name == name) is not { } figure)
                    figures.Add(figure = new(name));
                figure.Plain.Add(rate);
                figure.Watched.Add(watched[name]);
                figure.Ratio.Add(rate / watched[name]);
            }
        }

        Console.WriteLine($"{server?.Split('\n')[0]}\nRows per second, one connection, medians of {rounds} rounds: without triggers, with them, and the time with over the time without (min–max)");
        foreach (var figure in figures)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {figure.Name,-30} {figure.Plain.Value,9:0} {figure.Watched.Value,9:0}   {figure.Ratio}"));
        return 0;
    }

    private static Dictionary<string, double> Measure(SqlConnection connection, string table)
    {
        var rates = new Dictionary<string, double>();
        rates["insert, one row each"] = Rate(Single, 1, i =>
            connection.Execute($"INSERT INTO {table} (Status, CustomerId, Note, Total) VALUES (N'pending', 7, @note, 12.5)", new { note = "order " + i }));
        // A number that has been given is not given again.
        var first = connection.ExecuteScalar<int>($"SELECT MIN(Id) FROM {table}");
        rates["update, one row each"] = Rate(Single, 1, i => connection.Execute($"UPDATE {table} SET Total = Total + 1 WHERE Id = @id", new { id = first + i }));
        rates["delete, one row each"] = Rate(Single, 1, i => connection.Execute($"DELETE FROM {table} WHERE Id = @id", new { id = first + i }));
        var bulk = $"""
            WITH d(n) AS (SELECT n FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS v(n))
            INSERT INTO {table} (Status, CustomerId, Note, Total)
            SELECT N'pending', a.n, N'order ' + CAST(b.n * 10 + c.n AS nvarchar(10)), c.n * 0.5 FROM d AS a CROSS JOIN d AS b CROSS JOIN d AS c
            """;
        rates["insert, 1,000 rows each"] = Rate(Bulks, Bulk, _ => connection.Execute(bulk));
        first = connection.ExecuteScalar<int>($"SELECT MIN(Id) FROM {table}");
        rates["update, 1,000 rows each"] = Rate(
            Bulks, Bulk, i => connection.Execute($"UPDATE {table} SET Total = Total + 1 WHERE Id >= @from AND Id < @to", new { from = first + i * Bulk, to = first + (i + 1) * Bulk }));
        rates["delete, 1,000 rows each"] = Rate(
            Bulks, Bulk, i => connection.Execute($"DELETE FROM {table} WHERE Id >= @from AND Id < @to", new { from = first + i * Bulk, to = first + (i + 1) * Bulk }));
        return rates;
    }

    private static double Rate(int statements, int rows, Func<int, int> write)
    {
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < statements; i++)
            if (write(i) is var written && written != rows)
                throw new InvalidOperationException($"{written} rows were written instead of {rows}.");
        return statements * rows / clock.Elapsed.TotalSeconds;
    }

    private sealed record Figure(string Name)
    {
        public Median Plain { get; } = new();

        public Median Watched { get; } = new();

        public Median Ratio { get; } = new();
    }
}
