using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace RealtimeApi.Tests.Integration.Documents;

/// <summary>The blocks of code in a document of this repository.</summary>
internal static partial class MarkdownCode
{
    /// <summary>The C# blocks of a document, in order.</summary>
    /// <param name="document">Its path from the repository's root.</param>
    public static IReadOnlyList<string> CSharp(string document) =>
        [.. CSharpBlock().Matches(File.ReadAllText(Path.Combine(Root(), document))).Select(m => m.Groups[1].Value)];

    private static string Root([CallerFilePath] string thisFile = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../.."));

    [GeneratedRegex(@"^```csharp\r?\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();
}
