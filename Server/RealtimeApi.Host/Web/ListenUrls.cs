using Microsoft.Extensions.Options;

namespace RealtimeApi.Hosting.Web;

/// <summary>The setting <c>Urls</c>, looked at before the start: the server's own refusal of an address does not name the setting, or even the address.</summary>
internal static class ListenUrls
{
    public const string Setting = "Urls";

    public static void AddListenUrls(this IServiceCollection services)
    {
        services.AddOptions<Checked>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<Checked>, Validator>();
    }

    internal static bool IsUsable(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Scheme is "http" or "https" && address.Port is >= 0 and <= ushort.MaxValue && address.PathBase.Length == 0;
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Stands for the setting among the options that are looked at together before the start; the server's own options are made sooner.</summary>
    private sealed class Checked;

    private sealed class Validator(IConfiguration configuration) : IValidateOptions<Checked>
    {
        public ValidateOptionsResult Validate(string? name, Checked options)
        {
            var urls = (configuration[Setting] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            string[] mistakes = [.. urls.Where(static url => !IsUsable(url))
                .Select(static url => $"{Setting} (--urls) has '{url}', which is no address to listen at; write e.g. {HostDefaults.Url}, or http://*:8080 for every network.")];
            return mistakes.Length > 0 ? ValidateOptionsResult.Fail(mistakes) : ValidateOptionsResult.Success;
        }
    }
}
