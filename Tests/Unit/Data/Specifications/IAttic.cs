using RealtimeApi.Server.Data;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Tests.Unit.Data.Specifications;

/// <summary>A table with a column of every type that a database knows, filled with everything that one can put into it.</summary>
internal interface IAttic : IDisposable
{
    ResourceDefinition Resource { get; }

    IItemReader Items { get; }

    /// <summary>What filters compare with.</summary>
    RandomFilter Filters { get; }

    /// <summary>Puts other rows into the table, with chosen values in every column and 0, 1, … in the column <c>id</c>.</summary>
    void Fill(Tape tape, int rows);

    /// <summary>Adds a row; one whose key is taken already is left out.</summary>
    void Insert(Tape tape, long id);

    void Delete(long id);
}
