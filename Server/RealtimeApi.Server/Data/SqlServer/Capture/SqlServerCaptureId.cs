using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data.SqlServer;

/// <summary>The number by which the log's rows name the definition that made their images.</summary>
/// <remarks>
/// A hash of the resource's name and fingerprint, not a number that is drawn: so a script can be written, read and kept before it is run, and every node knows
/// the numbers of its definitions without asking.
/// </remarks>
internal static class SqlServerCaptureId
{
    /// <summary>The beginning of the names of all triggers of the product. Babelfish fires triggers in the order of their names; this one is early.</summary>
    public const string Prefix = "_realtime_";

    public static long Of(ResourceDefinition resource)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{SqlServerTriggers.ImageVersion}\n{resource.Name}\n{resource.Fingerprint}");
        return BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>The beginning of the names of a capture's triggers.</summary>
    public static string TriggersOf(long capture) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{capture:x16}_");
}
