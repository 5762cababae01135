using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Differential.Tests.Ext4;

/// <summary>
/// Archives made by hand are unpacked into file systems of every make. Each result is judged by e2fsck, by dumpe2fs, and by the
/// kernel, object by object against what the kernel itself makes of the same archive.
/// </summary>
public abstract class MatrixTests
{
    /// <summary>Runs the case of that name.</summary>
    protected static async Task Run(string name, Func<string, string, Task> unpack) =>
        Nothing.Wrong(name, await MatrixRunner.RunAsync(FileSystemCases.Get(name), unpack));
}

/// <summary>ext4 with features on and off, first half.</summary>
public sealed class Ext4FeatureTests : MatrixTests
{
    public static TheoryData<string> Cases => FileSystemCases.Names(FileSystemCases.Features().Where((_, i) => i % 2 == 0));

    [ToolTheory("mke2fs", "e2fsck", "dumpe2fs", "debugfs", "tar", "debootstrap", RequiresRoot = true)]
    [MemberData(nameof(Cases))]
    public Task Unpacks_into(string name) => Run(name, Unpackers.Library);
}

/// <summary>The second half: the runner works on two classes at a time.</summary>
public sealed class MoreExt4FeatureTests : MatrixTests
{
    public static TheoryData<string> Cases => FileSystemCases.Names(FileSystemCases.Features().Where((_, i) => i % 2 == 1));

    [ToolTheory("mke2fs", "e2fsck", "dumpe2fs", "debugfs", "tune2fs", "tar", RequiresRoot = true)]
    [MemberData(nameof(Cases))]
    public Task Unpacks_into(string name) => Run(name, Unpackers.Library);
}

/// <summary>ext2 and ext3.</summary>
public sealed class Ext2And3Tests : MatrixTests
{
    public static TheoryData<string> Cases => FileSystemCases.Names(FileSystemCases.Older());

    [ToolTheory("mke2fs", "e2fsck", "dumpe2fs", "debugfs", "tar", "debootstrap", RequiresRoot = true)]
    [MemberData(nameof(Cases))]
    public Task Unpacks_into(string name) => Run(name, Unpackers.Library);
}

/// <summary>File systems that were filled, fragmented and used by a kernel before.</summary>
public sealed class UsedFileSystemTests : MatrixTests
{
    public static TheoryData<string> Cases => FileSystemCases.Names(FileSystemCases.Pasts());

    [ToolTheory("mke2fs", "e2fsck", "dumpe2fs", "debugfs", "tar", RequiresRoot = true)]
    [MemberData(nameof(Cases))]
    public Task Unpacks_into(string name) => Run(name, Unpackers.Library);
}

/// <summary>Disks laid out as balenaOS has them, by the command line.</summary>
public sealed class BalenaDiskTests : MatrixTests
{
    public static TheoryData<string> Cases => FileSystemCases.Names(FileSystemCases.Balena());

    [ToolTheory("mke2fs", "e2fsck", "dumpe2fs", "debugfs", "tar", "mkfs.vfat", "sgdisk", "debootstrap", RequiresRoot = true)]
    [MemberData(nameof(Cases))]
    public Task Unpacks_into(string name) => Run(name, Unpackers.CommandLine);
}

/// <summary>100 000 files in one folder, 65 000 folders in another.</summary>
public sealed class LargeFolderTests : MatrixTests
{
    public static TheoryData<string> Cases => FileSystemCases.Names(FileSystemCases.Large());

    [ToolTheory("mke2fs", "e2fsck", "dumpe2fs", "debugfs", "tar", RequiresRoot = true)]
    [MemberData(nameof(Cases))]
    public Task Unpacks_into(string name) => Run(name, Unpackers.Library);
}

/// <summary>The complete cross product, in long runs only.</summary>
public sealed class CrossProductTests : MatrixTests
{
    /// <summary>One case stands for all when they are not wanted: a theory must have data.</summary>
    public static TheoryData<string> Cases => FileSystemCases.Names(FileSystemCases.Soak().Take(Soak.IsOn ? int.MaxValue : 1));

    [ToolTheory("mke2fs", "e2fsck", "dumpe2fs", "debugfs", "tar", RequiresRoot = true)]
    [MemberData(nameof(Cases))]
    public Task Unpacks_into(string name) => Run(name, Unpackers.Library);
}
