using EtchStream.Dataflow;
using EtchStream.Tests.Unpack;
using Xunit;

namespace EtchStream.Tests.Dataflow;

[Collection(PipelineCollection.Name)]
public sealed class StageScopeTests
{
    [Fact]
    public async Task What_is_written_when_the_reader_has_failed_already_is_given_back()
    {
        var before = PooledBuffer.Outstanding;
        var channel = StageScope.CreateChannel<PooledBuffer>(1);
        var scope = new StageScope(CancellationToken.None);
        await using (scope)
        {
            scope.Drain(channel.Reader);
            scope.Start(channel.Writer, async token =>
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(Timeout.Infinite, token));
                Assert.True(channel.Writer.TryWrite(PooledBuffer.Rent(1)));
            });
            scope.Start(_ => throw new IOException("broken"));
            Assert.Equal("broken", (await Assert.ThrowsAsync<IOException>(scope.CompleteAsync)).Message);
        }

        Assert.Equal(before, PooledBuffer.Outstanding);
    }
}
