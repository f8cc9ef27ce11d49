using RealtimeApi.Server.Data;
using RealtimeApi.Server.Diagnostics;
using RealtimeApi.Server.Requests;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Writing;

/// <summary>What a body makes of an item.</summary>
internal sealed class ItemPlan(ResourceDefinition resource, ItemBody body, FieldReader reader)
{
    private const string IsReadOnly = "The database sets it; leave it out.";
    private const string IsRequired = "It is required.";
    private const string NoAddress = "An item of this key would have no address, because no path can name it.";
    private const string NotNull = "It must not be null.";

    /// <summary>The key that the body gives, where it gives all of one.</summary>
    public ItemKey? GivenKey()
    {
        var values = new FieldValue[resource.Columns.Count];
        foreach (var column in resource.Key)
        {
            if (body.Find(column) is not { Fault: null, Value.IsNull: false } field)
                return null;
            values[column.Ordinal] = field.Value;
        }

        return ItemKey.Of(resource, values);
    }

    /// <summary>A new item.</summary>
    /// <param name="key">The key that the path gives it; null where it has none yet.</param>
    /// <exception cref="ProblemException"><c>invalid-body</c>.</exception>
    public ItemChange Create(ItemKey? key)
    {
        var faults = body.Faults();
        var values = new List<KeyValuePair<ColumnDefinition, FieldValue>>();
        foreach (var column in resource.Columns.Where(static column => !column.Hidden))
        {
            var part = PartOf(key, column);
            if (body.Find(column) is { } field)
            {
                var fault = column.ReadOnly ? IsReadOnly
                    : field.Fault ?? (field.Value.IsNull && IsKey(column) ? NotNull
                    : part is { } named && !AreEqual(column, named, field.Value) ? "The path names another key."
                    : null);
                Add(values, faults, column, field.Value, fault);
            }
            else if (part is { } named)
            {
                var fault = column.ReadOnly ? IsReadOnly : reader.FindFault(column, named);
                Add(values, faults, column, named, fault is null ? null : $"The key in the path cannot be that of an item. {fault}");
            }
            else if ((!column.Nullable || IsKey(column)) && !column.HasDefault && !column.ReadOnly)
            {
                faults.Add(column.Name, IsRequired);
            }
        }

        RequireAddress(faults);
        faults.ThrowIfAny();
        return new() { Kind = ItemChangeKind.Insert, Values = values };
    }

    /// <summary>An item that is there, with everything that the body does not give as in a new one.</summary>
    /// <exception cref="ProblemException"><c>invalid-body</c>.</exception>
    public ItemChange Replace(Item item)
    {
        var faults = body.Faults();
        var values = new List<KeyValuePair<ColumnDefinition, FieldValue>>();
        var defaults = new List<ColumnDefinition>();
        using var shown = new ShownItem(item);
        foreach (var column in resource.Columns.Where(static column => !column.Hidden))
        {
            if (body.Find(column) is { } field)
                Assign(values, faults, item, shown, field);
            else if (IsKey(column) || column.ReadOnly || column.Numbered)
                continue;
            else if (column.Default is not null)
                defaults.Add(column);
            else if (!column.Nullable)
                faults.Add(column.Name, IsRequired);
            else if (!item.Values[column.Ordinal].IsNull)
                values.Add(new(column, FieldValue.Null));
        }

        faults.ThrowIfAny();
        return Update(values, defaults);
    }

    /// <summary>An item that is there, with what the body gives (RFC 7396; no field holds an object, so null sets null).</summary>
    /// <exception cref="ProblemException"><c>invalid-body</c>.</exception>
    public ItemChange Merge(Item item)
    {
        var faults = body.Faults();
        var values = new List<KeyValuePair<ColumnDefinition, FieldValue>>();
        using var shown = new ShownItem(item);
        foreach (var field in body.Fields)
            Assign(values, faults, item, shown, field);
        faults.ThrowIfAny();
        return Update(values, []);
    }

    /// <summary>No path can end in some keys, or hold them; an item with one of them could not be read, changed or deleted again.</summary>
    private void RequireAddress(BodyFaults faults)
    {
        foreach (var column in resource.Key)
            if (body.Find(column) is { Fault: null } field && field.Value.Kind == FieldValueKind.Text && field.Value.Text.Contains('\0', StringComparison.Ordinal))
                faults.Add(column.Name, NoAddress);
        if (resource.Key.Count == 1 && GivenKey()?.Text is { } key && (key is "" or "." or ".." || Routes.IsTaken(key)))
            faults.Add(resource.Key[0].Name, NoAddress);
    }

    private void Assign(List<KeyValuePair<ColumnDefinition, FieldValue>> values, BodyFaults faults, Item item, ShownItem shown, GivenField field)
    {
        var column = field.Column;
        if (shown.Shows(field))
            return;
        if (!IsKey(column) || column.ReadOnly)
            Add(values, faults, column, field.Value, column.ReadOnly ? IsReadOnly : field.Fault);
        else if (field.Fault is not null || !AreEqual(column, item.Values[column.Ordinal], field.Value))
            faults.Add(column.Name, "The key of an item cannot be changed.");
    }

    private static ItemChange Update(List<KeyValuePair<ColumnDefinition, FieldValue>> values, List<ColumnDefinition> defaults) =>
        values.Count + defaults.Count == 0 ? ItemChange.None : new() { Kind = ItemChangeKind.Update, Values = values, Defaults = defaults };

    private static void Add(List<KeyValuePair<ColumnDefinition, FieldValue>> values, BodyFaults faults, ColumnDefinition column, FieldValue value, string? fault)
    {
        if (fault is null)
            values.Add(new(column, value));
        else
            faults.Add(column.Name, fault);
    }

    private bool IsKey(ColumnDefinition column) => resource.Key.Any(key => key.Ordinal == column.Ordinal);

    private FieldValue? PartOf(ItemKey? key, ColumnDefinition column)
    {
        for (var i = 0; key is not null && i < resource.Key.Count; i++)
            if (resource.Key[i].Ordinal == column.Ordinal)
                return key.Values[i];
        return null;
    }

    private static bool AreEqual(ColumnDefinition column, FieldValue left, FieldValue right) => FieldIdentity.Of(column, left) == FieldIdentity.Of(column, right);
}
