using System.Globalization;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.Data.SqlClient;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.Unit.Data.Specifications;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

/// <summary>A table of a SQL Server database with a column of every type and kind of collation.</summary>
internal sealed class SqlServerAttic : IAttic
{
    private const string Table = "[The \"Attic's]";

    private static readonly string[] Texts =
    [
        "", "a", "A", "b", "ab", "AB", "abc", "aBc", "abc ", "abc  ", " abc", "z", "Z", "[", "_", "%", "it's", "\u00e4", "\u00c4", "\u00df", "ss", "\u20ac", "\ud83d\ude00", "\ue000", "\ufff0", "a[b]c", "a%b",
        "1", "01", "1.0", "1.5", "5", "-5", " 5 ", "abcabc", "bcab", "true", "null", "\u0151", "\u0150", "\u0416", "\u0436", "co-op", "coop",
        "stra\u00dfe", "STRASSE", "\ufb01x", "fix", "\u0391\u03a3", "\u03b1\u03c2",
    ];

    private static readonly DateTime[] Moments =
    [
        new(2026, 11, 23, 11, 6, 26), new(2026, 11, 23, 11, 6, 0), new(2026, 11, 23), new(2026, 11, 24), new(2026, 2, 28, 23, 59, 59), new(2024, 2, 29), new(1970, 1, 1), new(1969, 12, 31, 23, 59, 59),
        new DateTime(1969, 12, 31, 23, 59, 59).AddTicks(9_990_000), new DateTime(2026, 11, 23, 11, 6, 26).AddTicks(1_230_000), new DateTime(2026, 11, 23, 11, 6, 26).AddTicks(1_234_567),
        new DateTime(2026, 11, 23, 11, 6, 26).AddTicks(1), new(2026, 11, 23, 11, 6, 29), DateTime.MinValue, new(9999, 12, 31), DateTime.MaxValue,
    ];

    private static readonly Guid[] Guids = [Guid.Empty, new("0d9f8c2e-1a2b-4c3d-8e4f-5a6b7c8d9e0f"), new("abcdef2e-1a2b-4c3d-8e4f-5a6b7c8d9e0f"), new("ffffffff-ffff-ffff-ffff-ffffffffffff")];

    private static readonly FieldValue[] Numbers =
    [
        .. new long[] { 0, 1, 2, 3, 5, 11, 255, -1, (1L << 53) + 1, long.MaxValue, long.MinValue }.Select(FieldValue.Of), .. new[] { 0.1m, 0.5m, 1.5m, -2.5m, 19.99m, 214748.3647m, 12345678901234567890.12m }.Select(FieldValue.Of),
        .. new[] { 0.1, 0.1 + 0.2, 1e-30, 1e30, -1e300, 5e-5 }.Select(FieldValue.Of),
    ];

    private readonly SqlServerHarness harness;
    private readonly Dictionary<ColumnDefinition, object?[]> values = [];

    private SqlServerAttic(SqlServerHarness harness, ResourceDefinition resource)
    {
        this.harness = harness;
        Resource = resource;
        Items = harness.Items;
        Filters = new(resource, Texts, Moments, Guids);
        foreach (var column in resource.Columns)
            values[column] = column.Name == "id" ? [] : [null, null, .. ValuesOf(column).Distinct()];
    }

    public ResourceDefinition Resource { get; }

    public IItemReader Items { get; }

    public RandomFilter Filters { get; }

