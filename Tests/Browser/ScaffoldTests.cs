namespace RealtimeApi.Tests.Browser;

public sealed class ScaffoldTests
{
    [Xunit.Fact]
    public void Scaffold_Builds_Runs() => Xunit.Assert.True(true);
}
