using Azure.Core;
using Microsoft.Data.SqlClient;
using RealtimeApi.Hosting.Azure;
using Xunit;

namespace RealtimeApi.Tests.Unit.Hosting.Azure;

public sealed class AzureIdentityTests
{
    private readonly List<AzureIdentity.Wanted> made = [];
    private readonly List<string> scopes = [];
    private readonly AzureIdentity identity;

    public AzureIdentityTests() => identity = new(wanted =>
    {
        made.Add(wanted);
        return new Credential(scopes);
    });

    [Theory]
    [InlineData("https://login.microsoftonline.com/tenant-1", "https://login.microsoftonline.com")]
    [InlineData("https://login.chinacloudapi.cn/tenant-1/oauth2/authorize", "https://login.chinacloudapi.cn")]
    public async Task AcquireToken_OfADirectory_AsksItForTheDatabasesScope(string authority, string host)
    {
        var token = await identity.AcquireTokenAsync(Parameters(SqlAuthenticationMethod.ActiveDirectoryDefault, authority, userId: null));
        Assert.Equal("token", token.AccessToken);
        Assert.Equal((host, "tenant-1"), (made[0].AuthorityHost, made[0].Tenant));
        Assert.Equal(["https://database.windows.net//.default"], scopes);
    }

    [Fact]
    public async Task AcquireToken_Again_UsesTheCredentialThatHasTheToken()
    {
        foreach (var userId in (string[])["a", "a", "b"])
            await identity.AcquireTokenAsync(Parameters(SqlAuthenticationMethod.ActiveDirectoryManagedIdentity, "https://login.microsoftonline.com/t", userId));
        Assert.Equal(["a", "b"], made.Select(wanted => wanted.UserId));
    }

    [Theory]
    [InlineData(SqlAuthenticationMethod.ActiveDirectoryDefault, true)]
    [InlineData(SqlAuthenticationMethod.ActiveDirectoryManagedIdentity, true)]
    [InlineData(SqlAuthenticationMethod.ActiveDirectoryWorkloadIdentity, true)]
    [InlineData(SqlAuthenticationMethod.ActiveDirectoryServicePrincipal, true)]
    [InlineData(SqlAuthenticationMethod.ActiveDirectoryInteractive, false)]
    [InlineData(SqlAuthenticationMethod.SqlPassword, false)]
    public void IsSupported_OfWhatNeedsNoPerson_Is(SqlAuthenticationMethod method, bool supported) => Assert.Equal(supported, identity.IsSupported(method));

    /// <summary>What SqlClient would hand over.</summary>
    private static SqlAuthenticationParameters Parameters(SqlAuthenticationMethod method, string authority, string? userId) =>
        new(method, "db.example", "Shop", "https://database.windows.net/", authority, userId, null, Guid.Empty, 15);

    private sealed class Credential(List<string> scopes) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            scopes.AddRange(requestContext.Scopes);
            return new("token", DateTimeOffset.UnixEpoch);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
    }
}
