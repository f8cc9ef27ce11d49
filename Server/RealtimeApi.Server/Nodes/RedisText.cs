using System.Diagnostics.CodeAnalysis;
using StackExchange.Redis;

namespace RealtimeApi.Server.Nodes;

/// <summary>Reads the setting <c>RealtimeApi:Redis</c>, and says what is wrong with it without repeating what may be a secret.</summary>
internal static class RedisText
{
    private const string Example = "e.g. \"redis.example:6379,password=…,ssl=true\"";

    /// <summary>How long the first attempt may hold up the start, in milliseconds, where the setting does not say.</summary>
    private const int ConnectTimeout = 2000;

    /// <summary>The options that a configuration string stands for, with what this product needs of them.</summary>
    /// <param name="text">The setting.</param>
    /// <param name="options">The options; null where there is a mistake.</param>
    /// <param name="mistake">What is wrong and how to mend it, as the end of a sentence that begins with the setting's name.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out ConfigurationOptions? options, [NotNullWhen(false)] out string? mistake)
    {
        options = null;
        mistake = FindMistake(text);
        if (mistake is not null)
            return false;

        options = ConfigurationOptions.Parse(text);
        mistake = FindSentinelMistake(options, namesHost: Parts(text).Any(static part => NameOf(part) == "sslhost"));
        if (mistake is not null)
        {
            options = null;
            return false;
        }

        // Redis may come and go; nothing waits for it, and nothing is kept for it meanwhile.
        options.AbortOnConnectFail = false;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ReconnectRetryPolicy = new ExponentialRetry(deltaBackOffMilliseconds: 100, maxDeltaBackOffMilliseconds: 2000);
        if (!Parts(text).Any(static part => NameOf(part) == "connecttimeout"))
            options.ConnectTimeout = ConnectTimeout;
        return true;
    }

    private static string? FindMistake(string text)
    {
        var isAfterPassword = false;
        var hasServer = false;
        foreach (var part in Parts(text))
        {
            var name = NameOf(part);
            if (name is null && (part.Contains("://", StringComparison.Ordinal) || part.Contains('@', StringComparison.Ordinal)))
                return $"is written as a URL; write the server, then the options, {Example}.";
            if (!IsKnown(part, name))
                return isAfterPassword
                    ? "has something that is no option after the password; a password with a comma in it cannot be written here."
                    : name is null
                        ? $"names a server in a form that cannot be read; write host:port, {Example}."
                        : $"has the option '{name}', which StackExchange.Redis does not know or which cannot have this value; see its documentation, {Example}.";
            if (name is null && isAfterPassword)
                return "names a server after the password; name the servers first. A password with a comma in it cannot be written here.";
            hasServer |= name is null;
            isAfterPassword |= name == "password";
        }

        return hasServer ? null : $"names no server; write one first, {Example}.";
    }

    private static string? FindSentinelMistake(ConfigurationOptions options, bool namesHost)
    {
        if (string.IsNullOrEmpty(options.ServiceName))
            return null;
        if (options.Ssl && !namesHost)
            return "has serviceName and ssl=true, but not the name that stands in the certificates of Redis and Sentinel; add sslHost=….";
        return options.Tunnel is null ? null : "has serviceName and tunnel, which cannot be combined; leave one of them out.";
    }

    private static bool IsKnown(string part, string? name)
    {
        try
        {
            var parsed = ConfigurationOptions.Parse(name is null ? part : "localhost," + part);
            return name is not null || parsed.EndPoints.Count == 1;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string[] Parts(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The name of an option, in small letters; null for a server.</summary>
    private static string? NameOf(string part) => part.IndexOf('=', StringComparison.Ordinal) is > 0 and var end ? part[..end].Trim().ToLowerInvariant() : null;
}
