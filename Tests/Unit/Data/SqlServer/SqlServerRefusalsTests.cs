using System.Data;
using RealtimeApi.Server.Data;
using RealtimeApi.Server.Data.SqlServer;
using RealtimeApi.Server.Resources;
using Xunit;

namespace RealtimeApi.Tests.Unit.Data.SqlServer;

/// <summary>What is read from the errors of SQL Server in several languages, and of Babelfish.</summary>
public sealed class SqlServerRefusalsTests
{
    private const string Duplicate = "Another row has the same value, or combination of values, where the database keeps them unique.";
    private const string NoReference = "A field refers to something that does not exist, or other rows refer to what would change.";
    private const string NoField = "The database demands a value in a column that the resource does not have.";
    private const string Unclear = "The values do not satisfy a constraint of the database.";

    private static readonly ResourceDefinition Orders = Define("Order Id", "Line", "Customer", "Parent", "Note's", "Secret", "Value");

    private static readonly SqlServerConstraints Known = new(
        Orders.Columns.ToLookup(static column => column.Column, static column => column.Column),
        Pairs(("PK_Orders", "Order Id"), ("PK_Orders", "Line"), ("UQ_Note", "Note's"), ("UQ_Note_2", "Line"), ("it's", "Customer"), ("UQ_Secret", "Secret")),
        References(
            ("FK_Customer", new("Customer", null)),
            ("FK_Parent", new("Parent", "Order Id")),
            ("FK_Both", new("Parent", null)),
            ("FK_Both", new("Line", null)),
            ("FK_Secret", new("Secret", null)),
            ("FK_Boxes", new(null, "Order Id"))),
        new Dictionary<string, bool> { ["enough"] = true, ["CK__Orders__Secret__1A2B"] = false });

    [Theory]
    [InlineData(2627, "Violation of PRIMARY KEY constraint 'PK_Orders'. Cannot insert duplicate key in object 'dbo.Orders'. The duplicate key value is (1, 2).", "order Id", "line")]
    [InlineData(2627, "Violation of UNIQUE KEY constraint 'it's'. Cannot insert duplicate key in object 'dbo.Orders'. The duplicate key value is (x).", "customer")]
    [InlineData(2627, "Violation of UNIQUE KEY constraint 'UQ_Note_2'. Cannot insert duplicate key in object 'dbo.Orders'. The duplicate key value is ('UQ_Note').", "line")]
    [InlineData(2601, "Cannot insert duplicate key row in object 'dbo.Orders' with unique index 'UQ_Note'. The duplicate key value is ('PK_Orders').", "note's")]
    [InlineData(2627, "Verletzung der PRIMARY KEY-Einschr\u00e4nkung \"PK_Orders\". Ein doppelter Schl\u00fcssel kann in das dbo.Orders-Objekt nicht eingef\u00fcgt werden. Der doppelte Schl\u00fcsselwert ist (1).", "order Id", "line")]
    [InlineData(2601, "Eine Zeile mit doppeltem Schl\u00fcssel kann in das dbo.Orders-Objekt mit dem eindeutigen UQ_Note_2-Index nicht eingef\u00fcgt werden. Der doppelte Schl\u00fcsselwert ist (1).", "line")]
    [InlineData(2627, "Violation de la contrainte UNIQUE KEY \u00ab\u00a0UQ_Note\u00a0\u00bb. Impossible d'ins\u00e9rer une cl\u00e9 en double dans l'objet \u00ab\u00a0dbo.Orders\u00a0\u00bb. Valeur de cl\u00e9 dupliqu\u00e9e\u00a0: (1).", "note's")]
    [InlineData(2627, "\u041d\u0430\u0440\u0443\u0448\u0435\u043d\u043e \"UQ_Note\" \u043e\u0433\u0440\u0430\u043d\u0438\u0447\u0435\u043d\u0438\u044f UNIQUE KEY. \u041d\u0435 \u0443\u0434\u0430\u0435\u0442\u0441\u044f \u0432\u0441\u0442\u0430\u0432\u0438\u0442\u044c \u043f\u043e\u0432\u0442\u043e\u0440\u044f\u044e\u0449\u0438\u0439\u0441\u044f \u043a\u043b\u044e\u0447 \u0432 \u043e\u0431\u044a\u0435\u043a\u0442 \"dbo.Orders\".", "note's")]
    [InlineData(2601, "\u4e0d\u80fd\u5728\u5177\u6709\u552f\u4e00\u7d22\u5f15\u201cUQ_Note\u201d\u7684\u5bf9\u8c61\u201cdbo.Orders\u201d\u4e2d\u63d2\u5165\u91cd\u590d\u952e\u7684\u884c\u3002\u91cd\u590d\u952e\u503c\u4e3a (1)\u3002", "note's")]
    [InlineData(2601, "Det g\u00e5r inte att infoga rad med dubblettnyckel i objektet dbo.Orders med det unika indexet UQ_Note. Dubblettnyckelv\u00e4rdet \u00e4r (1).", "note's")]
    // Of what the resource does not show, and of other tables, nothing is said.
    [InlineData(2627, "Violation of UNIQUE KEY constraint 'UQ_Secret'. Cannot insert duplicate key in object 'dbo.Orders'. The duplicate key value is (hush).")]
    [InlineData(2601, "Cannot insert duplicate key row in object 'dbo.Audit' with unique index 'UQ_Note'. The duplicate key value is (1).")]
    [InlineData(2601, "Cannot insert duplicate key row in object 'sales.Orders' with unique index 'UQ_Note'. The duplicate key value is (1).")]
    [InlineData(2627, "Violation of UNIQUE KEY constraint 'UQ_Other'. Cannot insert duplicate key in object 'dbo.Orders'. The duplicate key value is (1).")]
    [InlineData(2601, "i objektet dbo.Orders med det unika indexet UQ_Note. Dubblettnyckelv\u00e4rdet \u00e4r (PK_Orders).")]
    public void Explain_ADuplicate_NamesItsFields(int number, string message, params string[] fields) =>
        AssertExplains(fields.Length == 0 ? Duplicate : $"Another item has the same {Join(fields)}, which must be unique.", fields, number, message);

