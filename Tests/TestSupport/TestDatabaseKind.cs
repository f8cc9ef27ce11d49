namespace RealtimeApi.Tests.TestSupport;

/// <summary>The databases that the suites of the product's behaviour run over.</summary>
public enum TestDatabaseKind
{
    Sqlite,
    SqlServer,
}
