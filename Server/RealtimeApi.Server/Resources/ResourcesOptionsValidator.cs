using Microsoft.Extensions.Options;
using RealtimeApi.Server.DependencyInjection;

namespace RealtimeApi.Server.Resources;

/// <summary>Names every setting of <see cref="ResourcesOptions"/> that cannot work whatever the database holds, and the fix.</summary>
internal sealed class ResourcesOptionsValidator : IValidateOptions<RealtimeApiOptions>
{
    public ValidateOptionsResult Validate(string? name, RealtimeApiOptions options)
    {
        List<string> failures = [];
        if (options.Resources.Count == 0)
            failures.Add($"{RealtimeApiOptions.SectionName}:Resources names none; give \"*\" for every table, or a section with one entry for each resource.");
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var defaultMaxTop = options.Resources.GetValueOrDefault(ResourcesOptions.Wildcard)?.MaxTop ?? 1000;
        foreach (var (entry, resource) in options.Resources)
        {
            var setting = ResourceSettings.PathOf(entry);
            CheckPages(resource, setting, defaultMaxTop, failures);
            if (entry == ResourcesOptions.Wildcard)
            {
                CheckWildcard(resource, setting, failures);
                continue;
            }

            CheckName(resource.Name ?? entry, resource.Name is null ? setting : $"{setting}:Name", failures);
            if (!names.TryAdd(resource.Name ?? entry, setting))
                failures.Add($"{setting}: {names[resource.Name ?? entry]} is called '{resource.Name ?? entry}', too. Choose another {setting}:Name.");
            foreach (var (column, field) in resource.Columns)
                CheckColumn(field, $"{setting}:Columns:{column}", failures);
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void CheckName(string name, string setting, List<string> failures)
    {
        if (string.Equals(name, "webhooks", StringComparison.OrdinalIgnoreCase))
            failures.Add($"{setting}: a resource cannot be called 'webhooks', the address of the webhooks themselves. Give it another Name.");
        else if (!WireName.IsValid(name))
            failures.Add($"{setting}: a resource cannot be called '{name}'. Use letters, digits and _, e.g. '{Proposal(name, "orders")}', "
                + "and name the table in Table.");
    }

    private static void CheckColumn(ColumnOptions field, string setting, List<string> failures)
    {
        if (field.Name is { } name && !WireName.IsValid(name))
            failures.Add($"{setting}:Name: a field cannot be called '{name}'. Use letters, digits and _, e.g. '{Proposal(name, "price")}'.");
        if (field.Hidden && field.Name is not null)
            failures.Add($"{setting}: a hidden column needs no Name. Remove one of the two.");
    }

    private static void CheckPages(ResourceOptions resource, string setting, int defaultMaxTop, List<string> failures)
    {
        if (resource.MaxTop is < 1 or > 100_000)
            failures.Add($"{setting}:MaxTop is {resource.MaxTop}; give a number from 1 to 100000.");
        if (resource.DefaultTop is < 1)
            failures.Add($"{setting}:DefaultTop is {resource.DefaultTop}; give at least 1.");
        else if (resource.DefaultTop > (resource.MaxTop ?? defaultMaxTop))
            failures.Add($"{setting}:DefaultTop is {resource.DefaultTop}, more than MaxTop, {resource.MaxTop ?? defaultMaxTop}. Lower it, or raise {setting}:MaxTop.");
    }

    private static void CheckWildcard(ResourceOptions resource, string setting, List<string> failures)
    {
        if (resource.Table is not null || resource.Name is not null || resource.Key.Count > 0 || resource.Columns.Count > 0)
            failures.Add($"{setting} stands for all tables and takes Watch, Write, Messages, Presence, DefaultTop and MaxTop only. Give the others in an entry for one table.");
    }

    private static string Proposal(string name, string otherwise) => WireName.Of(name) is { Length: > 0 } proposal ? proposal : otherwise;
}
