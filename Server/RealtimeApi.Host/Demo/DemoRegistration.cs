namespace RealtimeApi.Hosting.Demo;

internal static class DemoRegistration
{
    public static void AddDemoOptions(this IServiceCollection services) => services
        .AddOptions<DemoOptions>()
        .BindConfiguration(DemoOptions.SectionName, static binder => binder.ErrorOnUnknownConfiguration = true)
        .Validate(
            static o => o.ActivityInterval >= TimeSpan.FromMilliseconds(10) && o.ActivityInterval <= TimeSpan.FromHours(1),
            "Demo:ActivityInterval must be between 00:00:00.010 and 01:00:00.")
        .Validate(static o => o.MaxOrders is >= 1 and <= 1_000_000, "Demo:MaxOrders must be between 1 and 1000000.")
        .ValidateOnStart();

    /// <summary>Creates the shop unless it is there, before anything opens it, and starts its activity where that is switched on.</summary>
    public static void AddDemoShop(this IServiceCollection services, string file)
    {
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<DemoShopStart>(provider, file));
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<DemoActivity>(provider, file));
    }
}
