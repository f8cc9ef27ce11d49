namespace RealtimeApi.Server.Rest;

/// <summary>What two requests share when the same answer is right for both.</summary>
/// <param name="Resource">The resource's name, as the catalog spells it.</param>
/// <param name="Key">The key as the path spells it; null for a list.</param>
/// <param name="Query">The query as sent: two spellings of one query are two answers, which costs memory but no correctness.</param>
/// <param name="Rights">The fingerprint of the caller's row rules.</param>
internal sealed record ReadKey(string Resource, string? Key, string Query, string Rights);
