namespace RealtimeApi.Server.DependencyInjection;

/// <summary>A setting that cannot be bound.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Reason">What is wrong with it, and the fix, as the end of a sentence that begins with the path.</param>
internal sealed record ConfigurationMistake(string Path, string Reason)
{
    /// <summary>Whether a setting is this one or part of it.</summary>
    public bool Covers(string path) =>
        path.StartsWith(Path, StringComparison.OrdinalIgnoreCase) && (path.Length == Path.Length || path[Path.Length] == ':');

    public override string ToString() => $"{Path} {Reason}";
}
