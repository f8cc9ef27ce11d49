using RealtimeApi.Contracts;

namespace RealtimeApi.Server.Hubs;

/// <summary>Somebody who watches an item.</summary>
internal readonly record struct PresenceEntry(RoomAddress Address, Peer Peer);
