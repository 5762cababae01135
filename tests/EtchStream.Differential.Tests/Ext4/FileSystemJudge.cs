using System.Globalization;
using System.Text.RegularExpressions;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;

namespace EtchStream.Differential.Tests.Ext4;

/// <summary>Says all that is wrong with a partition into which files were unpacked.</summary>
internal static partial class FileSystemJudge
{
    /// <summary>Compares an unpacked image with the one that was packed and with the kernel's own result.</summary>
    /// <param name="before">The volume as it went into the archive.</param>
    /// <param name="kernel">The same, with the payload unpacked by the kernel.</param>
    /// <param name="actual">What is judged. It is changed at the end, when a kernel works with it.</param>
    /// <param name="isHostileTree">Whether the payload was a <see cref="HostileTree"/>, whose large folders are looked at closer.</param>
    public static IReadOnlyList<string> Judge(Ext4Image before, Ext4Image kernel, Ext4Image actual, bool isHostileTree = true)
    {
        var complaints = new List<string>();
        Collect("e2fsck", actual.Check);
        Collect("our own check of it", () => OurCheck.Of(actual));
        Collect("our own check of what the kernel wrote", () => OurCheck.Of(kernel));
        Collect("dumpe2fs", () => actual.Summarize().Complaints());
        Collect("image", () => CompareOutside(before, actual));
        Collect("kernel mount", () => CompareTrees(kernel, actual));
        if (isHostileTree) Collect("index", () => CompareIndexes(kernel, actual));
        if (isHostileTree && complaints.Count == 0) Collect("e2fsck after the kernel has worked with it", () => LetTheKernelWork(actual));
        return complaints;

        // A judge that stumbles over what it is shown (a program ends with an error, a read fails) has found something too.
        void Collect(string judge, Func<IEnumerable<string>> look)
        {
            try
            {
                complaints.AddRange(look().Select(line => $"{judge}: {line}"));
            }
            catch (Exception error) when (error is IOException or InvalidOperationException)
            {
                complaints.Add($"{judge}: {error.Message}");
            }
        }
    }

    private static IEnumerable<string> CompareTrees(Ext4Image kernel, Ext4Image actual)
    {
        TreeManifest expected, found;
        using (var mount = LoopMount.Open(kernel)) expected = TreeManifest.Read(mount.Path);
        using (var mount = LoopMount.Open(actual)) found = TreeManifest.Read(mount.Path);
        foreach (var line in TreeManifest.Diff(expected, found)) yield return line;

        // Holes stay holes: what is mostly a hole for the kernel may not be filled with zeros.
        foreach (var entry in expected.Entries.Where(entry => entry.Kind == FileKind.File && entry.Size >= 1 << 20 && entry.Allocated < entry.Size / 2))
        {
            if (found.Find(entry.Path) is { } other && other.Allocated > Math.Max(entry.Allocated * 5 / 4, entry.Allocated + 65_536))
                yield return $"/{TreeText.Show(entry.Path)}: takes {other.Allocated} bytes of storage, {entry.Allocated} when the kernel writes it";
        }
    }

    // Everything before and behind the partition is as it was.
    private static IEnumerable<string> CompareOutside(Ext4Image before, Ext4Image actual)
    {
        using var a = File.OpenHandle(before.Path);
        using var b = File.OpenHandle(actual.Path);
        var length = RandomAccess.GetLength(a);
        if (length != RandomAccess.GetLength(b))
        {
            yield return $"the image has {RandomAccess.GetLength(b)} bytes, not {length}";
            yield break;
        }

        var x = new byte[1 << 20];
        var y = new byte[1 << 20];
        foreach (var (start, end) in new[] { (0, before.Offset), (before.Offset + before.Length, length) })
        {
            for (var at = start; at < end;)
            {
                var count = RandomAccess.Read(a, x.AsSpan(0, (int)Math.Min(x.Length, end - at)), at);
                for (var got = 0; got < count;) got += RandomAccess.Read(b, y.AsSpan(got, count - got), at + got);
                var same = x.AsSpan(0, count).CommonPrefixLength(y.AsSpan(0, count));
                if (same < count) yield return $"byte {at + same} outside the partition has changed";
                at += count;
            }
        }
    }

    // A large folder without an index opens, but slowly; e2fsck has nothing against it.
    private static IEnumerable<string> CompareIndexes(Ext4Image kernel, Ext4Image actual)
    {
        const int IndexFlag = 0x1000;
        foreach (var folder in (string[])["/flat", "/folders"])
        {
            if ((Flags(kernel, folder) & IndexFlag) != 0 && (Flags(actual, folder) & IndexFlag) == 0) yield return $"{folder}: has no index";
        }
    }

    private static int Flags(Ext4Image volume, string path) =>
        int.Parse(FlagsLine().Match(volume.DebugFs($"stat {path}")).Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    // A device boots and writes: the kernel adds to what was made and takes it away again, and all is still well.
    private static IEnumerable<string> LetTheKernelWork(Ext4Image volume)
    {
        using (var mount = LoopMount.Open(volume, readOnly: false))
        {
            using (var tree = new TreeBuilder(mount.Path))
            {
                tree.Folder("later");
                for (var i = 0; i < 300; i++)
                {
                    tree.File($"flat/later-{i}", i % 10 == 0 ? new byte[1000] : []);
                    tree.Folder($"later/{i}");
                }
            }

            HostTool.RunOk("rm", "-r", Path.Combine(mount.Path, "folders"), Path.Combine(mount.Path, "sparse"), Path.Combine(mount.Path, "xattrs"), Path.Combine(mount.Path, "links"));
        }

        return volume.Check().Concat(OurCheck.Of(volume));
    }

    [GeneratedRegex(@"Flags: 0x([0-9a-f]+)", RegexOptions.None, 10_000)]
    private static partial Regex FlagsLine();
}
