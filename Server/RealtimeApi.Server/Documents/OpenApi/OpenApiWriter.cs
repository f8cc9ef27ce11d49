using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace RealtimeApi.Server.Documents.OpenApi;

/// <summary>Writes the OpenAPI 3.1 document, with what the host's own transformers have made of it.</summary>
internal sealed class OpenApiWriter(IOpenApiDocumentProvider documents)
{
    public async Task<byte[]> WriteAsync(ServerAddress address, CancellationToken cancellationToken)
    {
        var document = await documents.GetOpenApiDocumentAsync(cancellationToken);
        // A path, since a proxy may have another name for the host.
        document.Servers = [new() { Url = address.Path.Length == 0 ? "/" : address.Path }];
        document.Info.Description = document.Info.Description?.Replace(Guide.Server, address.Url, StringComparison.Ordinal);
        var text = new StringWriter();
        document.SerializeAsV31(new OpenApiJsonWriter(text, new OpenApiJsonWriterSettings { Terse = true }));
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
