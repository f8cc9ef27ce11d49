using RealtimeApi.Client;
using Xunit;

namespace RealtimeApi.Tests.Unit.Client.Writing;

public sealed class OwnWritesTests
{
    private readonly OwnWrites writes = new();

    [Fact]
    public void Writes_OneAfterTheOther_LeaveTheLastCursor()
    {
        Assert.Equal(default, writes.Mark);
        writes.End(writes.Begin(), "a");
        writes.End(writes.Begin(), "b");

        Assert.Equal(new("b"), writes.Mark);
    }

    [Fact]
    public void Writes_ThatOverlap_AreReadFromTheDatabaseUntilOneComesAfterThem()
    {
        var (first, second) = (writes.Begin(), writes.Begin());
        writes.End(second, "b");
        Assert.Equal(new("b"), writes.Mark);
        writes.End(first, "a");
        Assert.True(writes.Mark.FromDatabase);

        writes.End(writes.Begin(), "c");

        Assert.Equal(new("c"), writes.Mark);
    }

    [Fact]
    public void Write_ThatOverlapsOnlyTheEarlierOfTwo_IsStillUnordered()
    {
        var slow = writes.Begin();
        writes.End(writes.Begin(), "a");
        writes.End(writes.Begin(), "b");
        writes.End(slow, "c");

        Assert.True(writes.Mark.FromDatabase);
    }

    [Fact]
    public void Cursor_ThatExpired_IsForgottenUnlessANewerIsKnown()
    {
        writes.End(writes.Begin(), "a");
        writes.Forget("z");
        Assert.Equal(new("a"), writes.Mark);
        writes.Forget("a");
        Assert.Equal(default, writes.Mark);
    }

    [Fact]
    public void Write_WithoutACursor_ChangesNothing()
    {
        writes.End(writes.Begin(), "a");
        writes.End(writes.Begin(), null);

        Assert.Equal(new("a"), writes.Mark);
    }
}
