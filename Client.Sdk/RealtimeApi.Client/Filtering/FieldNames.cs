using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RealtimeApi.Client;

/// <summary>How the serializer names the members of an item, and writes their values.</summary>
internal sealed class FieldNames(JsonSerializerOptions options)
{
    /// <summary>The JSON name of a property or field, or null when the serializer does not read it.</summary>
    public string? Of(MemberInfo member)
    {
        if (member.GetCustomAttribute<JsonIgnoreAttribute>() is { Condition: JsonIgnoreCondition.Always })
            return null;
        return member.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name
            ?? options.PropertyNamingPolicy?.ConvertName(member.Name)
            ?? member.Name;
    }

    /// <summary>An enum value as the serializer writes it in this member: a string or a number.</summary>
    public JsonElement Write(MemberInfo member, Enum value)
    {
        var type = value.GetType();
        if (member.GetCustomAttribute<JsonConverterAttribute>() is not { } attribute)
            return JsonSerializer.SerializeToElement(value, options.GetTypeInfo(type));

        var converter = attribute.ConverterType is { } converterType ? (JsonConverter)Activator.CreateInstance(converterType)! : attribute.CreateConverter(type)!;
#pragma warning disable CA1869 // A property with its own converter in a filter that is being written: neither frequent nor worth a cache.
        var own = new JsonSerializerOptions(options);
#pragma warning restore CA1869
        own.Converters.Insert(0, converter);
        return JsonSerializer.SerializeToElement(value, own.GetTypeInfo(type));
    }
}
