using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using RealtimeApi.Tests.Integration.Documents;
using RealtimeApi.Tests.TestSupport;
using Xunit;

namespace RealtimeApi.Tests.Integration.Draining;

/// <summary>The recipe for YARP, before hosts with the <c>Draining:Delay</c> that stands beside it.</summary>
public sealed class YarpTests : LoadBalancerSpecification
{
    [Fact]
    public void Program_OfTheDocument_Compiles() => DocumentCompiler.CompileProgram(
        "DeploymentYarp",
        $"using Microsoft.AspNetCore.Builder; using Microsoft.Extensions.DependencyInjection;\n{PrintedRecipe.Block("csharp", "AddReverseProxy")}");

    [Fact]
    public async Task Hosts_NoneOfWhichIsReady_AreAskedAllTheSame()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), TwoHosts.NoSignals);
        await using var host = await HostProcess.StartAsync(null, 0, "--database", Database.File, "--RealtimeApi:Draining:Delay=00:05:00");
        await using var balancer = await YarpServer.StartAsync(host.Address.Port, host.Address.Port);
        await Signal.SendAsync(host.Id, "-TERM");
        await balancer.UntilNotReadyAsync();

        using var client = new HttpClient { BaseAddress = balancer.Address };
        for (var i = 0; i < 20; i++)
        {
            using var read = await client.GetAsync(new Uri("api/orders", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        }
    }

    private protected override async Task<ILoadBalancer> StartAsync(int first, int second) => await YarpServer.StartAsync(first, second);

    protected override IEnumerable<string> HostSettings()
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(PrintedRecipe.Block("json", "Draining")));
        return [.. new ConfigurationBuilder().AddJsonStream(json).Build().AsEnumerable().Where(static setting => setting.Value is not null).Select(static setting => $"--{setting.Key}={setting.Value}")];
    }
}
