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
        for (var round = 0; round <= rounds; round++)
        {
            // In turns, so that whatever else the machine does is the same for both; the first warms up.
            Measure(connection, "Plain", (name, rows, times) => Find(figures, name, rows).Plain.AddRange(times));
            Measure(connection, "Orders", (name, rows, times) => Find(figures, name, rows).Watched.AddRange(times));
            if (round == 0)
                figures.Clear();
        }

        Console.WriteLine($"""
            {server?.Split('\n')[0]}
            Rows per second of one connection, by the lower quartile of the statements' times in {rounds} rounds (what else the machine does is in the slower ones):
            without triggers, with them, the time with over the time without; and by the medians
            """);
        foreach (var figure in figures)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {figure.Name,-24} {figure.Describe(0.25)}   {figure.Describe(0.5)}"));
        return 0;
    }

    private static Figure Find(List<Figure> figures, string name, int rows)
    {
        if (figures.Find(figure => figure.Name == name) is not { } found)
            figures.Add(found = new(name, rows));
        return found;
    }

    private static void Measure(SqlConnection connection, string table, Action<string, int, double[]> take)
    {
        Time("insert, one row each", Single, 1, i =>
            connection.Execute($"INSERT INTO {table} (Status, CustomerId, Note, Total) VALUES (N'pending', 7, @note, 12.5)", new { note = "order " + i }));
        // A number that has been given is not given again.
        var first = connection.ExecuteScalar<int>($"SELECT MIN(Id) FROM {table}");
        Time("update, one row each", Single, 1, i => connection.Execute($"UPDATE {table} SET Total = Total + 1 WHERE Id = @id", new { id = first + i }));
        Time("delete, one row each", Single, 1, i => connection.Execute($"DELETE FROM {table} WHERE Id = @id", new { id = first + i }));
        var bulk = $"""
            WITH d(n) AS (SELECT n FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS v(n))
            INSERT INTO {table} (Status, CustomerId, Note, Total)
            SELECT N'pending', a.n, N'order ' + CAST(b.n * 10 + c.n AS nvarchar(10)), c.n * 0.5 FROM d AS a CROSS JOIN d AS b CROSS JOIN d AS c
            """;
        Time("insert, 1,000 rows each", Bulks, Bulk, _ => connection.Execute(bulk));
        first = connection.ExecuteScalar<int>($"SELECT MIN(Id) FROM {table}");
        Time("update, 1,000 rows each", Bulks, Bulk, i => connection.Execute($"UPDATE {table} SET Total = Total + 1 WHERE Id >= @from AND Id < @to", new { from = first + i * Bulk, to = first + (i + 1) * Bulk }));
        Time("delete, 1,000 rows each", Bulks, Bulk, i => connection.Execute($"DELETE FROM {table} WHERE Id >= @from AND Id < @to", new { from = first + i * Bulk, to = first + (i + 1) * Bulk }));

        void Time(string name, int statements, int rows, Func<int, int> write)
        {
            var times = new double[statements];
            for (var i = 0; i < statements; i++)
            {
                var clock = Stopwatch.StartNew();
                if (write(i) is var written && written != rows)
                    throw new InvalidOperationException($"{written} rows were written instead of {rows}.");
                times[i] = clock.Elapsed.TotalSeconds;
            }

            take(name, rows, times);
        }
    }

    private sealed record Figure(string Name, int Rows)
    {
        public List<double> Plain { get; } = [];

        public List<double> Watched { get; } = [];

        public string Describe(double quantile)
        {
            var (plain, watched) = (Quantile(Plain, quantile), Quantile(Watched, quantile));
            return string.Create(CultureInfo.InvariantCulture, $"{Rows / plain,9:0} {Rows / watched,9:0} {watched / plain,6:0.00}");
        }

        private static double Quantile(List<double> times, double quantile) => times.Order().ElementAt((int)(times.Count * quantile));
    }
}
