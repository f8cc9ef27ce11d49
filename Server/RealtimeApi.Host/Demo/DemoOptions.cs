namespace RealtimeApi.Hosting.Demo;

/// <summary>The demo shop, bound to the configuration section <c>Demo</c>.</summary>
internal sealed class DemoOptions
{
    public const string SectionName = "Demo";

    /// <summary>Whether random orders come in, as <c>--activity</c> says.</summary>
    /// <value>Default: false.</value>
    public bool Activity { get; set; }

    /// <summary>The time between two random writes.</summary>
    /// <value>Default: 1 second.</value>
    public TimeSpan ActivityInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The number of orders from which on the oldest finished ones are deleted.</summary>
    /// <value>Default: 500.</value>
    public int MaxOrders { get; set; } = 500;
}
