using System.Globalization;

namespace RealtimeApi.Tests.Unit.Queries;

/// <summary>How often a property is tried. <c>CsCheck_Iter</c> in the environment sets it, for a long search.</summary>
internal static class Iterations
{
    public static int Of(int usual) =>
        Environment.GetEnvironmentVariable("CsCheck_Iter") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;
}
