using Microsoft.SqlServer.TransactSql.ScriptDom;
using Xunit;

namespace RealtimeApi.Tests.TestSupport.SqlServer;

/// <summary>Judges T-SQL without a server: by the grammar of SQL Server 2017, the oldest that is served.</summary>
/// <remarks>The grammar knows no tables and no functions: a name that does not exist passes.</remarks>
public static class TSqlText
{
    /// <summary>Fails with every mistake and the text around it, unless SQL Server 2017 can parse the text (batches separated by <c>GO</c> included).</summary>
    public static void AssertParses(string sql) => Parse(sql);

    /// <summary>The parsed text.</summary>
    public static TSqlFragment Parse(string sql)
    {
        var parser = new TSql140Parser(initialQuotedIdentifiers: true);
        using var reader = new StringReader(sql);
        var fragment = parser.Parse(reader, out var mistakes);
        if (mistakes.Count > 0)
            Assert.Fail(string.Join('\n', mistakes.Select(mistake => $"{mistake.Line}:{mistake.Column} {mistake.Message}\n    {LineOf(sql, mistake.Line)}")) + "\n\n" + sql);
        return fragment;
    }

    /// <summary>The text's batches, without the separators, as a tool would send them one by one.</summary>
    public static IReadOnlyList<string> Batches(string sql) =>
        [.. ((TSqlScript)Parse(sql)).Batches.Select(batch => sql.Substring(batch.StartOffset, batch.FragmentLength))];

    private static string LineOf(string sql, int line) => sql.Split('\n').ElementAtOrDefault(line - 1)?.Trim() ?? "";
}