    /// <param name="harness">A database.</param>
    /// <param name="key">The columns of the primary key.</param>
    public static async Task<SqlServerAttic> CreateAsync(SqlServerHarness harness, params string[] key)
    {
        (string Name, string Type)[] columns =
        [
            ("id", "int NOT NULL"), ("tiny", "tinyint"), ("small", "smallint"), ("int", "int"), ("big", "bigint"), ("flag", "bit"), ("dec", "decimal(10,2)"), ("dec28", "decimal(28,10)"),
            ("dec38", "decimal(38,20)"), ("money", "money"), ("smallMoney", "smallmoney"), ("dbl", "float"), ("sgl", "real"), ("ci", "nvarchar(50) COLLATE SQL_Latin1_General_CP1_CI_AS"),
            ("cs", "nvarchar(50) COLLATE SQL_Latin1_General_CP1_CS_AS"), ("bin", "nvarchar(50) COLLATE Latin1_General_100_BIN2"), ("coded", "varchar(50) COLLATE SQL_Latin1_General_CP1_CI_AS"),
            ("codedBin", "varchar(50) COLLATE Latin1_General_BIN2"), ("fixedText", "nchar(8) COLLATE SQL_Latin1_General_CP1_CI_AS"), ("fixedCoded", "char(8) COLLATE Latin1_General_BIN2"),
            ("long", "nvarchar(max)"), ("guid", "uniqueidentifier"), ("bytes", "varbinary(20)"), ("longBytes", "varbinary(max)"), ("fixedBytes", "binary(4)"), ("day", "date"), ("hour", "time(3)"), ("old", "datetime"),
            ("minute", "smalldatetime"), ("second", "datetime2(0)"), ("micro", "datetime2(6)"), ("zoned", "datetimeoffset(3)"),
        ];
        await harness.Database.ExecuteAsync($"DROP TABLE IF EXISTS {Table}");
        await harness.Database.ExecuteAsync($"CREATE TABLE {Table} ({string.Join(", ", columns.Select(c => $"[{c.Name}] {c.Type}{(key.Contains(c.Name) && c.Name != "id" ? " NOT NULL" : "")}"))}, PRIMARY KEY ({string.Join(", ", key.Select(k => $"[{k}]"))}))");
        foreach (var (name, i) in new[] { "int", "dec", "dbl", "ci", "bin", "coded", "guid", "old", "micro" }.Select((name, i) => (name, i)))
            await harness.Database.ExecuteAsync($"CREATE INDEX attic{i} ON {Table} ([{name}])");
        return new(harness, (await harness.CatalogAsync()).Resources.Single() with { Watchable = false });
    }

    public void Fill(Tape tape, int rows)
    {
        Run($"DELETE FROM {Table}", []);
        var parameters = new List<SqlParameter>();
        var lines = new List<string>();
        var keys = new HashSet<string>();
        for (var i = 0; i < rows; i++)
            if (Row(tape, i) is var row && keys.Add(KeyOf(row)))
                lines.Add(Line(row, parameters));
        if (lines.Count > 0)
            Run($"INSERT INTO {Table} VALUES {string.Join(", ", lines)}", parameters);
    }

    public void Insert(Tape tape, long id)
    {
        var parameters = new List<SqlParameter>();
        Run($"INSERT INTO {Table} VALUES {Line(Row(tape, id), parameters)}", parameters);
    }

    public void Delete(long id) => Run($"DELETE FROM {Table} WHERE id = {id}", []);

    /// <summary>What the server renders for the log, as JSON and all, and what is read are the same.</summary>
    public async Task ImagesAreWhatIsRead(int fillings)
    {
        var engine = await harness.Connections.EngineAsync(CancellationToken.None);
        var images = string.Join(", ", Resource.Columns.Select((column, i) => $"{SqlServerColumn.Image(column, "i", engine)} AS c{i}"));
        var random = new Random(20261123);
        for (var filling = 0; filling < fillings; filling++)
        {
            Fill(new([.. Enumerable.Range(0, 1500).Select(_ => (uint)random.Next())]), 30);
            var items = (await Items.ListAsync(QueryParser.ParseList(Resource, [new("$top", "1000")]).Query, CancellationToken.None)).Items;
            await using var connection = await harness.Database.OpenAsync();
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own text.
            command.CommandText = $"SELECT (SELECT {images} FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) FROM {Table} AS i ORDER BY id";
#pragma warning restore CA2100
            await using var reader = await command.ExecuteReaderAsync();
            foreach (var item in items)
            {
                Assert.True(await reader.ReadAsync());
                using var image = JsonDocument.Parse(reader.GetString(0));
                foreach (var column in Resource.Columns)
                {
                    var token = image.RootElement.GetProperty($"c{column.Ordinal}");
                    var text = token.ValueKind switch { JsonValueKind.Null => null, JsonValueKind.String => token.GetString(), _ => token.GetRawText() };
                    var (read, logged) = (item.Values[column.Ordinal], SqlServerProjection.FinishText(column, text));
                    Assert.Equal((column.Name, read.Kind, read.Fits, FieldText.Of(read)), (column.Name, logged.Kind, logged.Fits, FieldText.Of(logged)));
                }
            }
        }
    }

