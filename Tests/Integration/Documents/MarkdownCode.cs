using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace RealtimeApi.Tests.Integration.Documents;

/// <summary>The blocks of code in a document of this repository.</summary>
internal static partial class MarkdownCode
{
    /// <summary>The C# blocks of a document, in order.</summary>
    /// <param name="document">Its path from the repository's root.</param>
    public static IReadOnlyList<string> CSharp(string document) =>
        CSharpIn(File.ReadAllText(Path.Combine(Root(), document)));

    /// <summary>The C# blocks of a text, in order.</summary>
    public static IReadOnlyList<string> CSharpIn(string text) => [.. CSharpBlock().Matches(text).Select(m => m.Groups[1].Value)];

    private static string Root([CallerFilePath] string thisFile = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../.."));

    [GeneratedRegex(@"^```cs(?:harp)?\r?\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();
}
