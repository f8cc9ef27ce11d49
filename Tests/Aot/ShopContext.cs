using System.Text.Json;
using System.Text.Json.Serialization;

namespace RealtimeApi.Tests.Aot;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Order))]
internal sealed partial class ShopContext : JsonSerializerContext;
