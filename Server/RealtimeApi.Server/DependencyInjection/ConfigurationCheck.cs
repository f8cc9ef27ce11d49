using System.ComponentModel;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace RealtimeApi.Server.DependencyInjection;

/// <summary>Compares a configuration section with the options it is to be bound to.</summary>
/// <remarks>The binder itself stops at the first value that is not of its type, and passes over names that it does not know.</remarks>
internal static class ConfigurationCheck
{
    /// <summary>Every setting that is no option, and every value that is not of its option's type.</summary>
    public static List<ConfigurationMistake> FindMistakes(IConfigurationSection section, Type options)
    {
        var mistakes = new List<ConfigurationMistake>();
        Check(section, options, mistakes);
        return mistakes;
    }

    private static void Check(IConfigurationSection section, Type type, List<ConfigurationMistake> mistakes)
    {
        var children = section.GetChildren().ToList();
        if (string.IsNullOrEmpty(section.Value) && children.Count == 0)
            return; // Nothing is said: null, or an empty section.
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (IsSimple(type))
            CheckValue(section, type, children.Count > 0, mistakes);
        else if (ElementOf(type, typeof(IDictionary<,>), 1) is { } entry)
            CheckEntries(section, children, entry, mistakes);
        else if (ElementOf(type, typeof(ICollection<>), 0) is { } element)
            CheckElements(section, children, element, mistakes);
        else
            CheckSection(section, children, type, mistakes);
    }

    private static void CheckValue(IConfigurationSection section, Type type, bool isSection, List<ConfigurationMistake> mistakes)
    {
        var example = ExampleOf(type);
        if (isSection)
            mistakes.Add(new(section.Path, $"is a section; give a value, e.g. {example}."));
        else if (!IsValue(type, section.Value!))
            mistakes.Add(new(section.Path, $"is '{section.Value}'; give a value like {example}."));
    }

    private static void CheckEntries(IConfigurationSection section, List<IConfigurationSection> children, Type entry, List<ConfigurationMistake> mistakes)
    {
        // "*" in place of the section is an entry without options.
        if (!string.IsNullOrEmpty(section.Value) && section.Value != Resources.ResourcesOptions.Wildcard)
            mistakes.Add(new(section.Path, $"is '{section.Value}'; give \"*\" or a section with one entry for each name."));
        foreach (var child in children)
            Check(child, entry, mistakes);
    }

    private static void CheckElements(IConfigurationSection section, List<IConfigurationSection> children, Type element, List<ConfigurationMistake> mistakes)
    {
        if (children.Count == 0)
            mistakes.Add(new(section.Path, $"is '{section.Value}'; give a list, e.g. [\"{section.Value}\"]."));
        foreach (var child in children)
            Check(child, element, mistakes);
    }

    private static void CheckSection(IConfigurationSection section, List<IConfigurationSection> children, Type type, List<ConfigurationMistake> mistakes)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance);
        // Not repeated: in place of a section for the database it is likely to be a connection string, password and all.
        if (!string.IsNullOrEmpty(section.Value))
            mistakes.Add(new(section.Path, $"is a value; give a section with {List(properties)}."));
        foreach (var child in children)
        {
            if (properties.FirstOrDefault(property => property.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)) is { } property)
                Check(child, property.PropertyType, mistakes);
            else if (!string.IsNullOrEmpty(child.Value) || child.GetChildren().Any())
                mistakes.Add(new(child.Path, $"is no setting. {section.Path} has {List(properties)}."));
        }
    }

    private static bool IsSimple(Type type) => type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(TimeSpan);

    private static bool IsValue(Type type, string value)
    {
        try
        {
            return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value) is not null;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException or NotSupportedException)
        {
            return false;
        }
    }

    private static string ExampleOf(Type type) =>
        type == typeof(bool) ? "true or false"
        : type == typeof(TimeSpan) ? "00:00:30 (hours:minutes:seconds) or 3.00:00:00 (days)"
        : type.IsEnum ? string.Join(" or ", Enum.GetNames(type))
        : type == typeof(string) ? "\"text\""
        : "100 (a whole number)";

    private static Type? ElementOf(Type type, Type contract, int argument) =>
        type.GetInterfaces().Prepend(type).FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == contract)?.GetGenericArguments()[argument];

    private static string List(IEnumerable<PropertyInfo> properties) => string.Join(", ", properties.Select(property => property.Name));
}
