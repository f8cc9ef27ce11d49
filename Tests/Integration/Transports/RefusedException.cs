namespace RealtimeApi.Tests.Integration.Transports;

/// <summary>A watch was refused, or has ended, with a problem.</summary>
internal sealed class RefusedException(string code, string detail) : Exception($"{code}: {detail}")
{
    public string Code { get; } = code;
}