    [Theory]
    [InlineData("Cannot insert the value NULL into column 'Customer', table 'shop.dbo.Orders'; column does not allow nulls. INSERT fails.", "customer")]
    [InlineData("Cannot insert the value NULL into column 'Note's', table 'shop.dbo.Orders'; column does not allow nulls. INSERT fails.", "note's")]
    [InlineData("Der Wert NULL kann in die Customer-Spalte, shop.dbo.Orders-Tabelle nicht eingef\u00fcgt werden. Die Spalte l\u00e4sst NULL-Werte nicht zu. Fehler bei INSERT.", "customer")]
    [InlineData("\u4e0d\u80fd\u5c06\u503c NULL \u63d2\u5165\u5217 'Customer'\uff0c\u8868 'shop.dbo.Orders'\uff1b\u5217\u4e0d\u5141\u8bb8\u6709 Null \u503c\u3002INSERT \u5931\u8d25\u3002", "customer")]
    [InlineData("null value in column \"Customer\" of relation \"orders\" violates not-null constraint", "customer")]
    [InlineData("Cannot insert the value NULL into column 'Secret', table 'shop.dbo.Orders'; column does not allow nulls. INSERT fails.")]
    [InlineData("Cannot insert the value NULL into column 'Customer', table 'shop.dbo.OrdersLog'; column does not allow nulls. INSERT fails.")]
    [InlineData("Cannot insert the value NULL into column 'Customer', table 'shop.sales.Orders'; column does not allow nulls. INSERT fails.")]
    public void Explain_AMissingValue_NamesItsField(string message, params string[] fields) =>
        AssertExplains(fields.Length == 0 ? NoField : $"The database demands a value of {Join(fields)}.", fields, 515, message);

    [Fact]
    public void Explain_AMissingValueOfAColumnThatCannotBeTold_SaysNothingOfIt() =>
        AssertExplains(Unclear, [], 515, "Value NULL: Customer, Parent, shop.dbo.Orders");

