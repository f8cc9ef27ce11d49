using RealtimeApi.Contracts;
using RealtimeApi.Server.Diagnostics;

namespace RealtimeApi.Server.Writing;

/// <summary>Everything that is wrong with the fields of one body, to be said at once.</summary>
internal sealed class BodyFaults
{
    /// <summary>Beyond these, a client would not read on.</summary>
    private const int MaxFields = 100;

    private const int MaxNamed = 3;
    private const int MaxName = 100;

    private readonly OrderedDictionary<string, IReadOnlyList<string>> errors = new(StringComparer.Ordinal);
    private int others;

    public void Add(string field, string message)
    {
        if (field.Length > MaxName)
            field = field[..(char.IsHighSurrogate(field[MaxName - 1]) ? MaxName - 1 : MaxName)] + "…";
        if (errors.TryGetValue(field, out var messages))
        {
            if (!messages.Contains(message))
                ((List<string>)messages).Add(message);
        }
        else if (errors.Count < MaxFields)
        {
            errors.Add(field, new List<string> { message });
        }
        else
        {
            others++;
        }
    }

    /// <exception cref="ProblemException">Something is wrong (<c>invalid-body</c>).</exception>
    public void ThrowIfAny()
    {
        if (errors.Count == 0)
            return;
        var first = string.Join(" ", errors.Take(MaxNamed).Select(error => $"'{error.Key}': {string.Join(" ", error.Value)}"));
        var count = errors.Count + others;
        throw new ProblemException(ProblemCodes.InvalidBody, count == 1 ? first : $"{count} fields are at fault. {first}{(count > MaxNamed ? " …" : "")}") { Errors = errors };
    }
}
