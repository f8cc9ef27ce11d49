using System.Text.Json;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Writing;

/// <summary>A field that a body gives.</summary>
/// <param name="Column">Which.</param>
/// <param name="Json">As it was sent.</param>
/// <param name="Value">What is to be written, where there is no fault.</param>
/// <param name="Fault">
/// Why it cannot be written; null where it can. A value that an item shows already is taken all the same, since it is left as it is.
/// </param>
internal sealed record GivenField(ColumnDefinition Column, JsonElement Json, FieldValue Value, string? Fault);
