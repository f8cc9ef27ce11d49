using System.Data;
using CsCheck;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;
using RealtimeApi.Tests.TestSupport.SqlServer;
using RealtimeApi.Tests.Unit.Data.Specifications;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

/// <summary>Every statement that reads and writes can be parsed by SQL Server 2017.</summary>
public sealed class SqlServerStatementTests
{
    private static readonly ResourceDefinition Resource = Define();

    private static readonly RandomFilter Filters = new(
        Resource,
        ["", "a", "it's", "[x]", "50%", "a_b", "\u00c4pfel", "\u0416", new string('x', 4001)],
        [new(2026, 11, 23, 11, 6, 26), DateTime.MinValue, DateTime.MaxValue],
        [Guid.Empty]);

    [Fact]
    public void List_AnyFilterOrderAndPlace_Parses() => Gen.UInt.Array[0, 120].Sample(choices =>
    {
        var tape = new Tape(choices);
        var orderBy = string.Join(',', Enumerable.Range(0, 1 + tape.Next(3)).Select(_ => tape.Pick(Resource.Columns).Name).Distinct().Select(name => name + tape.Pick(["", " desc"])));
        List<KeyValuePair<string, string>> options = [new("$orderby", orderBy), new("$count", tape.Pick(["true", "false"]))];
        if (!tape.Chance(4))
            options.Add(new("$filter", Filters.Next(tape, [])));
        if (tape.Chance(3))
            options.Add(new("$select", tape.Pick(Resource.Columns).Name));
        var query = QueryParser.ParseList(Resource, options).Query;
        if (tape.Chance(2))
            query = query with { After = [.. query.OrderBy.Select(term => tape.Chance(3) ? FieldValue.Null : Value(term.Column))] };
        var texts = new SqlServerItemStatements(Resource);
        var parameters = new SqlServerParameters();
        TSqlText.AssertParses(texts.List(query, texts.ColumnsOf(query), 101, parameters));
    });

    [Fact]
    public void OtherStatements_EachForm_Parse()
    {
        var texts = new SqlServerItemStatements(Resource);
        var key = ItemKey.Of(Resource, [.. Resource.Columns.Select(Value)]);
        var parameters = new SqlServerParameters();
        TSqlText.AssertParses(texts.Find(key, parameters));
        TSqlText.AssertParses(texts.Find(key, parameters, " WITH (UPDLOCK, HOLDLOCK)"));
        TSqlText.AssertParses(SqlServerItemChanges.Insert(Resource, new() { Kind = ItemChangeKind.Insert }, parameters, []));
        TSqlText.AssertParses(SqlServerItemChanges.Insert(
            Resource,
            new() { Kind = ItemChangeKind.Insert, Values = [.. Resource.Columns.Select(column => KeyValuePair.Create(column, Value(column)))] },
            parameters,
            Resource.Columns));
        var item = new Item(Resource, [.. Resource.Columns.Select(Value)]);
        foreach (var column in Resource.Columns)
        {
            var one = new ItemChange { Kind = ItemChangeKind.Update, Values = [KeyValuePair.Create(column, Value(column))] };
            TSqlText.AssertParses(SqlServerWriteBatch.Settings + SqlServerItemChanges.Update(texts, item, one, parameters));
            TSqlText.AssertParses(SqlServerItemChanges.Update(texts, item, one with { Values = [], Defaults = [column] }, parameters));
        }

        TSqlText.AssertParses(SqlServerItemChanges.Update(
            texts,
            item,
            new() { Kind = ItemChangeKind.Update, Values = [.. Resource.Columns.Skip(9).Select(column => KeyValuePair.Create(column, Value(column)))], Defaults = [.. Resource.Columns.Take(9)] },
            parameters));
        TSqlText.AssertParses(SqlServerWriteBatch.Settings + SqlServerItemChanges.Delete(texts, item, parameters));
        TSqlText.AssertParses(SqlServerItemChanges.Insert(Resource, new() { Kind = ItemChangeKind.Insert }, parameters, []) + "\n" + SqlServerItemChanges.Number);
        TSqlText.AssertParses(SqlServerItemWrites.KeyLock + texts.Find(key, parameters));
        TSqlText.AssertParses(texts.Find(key, parameters, SqlServerItemWrites.KeyLocks));
        foreach (var text in (string[])[SqlServerAnswers.Find, SqlServerAnswers.Record, SqlServerAnswers.HasAny, SqlServerAnswers.DeleteBatch, SqlServerLeases.Take, SqlServerLeases.Release])
            TSqlText.AssertParses(text);
        foreach (var engine in (SqlServerEngine[])[SqlServerEngines.SqlServer, SqlServerEngines.Babelfish, SqlServerEngines.SqlServer with { ReadCommittedSnapshot = false }])
        {
            TSqlText.AssertParses(SqlServerCatalog.Sql(engine));
            TSqlText.AssertParses(SqlServerConstraints.Sql(engine));
            TSqlText.AssertParses(SqlServerLogHead.Sql(engine, "DECLARE @mark bigint = 5;") + "\n" + engine.ReadsOfVersions);
            foreach (var column in Resource.Columns)
                TSqlText.AssertParses($"SELECT (SELECT {SqlServerColumn.Image(column, "i", engine)} AS c0 FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER) FROM inserted AS i");
        }
    }

