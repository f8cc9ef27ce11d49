using System.Net;
using StackExchange.Redis;

namespace RealtimeApi.Server.Nodes;

/// <summary>The Sentinels that know which Redis is the master of a service; each may come and go.</summary>
/// <remarks>Thread-safe. The connection to them comes back by itself, and learns of new ones.</remarks>
internal sealed class Sentinels : IDisposable
{
    /// <summary>How long the answers of one question are waited for, so that one that is stuck holds up no connection.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly Lock gate = new();
    private readonly string service;
    private readonly ConfigurationOptions options;
    private readonly TimeProvider time;
    private Task<ConnectionMultiplexer> connecting;
    private volatile string? problem;

    /// <param name="setting">What the setting says: the Sentinels, and their service.</param>
    /// <param name="time">The clock.</param>
    public Sentinels(ConfigurationOptions setting, TimeProvider time)
    {
        this.time = time;
        service = setting.ServiceName!;
        options = setting.Clone();
        options.ServiceName = null;
        connecting = ConnectionMultiplexer.SentinelConnectAsync(options);
    }

    /// <summary>Why the last question had no answer, for people; null where it had one.</summary>
    public string? Problem => problem;

    /// <summary>The master by the word of most of those that answer, and whether most of all say so; null where none knows one.</summary>
    public async Task<(EndPoint Master, bool IsCertain)?> FindMasterAsync()
    {
        using var patience = new CancellationTokenSource(Patience, time);
        Dictionary<EndPoint, int> votes = [];
        var answers = 0;
        try
        {
            // Those that were learned of and have gone would otherwise count for ever: where addresses change, nothing would be certain any more.
            IServer[] servers = [.. (await ConnectAsync().WaitAsync(patience.Token)).GetServers().Where(server => server.IsConnected || options.EndPoints.Contains(server.EndPoint))];
            await foreach (var answer in Task.WhenEach(servers.Select(AskAsync)).WithCancellation(patience.Token))
            {
                var (hasAnswered, master) = await answer;
                if (hasAnswered)
                    answers++;
                if (master is null)
                    continue;
                votes[master] = votes.GetValueOrDefault(master) + 1;
                if (votes[master] * 2 > servers.Length)
                {
                    problem = null;
                    return (master, true);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or RedisException or ObjectDisposedException)
        {
            // What has been said by now counts.
        }

        problem = votes.Count > 0 ? null : answers > 0 ? $"Sentinel knows no service '{service}'" : "no Sentinel answers";
        return votes.Count > 0 ? (votes.MaxBy(static vote => vote.Value).Key, false) : null;
    }

    public void Dispose()
    {
        lock (gate)
        {
            connecting.ContinueWith(
                static done =>
                {
                    done.Result.Close(allowCommandsToComplete: false);
                    done.Result.Dispose();
                },
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    /// <summary>The connection, which may be down; one that could not even be begun is begun again.</summary>
    private Task<ConnectionMultiplexer> ConnectAsync()
    {
        lock (gate)
            return connecting = connecting.IsFaulted ? ConnectionMultiplexer.SentinelConnectAsync(options) : connecting;
    }

    private async Task<(bool HasAnswered, EndPoint? Master)> AskAsync(IServer sentinel)
    {
        try
        {
            return (true, await sentinel.SentinelGetMasterAddressByNameAsync(service));
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            return (false, null);
        }
    }
}
