using System.Text;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>UPPER and LOWER as memory does them: by Unicode's simple mapping, each character by itself.</summary>
/// <remarks>
/// An engine that maps fully would find <c>ss</c> in <c>ß</c>, which a watch would not. So the few characters that it maps otherwise are put aside, as others that nobody uses, and come
/// back as what the simple mapping makes of them.
/// </remarks>
internal static class SqlServerCaseSql
{
    // The last planes are for private use, and have no cases.
    private const int FirstPlace = 0xF0000;

    /// <summary>The small letters, and a few others, of which the full mapping makes several characters; and the ı, of which it makes an I.</summary>
    private const string Special =
        "\u00df\u0131\u0149\u01f0\u0390\u03b0\u0587\u1e96\u1e97\u1e98\u1e99\u1e9a\u1f50\u1f52\u1f54\u1f56"
        + "\u1f80\u1f81\u1f82\u1f83\u1f84\u1f85\u1f86\u1f87\u1f88\u1f89\u1f8a\u1f8b\u1f8c\u1f8d\u1f8e\u1f8f"
        + "\u1f90\u1f91\u1f92\u1f93\u1f94\u1f95\u1f96\u1f97\u1f98\u1f99\u1f9a\u1f9b\u1f9c\u1f9d\u1f9e\u1f9f"
        + "\u1fa0\u1fa1\u1fa2\u1fa3\u1fa4\u1fa5\u1fa6\u1fa7\u1fa8\u1fa9\u1faa\u1fab\u1fac\u1fad\u1fae\u1faf"
        + "\u1fb2\u1fb3\u1fb4\u1fb6\u1fb7\u1fbc\u1fc2\u1fc3\u1fc4\u1fc6\u1fc7\u1fcc\u1fd2\u1fd3\u1fd6\u1fd7"
        + "\u1fe2\u1fe3\u1fe4\u1fe6\u1fe7\u1ff2\u1ff3\u1ff4\u1ff6\u1ff7\u1ffc"
        + "\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06\ufb13\ufb14\ufb15\ufb16\ufb17";

    // The full mapping makes another sigma at the end of a word.
    private const string SpecialWhenLowered = "\u0130\u03a3";

    private static readonly string places = Places(Special.Length);
    private static readonly string placesWhenLowered = Places(SpecialWhenLowered.Length);
    private static readonly string raised = string.Concat(Special.Select(char.ToUpperInvariant));
    private static readonly string lowered = string.Concat(SpecialWhenLowered.Select(char.ToLowerInvariant));

    /// <summary>The value in capitals.</summary>
    /// <param name="rules">The column's rules; null where there are none to keep to.</param>
    /// <param name="value">The value in SQL.</param>
    public static string Upper(SqlServerTextRules? rules, string value) =>
        rules is { MapsCasesFully: true } ? $"TRANSLATE(UPPER(TRANSLATE({value}, N'{Special}', N'{places}')), N'{places}', N'{raised}')" : $"UPPER({value})";

    /// <summary>The value in small letters.</summary>
    /// <inheritdoc cref="Upper" path="/param"/>
    public static string Lower(SqlServerTextRules? rules, string value) =>
        rules is { MapsCasesFully: true } ? $"TRANSLATE(LOWER(TRANSLATE({value}, N'{SpecialWhenLowered}', N'{placesWhenLowered}')), N'{placesWhenLowered}', N'{lowered}')" : $"LOWER({value})";

    private static string Places(int count)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
            text.Append(char.ConvertFromUtf32(FirstPlace + i));
        return text.ToString();
    }
}
