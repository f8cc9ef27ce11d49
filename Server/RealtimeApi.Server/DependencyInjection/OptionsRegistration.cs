using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.DependencyInjection;

internal static class OptionsRegistration
{
    /// <summary>
    /// Binds the options to the section <c>RealtimeApi</c>, where the host has a configuration, and reports every mistake in it together with those that the
    /// validators find.
    /// </summary>
    public static IServiceCollection AddRealtimeApiOptions(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<RealtimeApiOptions>, ConfigurationMistakes>();
        services.AddSingleton<IConfigureOptions<RealtimeApiOptions>>(static provider => new Binding(provider.GetService<IConfiguration>()));
        services.AddOptions<RealtimeApiOptions>().ValidateOnStart();
        return services;
    }

    private sealed class Binding(IConfiguration? configuration) : IConfigureOptions<RealtimeApiOptions>
    {
        public void Configure(RealtimeApiOptions options)
        {
            if (configuration is null)
                return;
            var section = configuration.GetSection(RealtimeApiOptions.SectionName);
            var mistakes = ConfigurationCheck.FindMistakes(section, typeof(RealtimeApiOptions));
            if (mistakes.Count > 0)
            {
                options.ConfigurationMistakes.AddRange(mistakes);
                section = Without(mistakes, section);
            }

            var resources = section.GetSection(nameof(RealtimeApiOptions.Resources));
            options.Resources.All |= resources.Value == ResourcesOptions.Wildcard;
            // The binder passes over an entry without options.
            foreach (var entry in resources.GetChildren())
                options.Resources.TryAdd(entry.Key, new());
            section.Bind(options);
        }

        // The rest is bound, so that the validators judge it, too.
        private static IConfigurationSection Without(List<ConfigurationMistake> mistakes, IConfigurationSection section) => new ConfigurationBuilder()
            .AddInMemoryCollection(section.AsEnumerable().Where(setting => !mistakes.Any(mistake => mistake.Covers(setting.Key))))
            .Build()
            .GetSection(section.Path);
    }

    private sealed class ConfigurationMistakes : IValidateOptions<RealtimeApiOptions>
    {
        public ValidateOptionsResult Validate(string? name, RealtimeApiOptions options) =>
            options.ConfigurationMistakes.Count == 0
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(options.ConfigurationMistakes.Select(mistake => mistake.ToString()));
    }
}
