using System.Diagnostics;
using System.Globalization;

namespace RealtimeApi.Tests.TestSupport;

/// <summary>Signals to other processes, where the system has them.</summary>
public static class Signal
{
    /// <summary>Sends one, e.g. <c>-STOP</c>, and waits until it is sent.</summary>
    public static async Task SendAsync(int process, string signal)
    {
        using var kill = Process.Start("kill", [signal, process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}