    /// <summary>A login may be kept from a column, and what depends on it is listed all the same.</summary>
    [Fact]
    public void Explain_WhereTheColumnMayNotBeSeen_NamesNoField()
    {
        var known = SqlServerConstraints.Of([("Customer", "Customer", 3)], [("UQ_Note", 3), ("UQ_Note", 9)], [("FK_Both", 9, null), ("FK_Both", 3, 8)], []);
        var change = new ItemChange { Kind = ItemChangeKind.Insert, Values = [KeyValuePair.Create(Orders.Columns[2], FieldValue.Null)] };
        AssertExplains(Duplicate, [], 2627, "Violation of UNIQUE KEY constraint 'UQ_Note'. Cannot insert duplicate key in object 'dbo.Orders'.", change, known);
        AssertExplains(NoReference, [], 547, "The INSERT statement conflicted with the FOREIGN KEY constraint \"FK_Both\".", change, known);
    }

    [Theory]
    [InlineData(nameof(ItemChangeKind.Insert), "FK_Customer", "Customer", "'customer' refers to something that does not exist.", "customer")]
    [InlineData(nameof(ItemChangeKind.Update), "FK_Customer", "Customer", "'customer' refers to something that does not exist.", "customer")]
    [InlineData(nameof(ItemChangeKind.Update), "FK_Both", "Line", "'parent' and 'line' refer to something that does not exist.", "parent", "line")]
    [InlineData(nameof(ItemChangeKind.Insert), "FK_Parent", "Parent", "'parent' refers to something that does not exist.", "parent")]
    [InlineData(nameof(ItemChangeKind.Update), "FK_Parent", "Parent", "'parent' refers to something that does not exist.", "parent")]
    [InlineData(nameof(ItemChangeKind.Update), "FK_Parent", "Parent Order Id", NoReference)]
    [InlineData(nameof(ItemChangeKind.Update), "FK_Customer", "Line", NoReference)]
    [InlineData(nameof(ItemChangeKind.Insert), "FK_Secret", "Secret", NoReference)]
    [InlineData(nameof(ItemChangeKind.Insert), "FK_Elsewhere", "Customer", NoReference)]
    [InlineData(nameof(ItemChangeKind.Update), "FK_Boxes", "Order Id", NoReference)]
    [InlineData(nameof(ItemChangeKind.Delete), "FK_Boxes", "", "Other rows refer to this item.")]
    [InlineData(nameof(ItemChangeKind.Delete), "FK_Parent", "", "Other rows refer to this item.")]
    [InlineData(nameof(ItemChangeKind.Insert), "enough", "Line", "The values do not satisfy the database's check 'enough'.")]
    [InlineData(nameof(ItemChangeKind.Insert), "CK__Orders__Secret__1A2B", "Line", "The values do not satisfy a check of the database.")]
    public void Explain_AConflict_SaysWhichFieldsReferToNothing(string kind, string constraint, string written, string detail, params string[] fields)
    {
        var change = new ItemChange
        {
            Kind = Enum.Parse<ItemChangeKind>(kind),
            Values = [.. Orders.Columns.Where(column => written.Contains(column.Column, StringComparison.Ordinal)).Select(static column => KeyValuePair.Create(column, FieldValue.Null))],
        };
        foreach (var message in (string[])
            [
                $"The INSERT statement conflicted with the FOREIGN KEY constraint \"{constraint}\". The conflict occurred in database \"shop\", table \"dbo.Customers\", column 'Code'.",
                $"Die INSERT-Anweisung steht in Konflikt mit der FOREIGN KEY-Einschr\u00e4nkung \"{constraint}\". Der Konflikt trat in der shop-Datenbank, Tabelle \"dbo.Customers\", column 'Code' auf.",
                $"insert or update on table \"orders\" violates foreign key constraint \"{constraint}\"",
            ])
            AssertExplains(detail, fields, 547, message, change);
    }