    private static FieldValue Value(ColumnDefinition column) => column.Type switch
    {
        FieldType.Boolean => FieldValue.Of(true),
        FieldType.Integer => FieldValue.Of(5),
        FieldType.Decimal => FieldValue.Of(1.5m),
        FieldType.Double => FieldValue.Of(0.1),
        FieldType.String => FieldValue.Of("\u00c4pfel"),
        FieldType.Guid => FieldValue.Of(Guid.Empty),
        FieldType.Binary => FieldValue.Of(new byte[] { 1 }),
        FieldType.Date => FieldValue.Of(new DateOnly(2026, 11, 23)),
        FieldType.Time => FieldValue.Of(new TimeOnly(11, 6)),
        _ => FieldValue.Of(new DateTimeOffset(2026, 11, 23, 11, 6, 26, TimeSpan.Zero)),
    };

    private static ResourceDefinition Define()
    {
        SqlServerStorage[] storages =
        [
            new(SqlDbType.Int), new(SqlDbType.TinyInt), new(SqlDbType.SmallInt), new(SqlDbType.BigInt), new(SqlDbType.Bit), new(SqlDbType.Decimal) { Precision = 10, Scale = 2 },
            new(SqlDbType.Decimal) { Precision = 38, Scale = 30 }, new(SqlDbType.Decimal) { Precision = 38 }, new(SqlDbType.Money), new(SqlDbType.SmallMoney), new(SqlDbType.Float), new(SqlDbType.Real),
            Text(SqlDbType.NVarChar, 50, "SQL_Latin1_General_CP1_CI_AS"), Text(SqlDbType.NVarChar, 50, "Latin1_General_CS_AS"), Text(SqlDbType.NVarChar, -1, "Latin1_General_CI_AI"),
            Text(SqlDbType.NVarChar, 50, "Latin1_General_100_BIN2"), Text(SqlDbType.VarChar, 50, "SQL_Latin1_General_CP1_CI_AS"), Text(SqlDbType.VarChar, 8000, "Latin1_General_BIN"),
            Text(SqlDbType.VarChar, -1, "Turkish_CI_AS"), Text(SqlDbType.Char, 10, "Latin1_General_CS_AS"), Text(SqlDbType.NChar, 10, "Latin1_General_CI_AS"), new(SqlDbType.Xml), new(SqlDbType.UniqueIdentifier),
            new(SqlDbType.Binary) { Size = 4 }, new(SqlDbType.VarBinary), new(SqlDbType.Timestamp), new(SqlDbType.Date), new(SqlDbType.Time) { Scale = 3 }, new(SqlDbType.DateTime),
            new(SqlDbType.SmallDateTime), new(SqlDbType.DateTime2) { Scale = 7 }, new(SqlDbType.DateTimeOffset) { Scale = 2 },
        ];
        ColumnDefinition[] columns = [.. storages.Select((storage, i) => SqlServerColumns.Of(storage, $"c{i}", i) with { Column = $"The ]{i}' column", Nullable = i > 0 })];
        return new() { Name = "things", Table = new("Other ]schema", "All 'Things]"), Columns = columns, Key = columns[..3], Fingerprint = "f" };
    }

    private static SqlServerStorage Text(SqlDbType type, int size, string collation) => new(type) { Size = size, Collation = collation, CodePage = type is SqlDbType.Char or SqlDbType.VarChar ? 1252 : 0 };
}
