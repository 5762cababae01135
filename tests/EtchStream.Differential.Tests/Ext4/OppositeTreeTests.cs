using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Differential.Tests.Ext4;

/// <summary>
/// Archives that list paths twice, with objects of other kinds the first time: the later wins, and the result is that of an archive
/// that has only the later ones, to the kernel and to e2fsck.
/// </summary>
public sealed class OppositeTreeTests
{
    [ToolTheory("mke2fs", "e2fsck", "dumpe2fs", "debugfs", "tar", RequiresRoot = true)]
    [InlineData("ext4, no flex_bg")]
    [InlineData("ext4, blocks of 1 KiB")]
    [InlineData("ext4, inline_data")]
    [InlineData("ext4, uninit_bg")]
    [InlineData("ext4, few inodes left in each group")]
    [InlineData("ext2, blocks of 1024, inodes of 128")]
    [InlineData("ext3, blocks of 4096, inodes of 256")]
    [InlineData("ext4, 90 % full and fragmented")]
    public async Task What_came_first_leaves_no_trace(string name)
    {
        var c = FileSystemCases.Get(name);
        using var folder = new TemporaryFolder();
        await OppositeTree.MakeAsync(c.Archives()[0], folder["opposite.tar"], seed: name.Length);
        Nothing.Wrong(name, await MatrixRunner.RunAsync(c, Unpackers.Library, replaced: folder["opposite.tar"]));
    }
}
