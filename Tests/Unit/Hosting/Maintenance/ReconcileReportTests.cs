using Microsoft.Extensions.Time.Testing;
using RealtimeApi.Hosting.Maintenance;
using RealtimeApi.Server.Data;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hosting.Maintenance;

public sealed class ReconcileReportTests
{
    [Fact]
    public void Report_WhileItRuns_TellsEveryOtherSecond()
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var progress = new StringWriter { NewLine = "\n" };
        var clock = new FakeTimeProvider();
        var report = new ReconcileReport(output, progress, clock);
        for (var i = 1; i <= 50; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            report.Report(("orders", new ReconciliationProgress(i * 1000, 60_000, 0, 0, 0), false));
        }

        report.Report(("orders", new ReconciliationProgress(60_000, 60_000, 1, 2, 3_000) { Note = "Look." }, true));

        Assert.Equal("orders: 20,000 of about 60,000 rows compared\norders: 40,000 of about 60,000 rows compared\n", progress.ToString());
        Assert.Equal("orders: 60,000 rows compared; written to the log: 1 created, 2 updated, 3,000 deleted.\n  Look.\n", output.ToString());
    }
}
