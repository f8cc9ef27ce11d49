using RealtimeApi.Server.Resources;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

public sealed class SqlServerSchemaReaderTests(SqlServerFixture fixture) : IClassFixture<SqlServerFixture>, IAsyncLifetime
{
    private const string Script = """
        DROP VIEW IF EXISTS dbo.OpenOrders;
        GO
        DROP TABLE IF EXISTS dbo.Orders, sales.Orders, dbo.Everything, dbo.[Order Details], dbo.__EFMigrationsHistory, dbo.NoKey;
        GO
        DROP SCHEMA IF EXISTS sales;
        GO
        DROP TYPE IF EXISTS dbo.Phone;
        GO
        CREATE SCHEMA sales;
        GO
        CREATE TYPE dbo.Phone FROM varchar(20);
        GO
        CREATE TABLE dbo.Orders (Id int IDENTITY NOT NULL PRIMARY KEY, Status nvarchar(20) NOT NULL DEFAULT N'open');
        CREATE TABLE sales.Orders (Id uniqueidentifier NOT NULL DEFAULT NEWID() PRIMARY KEY, [Unit Price] money);
        CREATE TABLE dbo.[Order Details] (OrderId int NOT NULL, Line smallint NOT NULL, Code varchar(10) NOT NULL UNIQUE, Note nvarchar(max), PRIMARY KEY (OrderId, Line));
        CREATE TABLE dbo.__EFMigrationsHistory (MigrationId nvarchar(150) NOT NULL PRIMARY KEY);
        CREATE TABLE dbo.NoKey (A int);
        CREATE TABLE dbo.Everything (
            Id bigint NOT NULL PRIMARY KEY, Twice AS (Id * 2), Phone dbo.Phone, Amount decimal(12,3) DEFAULT (0), Nothing int DEFAULT (NULL), Big varbinary(max), Old text, Pair sql_variant,
            Day date, At datetime2(3), Fixed nchar(5), Xml xml, F float, R real);
        GO
        CREATE VIEW dbo.OpenOrders AS SELECT Id, Status FROM dbo.Orders;
        """;

    public async ValueTask InitializeAsync()
    {
        if (TestSupport.SqlServer.TestSqlServer.IsAvailable)
            await fixture.Harness.Database.ScriptAsync(Script);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Read_SqlServerDatabase_HasTablesAndViewsWithoutThoseOfTools()
    {
        var tables = await fixture.Harness.Schema.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["dbo.Everything", "dbo.NoKey", "dbo.Order Details", "dbo.Orders", "sales.Orders"], tables.Where(t => !t.IsView).Select(t => t.Table.ToString()));
        Assert.Equal("OpenOrders", tables.Single(t => t.IsView).Table.Name, ignoreCase: true);
        Assert.Empty(tables.Single(t => t.Table.Name == "NoKey").Key);
        var details = tables.Single(t => t.Table.Name == "Order Details");
        Assert.Equal(["OrderId", "Line"], details.Key);
        Assert.Contains(details.UniqueKeys, key => key.SequenceEqual(["Code"]));
    }

    [Fact]
    public async Task Read_SqlServerColumns_HasTypesDefaultsAndWhatIsReadOnly()
    {
        var table = (await fixture.Harness.Schema.ReadAsync(TestContext.Current.CancellationToken)).Single(t => t.Table.Name == "Everything");
        // Not those of types that triggers cannot see, or that have no type.
        Assert.Equal(["Id", "Twice", "Phone", "Amount", "Nothing", "Big", "Day", "At", "Fixed", "Xml", "F", "R"], table.Columns.Select(c => c.Name));
        var columns = table.Columns.ToDictionary(c => c.Name);
        Assert.Equal((FieldType.Integer, false, false), (columns["Id"].Type, columns["Id"].Nullable, columns["Id"].ReadOnly));
        Assert.True(columns["Twice"].ReadOnly);
        Assert.Equal((FieldType.String, 20, "varchar(20)"), (columns["Phone"].Type, columns["Phone"].MaxLength, columns["Phone"].DeclaredType));
        Assert.Equal((FieldType.Decimal, "decimal(12,3)"), (columns["Amount"].Type, columns["Amount"].DeclaredType));
        Assert.NotNull(columns["Amount"].Default);
        Assert.Null(columns["Nothing"].Default);
        Assert.Equal((FieldType.Binary, null), (columns["Big"].Type, columns["Big"].MaxLength));
        Assert.Equal((FieldType.DateTime, "datetime2(3)"), (columns["At"].Type, columns["At"].DeclaredType));
        Assert.Equal((FieldType.String, "xml"), (columns["Xml"].Type, columns["Xml"].DeclaredType));
        Assert.Equal((FieldType.Double, FieldType.Double), (columns["F"].Type, columns["R"].Type));
        var orders = (await fixture.Harness.Schema.ReadAsync(TestContext.Current.CancellationToken)).Single(t => t.Table.ToString() == "dbo.Orders");
        Assert.Equal((true, true), (orders.Columns[0].ReadOnly, orders.Columns[0].Numbered));
        Assert.NotNull(orders.Columns[1].TextRules);
    }

    [Fact]
    public async Task Catalog_OfSqlServer_NamesTablesOfOtherSchemasByBothWhereOneNameIsTwice()
    {
        var catalog = await fixture.Harness.CatalogAsync();
        Assert.Equal(["everything", "orderDetails", "orders", "salesOrders"], catalog.Resources.Select(r => r.Name));
        Assert.Equal("sales.Orders", catalog.Find("salesOrders")!.Table.ToString());
        Assert.Equal("unitPrice", catalog.Find("salesOrders")!.Columns[1].Name);
        var named = await fixture.Harness.CatalogAsync(o =>
        {
            o.Resources["orders"] = new();
            o.Resources["sold"] = new() { Table = "sales.Orders" };
            o.Resources["open"] = new() { Table = "OpenOrders", Key = { "Id" } };
        });
        Assert.Equal(["dbo.Orders", "sales.Orders"], [named.Find("orders")!.Table.ToString(), named.Find("sold")!.Table.ToString()]);
        Assert.True(named.Find("open")!.IsView);
    }
}
