namespace RealtimeApi.Hosting;

/// <summary>What holds where neither configuration nor command line says otherwise.</summary>
internal static class HostDefaults
{
    public const string Url = "http://localhost:5080";

    /// <summary>The demo shop's file, in the working directory, where the sqlite3 shell finds it, too.</summary>
    public const string ShopFile = "shop.db";
}