    /// <summary>What is stored in a column is equal to what a parameter makes of what is read, and stands in order with it.</summary>
    public async Task ParametersAreWhatIsStored()
    {
        var random = new Random(20261123);
        var wrong = new SortedSet<string>();
        for (var filling = 0; filling < 3; filling++)
        {
            Fill(new([.. Enumerable.Range(0, 1500).Select(_ => (uint)random.Next())]), 30);
            var items = (await Items.ListAsync(QueryParser.ParseList(Resource, [new("$top", "1000")]).Query, CancellationToken.None)).Items;
            await using var connection = await harness.Database.OpenAsync();
            foreach (var item in items)
                foreach (var column in Resource.Columns.Where(column => !item.Values[column.Ordinal].IsNull))
                {
                    var parameters = new SqlServerParameters();
                    var name = SqlServerColumn.Comparable(column);
                    var value = parameters.Add(SqlServerStorage.Of(column), SqlServerProjection.Store(column, item.Values[column.Ordinal]));
                    var found = await connection.QuerySingleAsync<string>(
                        $"SELECT CASE WHEN {name} = {value} THEN 'equal' WHEN {name} < {value} THEN 'less' WHEN {name} > {value} THEN 'greater' ELSE 'neither' END FROM {Table} WHERE id = {item.Values[0]}", parameters);
                    if (found != "equal")
                        wrong.Add($"{column.Column} {column.DeclaredType}: what is stored is {found} than what is read, {item.Values[column.Ordinal]}");
                }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    public void Dispose()
    {
    }

    // Of texts as a collation might call them equal, only one is kept.
    private string KeyOf(object?[] row) => string.Join('|', Resource.Key.Select(column => Convert.ToString(row[column.Ordinal], CultureInfo.InvariantCulture)!.TrimEnd().ToUpperInvariant().Normalize()));

    private object?[] Row(Tape tape, long id) => [.. Resource.Columns.Select(column =>
    {
        if (column.Name == "id")
            return (object?)(int)id;
        var value = tape.Pick(values[column]);
        return value is null && Resource.Key.Contains(column) ? values[column].First(v => v is not null) : value;
    })];

    private string Line(object?[] row, List<SqlParameter> parameters)
    {
        var line = new StringBuilder("(");
        foreach (var column in Resource.Columns)
        {
            // Without a type of its own, as other programs send values.
            var value = row[column.Ordinal];
            line.Append(line.Length > 1 ? ", " : "");
            if (value is null)
            {
                line.Append("NULL");
                continue;
            }

            var parameter = new SqlParameter($"@v{parameters.Count}", value);
            if (value is DateTime)
                parameter.SqlDbType = System.Data.SqlDbType.DateTime2;
            if (value is TimeSpan)
                parameter.SqlDbType = System.Data.SqlDbType.Time;
            parameters.Add(parameter);
            line.Append(parameter.ParameterName);
        }

        return line.Append(')').ToString();
    }

    private void Run(string sql, IEnumerable<SqlParameter> parameters)
    {
        using var connection = new SqlConnection(harness.Database.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own text.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        command.ExecuteNonQuery();
    }

    private static IEnumerable<object> ValuesOf(ColumnDefinition column)
    {
        var storage = SqlServerStorage.Of(column);
        var candidates = column.Type switch
        {
            FieldType.Boolean => [FieldValue.Of(true), FieldValue.Of(false)],
            FieldType.Guid => Guids.Select(FieldValue.Of),
            FieldType.Binary => new byte[][] { [], [1], [0x61], [255, 0, 1] }.Select(FieldValue.Of),
            FieldType.Date => Moments.Select(m => FieldValue.Of(DateOnly.FromDateTime(m))),
            FieldType.Time => Moments.Select(m => FieldValue.Of(TimeOnly.FromDateTime(m))),
            FieldType.DateTime when storage.Type == System.Data.SqlDbType.DateTimeOffset => Moments.Where(m => m.Year is > 1 and < 9999).Select((m, i) => FieldValue.Of(new DateTimeOffset(m, TimeSpan.FromMinutes((i % 5 * 90) - 180)))),
            FieldType.DateTime => Moments.Select(m => FieldValue.Of(new DateTimeOffset(m, TimeSpan.Zero))),
            // A pair of surrogates takes another place among spaces in a column of fixed length on Babelfish.
            FieldType.String => Texts.Where(text => !(storage.Type == System.Data.SqlDbType.NChar && text.Any(char.IsSurrogate)) && (storage.Size < 0 || text.Length <= storage.Size) && (!storage.IsCoded || SqlServerCodePage.Holds(storage.CodePage, text))).Select(FieldValue.Of),
            // Babelfish does not take parameters of all the 38 digits.
            FieldType.Decimal when storage.Precision == 38 => [.. Numbers.Where(n => double.Parse(n.ToString(), CultureInfo.InvariantCulture) is > -1e15 and < 1e15), FieldValue.Of("123456789012345.12345678901234567891").AsMisfit()],
            _ => Numbers,
        };
        foreach (var value in candidates)
            if (SqlServerProjection.Store(column, value) is { } stored)
                yield return stored;
    }
}
