using System.Collections.Concurrent;
using System.Text;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>The code pages of <c>char</c> and <c>varchar</c> columns.</summary>
internal static class SqlServerCodePage
{
    private const int Utf8 = 65001;

    private static readonly ConcurrentDictionary<int, Encoding?> strict = [];

    /// <summary>The encoding, which refuses what it has no character for; null for a code page that is not known.</summary>
    public static Encoding? Find(int codePage) => strict.GetOrAdd(codePage, static page => page == Utf8
        ? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true)
        : CodePagesEncodingProvider.Instance.GetEncoding(page, EncoderFallback.ExceptionFallback, DecoderFallback.ReplacementFallback));

    /// <summary>Whether a column of this code page can hold a text as it is.</summary>
    public static bool Holds(int codePage, string text) => CountBytes(codePage, text) is not null;

    /// <summary>How many bytes a text takes; null where the code page does not have all of its characters.</summary>
    public static int? CountBytes(int codePage, string text)
    {
        if (Ascii.IsValid(text))
            return text.Length;
        try
        {
            return Find(codePage)?.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }
}