    [Theory]
    [InlineData("The DELETE statement conflicted with the REFERENCE constraint \"FK_Deep\". The conflict occurred in database \"shop\", table \"dbo.Checkouts\", column 'Id'.", "Other rows refer to this item.")]
    [InlineData("update or delete on table \"boxes\" violates foreign key constraint \"fk_deep\" on table \"checkouts\"", "Other rows refer to this item.")]
    [InlineData("The UPDATE statement conflicted with the CHECK constraint \"CK_Deep\". The conflict occurred in database \"shop\", table \"dbo.Boxes\", column 'Id'.", "The values do not satisfy a check of the database.")]
    public void Explain_AConflictOfAnotherTable_SaysOfWhichKind(string message, string detail) => AssertExplains(detail, [], 547, message, ItemChange.Delete);

    [Fact]
    public void Explain_OnBabelfish_TakesTheIndexWithoutATable()
    {
        const string message = "duplicate key value violates unique constraint \"UQ_Note\"";
        var refusal = SqlServerRefusals.Explain(2627, message, SqlServerEngines.Babelfish, Orders, ItemChange.Delete, Known);
        Assert.Equal(["note's"], refusal.Errors!.Keys);
        Assert.Null(SqlServerRefusals.Explain(2627, message, SqlServerEngines.SqlServer, Orders, ItemChange.Delete, Known).Errors);
    }

    [Theory]
    [InlineData(2627, "Violation of PRIMARY KEY constraint 'PK_Orders'. Cannot insert duplicate key in object 'dbo.Orders'.", Duplicate)]
    [InlineData(515, "Cannot insert the value NULL into column 'Customer', table 'shop.dbo.Orders'; column does not allow nulls.", Unclear)]
    [InlineData(547, "The INSERT statement conflicted with the FOREIGN KEY constraint \"FK_Customer\".", NoReference)]
    [InlineData(547, "The INSERT statement conflicted with the CHECK constraint \"enough\".", "The values do not satisfy a check of the database.")]
    [InlineData(50001, "Levels end at 9.", "The database refuses the write: Levels end at 9.")]
    [InlineData(8152, "String or binary data would be truncated.", "A value is larger than the database takes.")]
    [InlineData(8134, "Divide by zero error encountered.", "The database cannot compute what it derives from these values (a computed column, an index, a check or a trigger).")]
    [InlineData(33557097, "division by zero", "The database cannot compute what it derives from these values (a computed column, an index, a check or a trigger).")]
    public void Explain_WithoutTheCatalog_IsStillAConflict(int number, string message, string detail)
    {
        var refusal = SqlServerRefusals.Explain(number, message, SqlServerEngines.SqlServer, Orders, new() { Kind = ItemChangeKind.Insert }, SqlServerConstraints.Unknown);
        Assert.Equal(detail, refusal.Detail);
        Assert.Null(refusal.Errors);
    }

    private static void AssertExplains(string detail, string[] fields, int number, string message, ItemChange? change = null, SqlServerConstraints? known = null)
    {
        var refusal = SqlServerRefusals.Explain(number, message, SqlServerEngines.SqlServer, Orders, change ?? new() { Kind = ItemChangeKind.Insert }, known ?? Known);
        Assert.Equal(detail, refusal.Detail);
        Assert.Equal(fields, refusal.Errors?.Keys ?? []);
    }

    private static string Join(string[] fields) => string.Join(" and ", fields.Select(static field => $"'{field}'"));

    private static ILookup<string, string> Pairs(params (string Name, string Column)[] pairs) => pairs.ToLookup(static pair => pair.Name, static pair => pair.Column);

    private static ILookup<string, SqlServerConstraints.Reference> References(params (string Name, SqlServerConstraints.Reference Part)[] parts) =>
        parts.ToLookup(static part => part.Name, static part => part.Part);

    private static ResourceDefinition Define(params string[] names)
    {
        ColumnDefinition[] columns =
        [
            .. names.Select(static (name, i) => SqlServerColumns.Of(new SqlServerStorage(SqlDbType.Int), char.ToLowerInvariant(name[0]) + name[1..], i) with { Column = name, Hidden = name == "Secret" }),
        ];
        return new() { Name = "orders", Table = new("dbo", "Orders"), Columns = columns, Key = columns[..2], Fingerprint = "f" };
    }
}
