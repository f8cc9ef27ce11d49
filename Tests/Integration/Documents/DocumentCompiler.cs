using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace RealtimeApi.Tests.Integration.Documents;

/// <summary>Compiles the code of documents against the product, with the implicit usings of a new project.</summary>
internal static class DocumentCompiler
{
    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    /// <summary>What a program of a document is compiled to: it runs beside the tests' own assembly, whose packages it shares.</summary>
    public static string CompileProgram(string name, string code)
    {
        var file = Path.Combine(AppContext.BaseDirectory, name + ".dll");
        Check(Compile(name, OutputKind.ConsoleApplication, code).Emit(file));
        return file;
    }

    /// <summary>Fails where the code does not compile.</summary>
    public static void CheckLibrary(string code) => Check(Compile("Snippets", OutputKind.DynamicallyLinkedLibrary, code).Emit(Stream.Null));

    private static CSharpCompilation Compile(string name, OutputKind kind, string code)
    {
        var parse = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest);
        var loaded = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        return CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(ImplicitUsings, parse), CSharpSyntaxTree.ParseText(code, parse)],
            loaded.Select(static path => MetadataReference.CreateFromFile(path)),
            new(kind, nullableContextOptions: NullableContextOptions.Enable));
    }

    private static void Check(Microsoft.CodeAnalysis.Emit.EmitResult result) =>
        Assert.True(result.Success, string.Join(Environment.NewLine, result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
}
