using Spectre.Console;
using Spectre.Console.Rendering;

namespace RealtimeApi.Samples.OrdersConsole;

/// <summary>How the pending orders look.</summary>
internal static class PendingOrders
{
    /// <summary>A table of the first orders, as many as fit.</summary>
    /// <param name="orders">The orders of one moment, in the order to show them in.</param>
    /// <param name="latest">The order that has come or changed last, shown in green.</param>
    /// <param name="state">Shown below the table.</param>
    /// <param name="rows">How many fit.</param>
    public static IRenderable Draw(IReadOnlyList<Order> orders, Order? latest, string state, int rows)
    {
        var table = new Table().Border(TableBorder.Rounded).Expand()
            .Title($"[bold]Pending orders[/]  {orders.Count}, {orders.Sum(o => o.Total):N2} in all")
            .Caption(Markup.Escape(state))
            .AddColumn(new TableColumn("Order").Width(7).RightAligned())
            .AddColumn(new TableColumn("Customer").Width(8).RightAligned())
            .AddColumn(new TableColumn("Total").Width(9).RightAligned())
            .AddColumn(new TableColumn("Ordered").Width(12))
            .AddColumn(new TableColumn("Express").Width(7))
            .AddColumn(new TableColumn("Note"));
        foreach (var order in orders.Take(rows))
        {
            var style = Style.Parse(order == latest ? "bold green" : "default");
            table.AddRow(
                new Text($"{order.Id}", style),
                new Text($"{order.CustomerId}"),
                new Text($"{order.Total:N2}", style),
                new Text($"{order.OrderedAt.ToLocalTime():ddd HH:mm:ss}"),
                new Text(order.Express ? "express" : ""),
                new Text(order.Note ?? ""));
        }

        if (orders.Count > rows)
            table.AddRow(new Text("…"));
        return table;
    }
}
