using System.Collections.Concurrent;
using Azure.Core;
using Azure.Identity;
using Microsoft.Data.SqlClient;

namespace RealtimeApi.Hosting.Azure;

/// <summary>
/// Gives the host's connections to Azure SQL an identity of Microsoft Entra, where the connection string says so: <c>Authentication=Active Directory Default</c> (whatever
/// the machine offers), <c>Managed Identity</c>, <c>Workload Identity</c> or <c>Service Principal</c>. The ways that need a person are not a server's.
/// </summary>
/// <remarks>
/// SqlClient leaves this to a package of its own, Microsoft.Data.SqlClient.Extensions.Azure; where a program has that, it is not replaced. Thread-safe. Credentials are
/// kept, since each keeps its tokens.
/// </remarks>
internal sealed class AzureIdentity(Func<AzureIdentity.Wanted, TokenCredential> make) : SqlAuthenticationProvider
{
    private static readonly SqlAuthenticationMethod[] methods =
    [
        SqlAuthenticationMethod.ActiveDirectoryDefault,
        SqlAuthenticationMethod.ActiveDirectoryManagedIdentity,
        SqlAuthenticationMethod.ActiveDirectoryMSI,
        SqlAuthenticationMethod.ActiveDirectoryWorkloadIdentity,
        SqlAuthenticationMethod.ActiveDirectoryServicePrincipal,
    ];

    private readonly ConcurrentDictionary<Wanted, TokenCredential> credentials = [];

    /// <summary>Makes it known to SqlClient.</summary>
    public static void Register()
    {
        var provider = new AzureIdentity(Make);
        foreach (var method in methods)
        {
            if (GetProvider(method) is null)
                SetProvider(method, provider);
        }
    }

    public override bool IsSupported(SqlAuthenticationMethod authenticationMethod) => methods.Contains(authenticationMethod);

    public override async Task<SqlAuthenticationToken> AcquireTokenAsync(SqlAuthenticationParameters parameters)
    {
        // The server names its directory: https://login.microsoftonline.com/<tenant>, in some clouds with a path behind.
        var authority = new Uri(parameters.Authority);
        var credential = credentials.GetOrAdd(
            new(parameters.AuthenticationMethod, authority.GetLeftPart(UriPartial.Authority), authority.Segments.ElementAtOrDefault(1)?.Trim('/') ?? "", parameters.UserId, parameters.Password),
            make);
        const string all = "/.default";
        var scope = parameters.Resource.EndsWith(all, StringComparison.Ordinal) ? parameters.Resource : parameters.Resource + all;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(Math.Max(parameters.ConnectionTimeout, 15)), TimeProvider.System);
        var token = await credential.GetTokenAsync(new TokenRequestContext([scope]), patience.Token);
        return new SqlAuthenticationToken(token.Token, token.ExpiresOn);
    }

    private static TokenCredential Make(Wanted wanted)
    {
        var host = new Uri(wanted.AuthorityHost);
        var userId = string.IsNullOrWhiteSpace(wanted.UserId) ? null : wanted.UserId;
        return wanted.Method switch
        {
            SqlAuthenticationMethod.ActiveDirectoryManagedIdentity or SqlAuthenticationMethod.ActiveDirectoryMSI => new ManagedIdentityCredential(
                userId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(userId)),
            SqlAuthenticationMethod.ActiveDirectoryWorkloadIdentity => new WorkloadIdentityCredential(WorkloadOptions()),
            SqlAuthenticationMethod.ActiveDirectoryServicePrincipal => new ClientSecretCredential(
                wanted.Tenant, userId, wanted.Password, new ClientSecretCredentialOptions { AuthorityHost = host }),
            _ => new DefaultAzureCredential(new DefaultAzureCredentialOptions
            {
                AuthorityHost = host,
                TenantId = wanted.Tenant,
                ManagedIdentityClientId = userId,
                WorkloadIdentityClientId = userId,
                ExcludeInteractiveBrowserCredential = true,
            }),
        };

        WorkloadIdentityCredentialOptions WorkloadOptions()
        {
            // What is left out comes from the environment that the platform sets.
            var options = new WorkloadIdentityCredentialOptions { AuthorityHost = host };
            if (userId is not null)
                options.ClientId = userId;
            return options;
        }
    }

    /// <summary>What a connection asks for.</summary>
    internal sealed record Wanted(SqlAuthenticationMethod Method, string AuthorityHost, string Tenant, string? UserId, string? Password);
}
