using RealtimeApi.Server.Queries;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Data;

/// <summary>Collects the items of a page, in order, until it is full: by their number or by their bytes. Every database's reader fills its pages through it.</summary>
internal sealed class PageBuilder(ListQuery query)
{
    private readonly List<Item> items = [];
    private long bytes;

    public IReadOnlyList<Item> Items => items;

    /// <summary>Whether an item was offered that had no room, so that another page follows; nothing more need be read.</summary>
    public bool HasMore { get; private set; }

    /// <summary>How many rows to ask for: one more than there is room for tells whether another page follows.</summary>
    public int Missing => query.Top + 1 - items.Count;

    /// <returns>False when there was no room. One item, however large, always has it.</returns>
    public bool TryAdd(Item item)
    {
        var size = item.Size;
        HasMore = items.Count == query.Top || (items.Count > 0 && bytes + size > query.MaxBytes);
        if (HasMore)
            return false;
        items.Add(item);
        bytes += size;
        return true;
    }
}
