using EtchStream.Unpack;
using Xunit;

namespace EtchStream.Tests.Unpack;

public sealed class UnpackCountersTests
{
    [Theory]
    [InlineData(100, 60, 40L)]
    [InlineData(100, 100, 40L)]
    [InlineData(100, 101, null)]
    [InlineData(null, 60, null)]
    public void What_is_left_behind_the_image_is_told_where_it_is_known(int? length, int read, long? total)
    {
        var counters = new UnpackCounters { InputLength = length, InputBytes = 60 };
        counters.Phase = UnpackPhase.Files;
        counters.InputBytes = read;
        var progress = counters.Snapshot();
        Assert.Equal((read - 60, total), (progress.PhaseBytes, progress.PhaseTotalBytes));
    }

    [Fact]
    public void The_length_of_what_tells_none_is_not_known()
    {
        // As a block device does, which can be positioned.
        Assert.Null(ArchiveInput.FromStream(new MemoryStream(), "x").Length);
        Assert.Equal(2, ArchiveInput.FromStream(new MemoryStream(new byte[5]) { Position = 3 }, "x").Length);
    }
}
