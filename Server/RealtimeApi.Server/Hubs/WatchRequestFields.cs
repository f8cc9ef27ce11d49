using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Hubs;

/// <summary>Collects a <see cref="WatchRequest"/> from the fields of a map, whatever hub protocol carried it.</summary>
/// <remarks>Strict: a misspelt <c>filter</c> that were passed over would watch everything.</remarks>
internal struct WatchRequestFields
{
    /// <summary>Stands for a value that is neither text, boolean nor null.</summary>
    public static readonly object OtherValue = new();

    public WatchRequestFields() => Request = new();

    public WatchRequest Request { get; private set; }

    public void Set(string name, object? value) => Request = name switch
    {
        "resource" => Request with { Resource = Text(name, value) ?? "" },
        "key" => Request with { Key = Text(name, value) },
        "filter" => Request with { Filter = Text(name, value) },
        "select" => Request with { Select = Text(name, value) },
        "since" => Request with { Since = Text(name, value) },
        "initial" => Request with { Initial = value is null ? false : value as bool? ?? throw Invalid("'initial' must be true or false.") },
        _ => throw Invalid($"A watch request has no '{name}'; it has resource, key, filter, select, since and initial."),
    };

    public static ProblemException NotAnObject() => Invalid("The request must be an object, e.g. {\"resource\":\"orders\"}.");

    private static string? Text(string name, object? value) =>
        value is null ? null : value as string ?? throw Invalid($"'{name}' must be a string.");

    private static ProblemException Invalid(string detail) => new(ProblemCodes.InvalidQuery, detail);
}
