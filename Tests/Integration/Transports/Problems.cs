using System.Text.Json;
using Xunit;

namespace RealtimeApi.Tests.Integration.Transports;

/// <summary>Reads problem details.</summary>
internal static class Problems
{
    public static RefusedException ToException(JsonElement problem)
    {
        var type = problem.GetProperty("type").GetString()!;
        Assert.StartsWith("/problems/", type, StringComparison.Ordinal);
        Assert.InRange(problem.GetProperty("status").GetInt32(), 400, 599);
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        return new(type["/problems/".Length..], problem.GetProperty("detail").GetString()!);
    }

    /// <summary>Throws what an answer other than 200 says.</summary>
    public static async Task ThrowIfRefusedAsync(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
            return;
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal((int)response.StatusCode, document.RootElement.GetProperty("status").GetInt32());
        throw ToException(document.RootElement);
    }
}
