using RealtimeApi.Client;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace RealtimeApi.Samples.OrdersConsole;

/// <summary>The pending orders as the watch has told of them, and how they look.</summary>
internal sealed class PendingOrders
{
    private readonly SortedDictionary<long, Order> orders = [];
    private readonly HashSet<long> arrivals = [];

    /// <summary>Puts or removes what a change is about.</summary>
    public void Apply(ItemChange<Order> change)
    {
        arrivals.Clear();
        if (change.Kind is ChangeKind.Removed)
        {
            orders.Remove(long.Parse(change.Key));
        }
        else if (change.Item is { } order)
        {
            orders[order.Id] = order;
            if (!change.IsInitial)
                arrivals.Add(order.Id);
        }
    }

    public void Clear() => orders.Clear();

    /// <summary>The newest orders first, as many as fit.</summary>
    public IRenderable Draw(string state, int rows)
    {
        var table = new Table().Border(TableBorder.Rounded).Expand()
            .Title($"[bold]Pending orders[/]  {orders.Count}, {orders.Values.Sum(o => o.Total):N2} in all")
            .Caption(Markup.Escape(state))
            .AddColumn(new TableColumn("Order").Width(7).RightAligned())
            .AddColumn(new TableColumn("Customer").Width(8).RightAligned())
            .AddColumn(new TableColumn("Total").Width(9).RightAligned())
            .AddColumn(new TableColumn("Ordered").Width(12))
            .AddColumn(new TableColumn("Express").Width(7))
            .AddColumn(new TableColumn("Note"));
        foreach (var order in orders.Values.Reverse().Take(rows))
        {
            var style = arrivals.Contains(order.Id) ? "bold green" : "default";
            table.AddRow(
                new Text($"{order.Id}", Style.Parse(style)),
                new Text($"{order.CustomerId}"),
                new Text($"{order.Total:N2}", Style.Parse(style)),
                new Text($"{order.OrderedAt.ToLocalTime():ddd HH:mm:ss}"),
                new Text(order.Express ? "express" : ""),
                new Text(order.Note ?? ""));
        }

        if (orders.Count > rows)
            table.AddRow(new Text("…"));
        return table;
    }
}
