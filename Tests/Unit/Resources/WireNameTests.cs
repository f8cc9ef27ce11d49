using RealtimeApi.Server.Resources;
using Xunit;

namespace RealtimeApi.Tests.Unit.Resources;

public sealed class WireNameTests
{
    [Theory]
    [InlineData("Orders", "orders")]
    [InlineData("Order Details", "orderDetails")]
    [InlineData("ProductID", "productID")]
    [InlineData("AlbumId", "albumId")]
    [InlineData("ID", "id")]
    [InlineData("URLPath", "urlPath")]
    [InlineData("order_status", "order_status")]
    [InlineData("order-line items", "orderLineItems")]
    [InlineData("  x y", "xY")]
    [InlineData("Größe (cm)", "größeCm")]
    [InlineData("2024 Sales", "2024Sales")]
    [InlineData("***", "")]
    public void Of_DatabaseName_IsCamelCaseWithoutOtherCharacters(string name, string wire) => Assert.Equal(wire, WireName.Of(name));
}
