using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data;

/// <summary>Writes items, each in one short transaction of its own.</summary>
/// <remarks>Thread-safe.</remarks>
internal interface IItemWrites
{
    /// <summary>
    /// Takes the right to write, finds the item of the command's key, lets the command decide what becomes of it, does that, and reads the item back through the one
    /// projection; commits all of it or nothing. A call that was recorded before (<see cref="WriteCommand.Once"/>) is not done again.
    /// </summary>
    /// <param name="command">What to write.</param>
    /// <param name="cancellationToken">Ends the wait for the right to write; what has begun is finished.</param>
    /// <exception cref="ProblemException">
    /// <c>conflict</c>: a constraint or a trigger of the database refused it. <c>idempotency-mismatch</c>: the key was recorded for another request. And whatever
    /// <see cref="WriteCommand.Decide"/> throws. Nothing has been written.
    /// </exception>
    /// <exception cref="SchemaChangedException">The table no longer has a column of the definition. Nothing has been written.</exception>
    Task<WriteResult> WriteAsync(WriteCommand command, CancellationToken cancellationToken);

    /// <summary>What the column will show once this value has been written: another one where it cannot hold this one exactly.</summary>
    FieldValue AsStored(ColumnDefinition column, FieldValue value);

    /// <summary>Whether there may be recorded answers that are older, so that it is worth while to ask which node is to delete them.</summary>
    Task<bool> HasAnswersAsync(DateTimeOffset before, CancellationToken cancellationToken) => Task.FromResult(true);

    /// <summary>Deletes the recorded answers that are older, a few at a time.</summary>
    /// <returns>How many were deleted.</returns>
    Task<long> TrimAnswersAsync(DateTimeOffset before, CancellationToken cancellationToken);
}
