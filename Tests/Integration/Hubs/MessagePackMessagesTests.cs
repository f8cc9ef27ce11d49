namespace RealtimeApi.Tests.Integration.Hubs;

public sealed class MessagePackMessagesTests() : MessagesSpecification("messagepack");
