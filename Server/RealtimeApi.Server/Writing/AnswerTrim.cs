using Microsoft.Extensions.Logging;
using RealtimeApi.Server.Leases;
using RealtimeApi.Server.Resources;

namespace RealtimeApi.Server.Writing;

/// <summary>Deletes the answers that are no longer remembered, every hour. One node does it.</summary>
internal sealed class AnswerTrim(LeasedJobContext context, CatalogSource catalogs, ILogger<AnswerTrim> logger)
    : LeasedJob(context, LeaseName, TimeSpan.FromHours(1), logger)
{
    public const string LeaseName = "answers";

    private DateTimeOffset Oldest => Time.GetUtcNow() - ResourceWrites.Remembered;

    protected override async ValueTask<bool> IsNeededAsync(CancellationToken cancellationToken) =>
        catalogs.Current.Resources.Any(static resource => resource.Writable) && await Database.Writes.HasAnswersAsync(Oldest, cancellationToken);

    protected override Task RunAsync(CancellationToken cancellationToken) => Database.Writes.TrimAnswersAsync(Oldest, cancellationToken);
}
