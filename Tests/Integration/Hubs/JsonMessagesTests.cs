namespace RealtimeApi.Tests.Integration.Hubs;

public sealed class JsonMessagesTests() : MessagesSpecification("json");
