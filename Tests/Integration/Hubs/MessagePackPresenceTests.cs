namespace RealtimeApi.Tests.Integration.Hubs;

public sealed class MessagePackPresenceTests() : PresenceSpecification("messagepack");
