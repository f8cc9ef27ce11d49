using System.Globalization;
using RealtimeApi.Tests.Integration.Documents;

namespace RealtimeApi.Tests.Integration.Draining;

/// <summary>What docs/deployment.md prints for those who run several servers.</summary>
internal static class PrintedRecipe
{
    private const string Page = "docs/deployment.md";

    /// <summary>The one block in a language that has a word in it.</summary>
    public static string Block(string language, string having) =>
        MarkdownCode.Of(Page, language).Single(block => block.Contains(having, StringComparison.Ordinal));

    /// <summary>The same, with the ports of two real servers in place of the printed ones.</summary>
    public static string Block(string language, string having, int first, int second)
    {
        var block = Block(language, having);
        foreach (var (printed, real) in ((string, int)[])[(":5081", first), (":5082", second)])
        {
            if (!block.Contains(printed, StringComparison.Ordinal))
                throw new InvalidOperationException($"The {language} of {Page} has no server at {printed}.");
            block = block.Replace(printed, string.Create(CultureInfo.InvariantCulture, $":{real}"), StringComparison.Ordinal);
        }

        return block;
    }
}
