namespace RealtimeApi.Tests.Unit.Data.Specifications;

/// <summary>Random choices made beforehand, so that what they lead to can be repeated and made smaller by CsCheck. The first choice once they run out.</summary>
internal sealed class Tape(uint[] choices)
{
    private int next;

    public int Next(int count) => next < choices.Length ? (int)(choices[next++] % (uint)count) : 0;

    public T Pick<T>(IReadOnlyList<T> from) => from[Next(from.Count)];

    public bool Chance(int oneIn) => Next(oneIn) == oneIn - 1;
}
