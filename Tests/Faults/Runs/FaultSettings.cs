using System.Globalization;

namespace RealtimeApi.Tests.Faults.Runs;

/// <summary>How long a run lasts, and the number that all its choices follow from.</summary>
internal static class FaultSettings
{
    private const string SeedVariable = "REALTIMEAPI_TEST_SEED";
    private const string SecondsVariable = "REALTIMEAPI_FAULTS_SECONDS";

    /// <summary>The seed to look at a failure again, or one of its own.</summary>
    public static int Seed { get; } = Read(SeedVariable) ?? Random.Shared.Next(1_000_000_000);

    /// <summary>How long each of the random runs is disturbed: short enough for every build unless asked otherwise.</summary>
    public static TimeSpan Duration { get; } = TimeSpan.FromSeconds(Read(SecondsVariable) ?? 20);

    /// <summary>Whether there is time for what takes half a minute by itself.</summary>
    public static bool IsLong => Duration >= TimeSpan.FromMinutes(3);

    /// <summary>What to set to have the same choices again. (What the processes make of them is never quite the same.)</summary>
    public static string Repeat => string.Create(CultureInfo.InvariantCulture, $"{SeedVariable}={Seed} {SecondsVariable}={Duration.TotalSeconds}");

    private static int? Read(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
