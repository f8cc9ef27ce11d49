using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace RealtimeApi.Tests.Integration.Documents;

/// <summary>The blocks of code in the documents of this repository.</summary>
internal static partial class MarkdownCode
{
    /// <summary>The C# blocks of a document, in order.</summary>
    /// <param name="document">Its path from the repository's root.</param>
    public static IReadOnlyList<string> CSharp(string document) => Of(document, "csharp", "cs");

    /// <summary>The C# blocks of a text, in order.</summary>
    public static IReadOnlyList<string> CSharpIn(string text) => In(text, "csharp", "cs");

    /// <summary>The blocks of a document that are marked as one of some languages, in order.</summary>
    /// <param name="document">Its path from the repository's root.</param>
    /// <param name="languages">The marks, e.g. <c>json</c>.</param>
    public static IReadOnlyList<string> Of(string document, params string[] languages) =>
        In(File.ReadAllText(Path.Combine(Root(), document)), languages);

    private static IReadOnlyList<string> In(string text, params string[] languages) =>
        [.. Block().Matches(text).Where(m => languages.Contains(m.Groups[1].Value)).Select(m => m.Groups[2].Value)];

    private static string Root([CallerFilePath] string thisFile = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../.."));

    [GeneratedRegex(@"^```(\w*)\r?\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
