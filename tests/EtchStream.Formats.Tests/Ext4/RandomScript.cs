using System.Text;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;

namespace EtchStream.Formats.Tests.Ext4;

/// <summary>A seeded sequence of calls on a writer that can be played any number of times, and the tree that has to come out of it.</summary>
internal sealed class RandomScript
{
    private static readonly UnixAttributes ParentAttributes = new() { Mode = 0x1ED };
    private readonly Random _random;
    private readonly int _blockSize;
    private readonly int _run;
    private readonly List<Action<Ext4Writer, IBlockWriter>> _steps = [];
    private readonly bool _isWide;

    public RandomScript(int seed, int blockSize, bool isWide, ModelNode root, int run, int count)
    {
        _random = new Random(seed);
        _blockSize = blockSize;
        _isWide = isWide;
        _run = run;
        Root = root;
        SetDirectory("");
        for (var i = 0; i < count; i++) Step();
    }

    public ModelNode Root { get; }

    public static ModelNode EmptyRoot() => new(FileKind.Directory, ParentAttributes, 0);

    /// <param name="disk">The partition.</param>
    /// <param name="writer">Where content and other queued blocks go.</param>
    public void Play(IDisk disk, IBlockWriter writer)
    {
        var target = Ext4Writer.Open(disk, writer);
        foreach (var step in _steps) step(target, writer);
        foreach (var _ in target.Commit())
        {
        }
    }

    private static byte[] Bytes(string path) => Encoding.Latin1.GetBytes(path);

    private void Step()
    {
        switch (_random.Next(20))
        {
            case < 3:
                SetDirectory(NewPath(make: _random.Next(4) == 0));
                break;
            case < 5 when ExistingPath(node => node.Kind == FileKind.Directory) is { } existing:
                SetDirectory(existing);
                break;
            case < 8 when ReplaceablePath() is { } replaced:
                Leaf(replaced);
                break;
            case < 9 when ReplaceablePath() is { } replaced && Lookup(replaced) is { Kind: not FileKind.Directory } node && (node.Kind != FileKind.SymbolicLink || node.Run == _run):
                SetDirectory(replaced);
                break;
            case < 11 when ExistingPath(node => node.Kind != FileKind.Directory) is { } target:
                var link = _random.Next(3) == 0 ? ReplaceablePath() ?? NewPath(make: true) : NewPath(make: _random.Next(5) == 0);
                if (!target.StartsWith($"{link}/", StringComparison.Ordinal)) Link(link, target);
                break;
            default:
                Leaf(NewPath(make: _random.Next(6) == 0));
                break;
        }
    }

    private void Leaf(string path)
    {
        switch (_random.Next(10))
        {
            case < 4:
                AddFile(path, Dense());
                break;
            case < 6:
                AddSparseFile(path);
                break;
            case < 8:
                int[] lengths = [1, 58, 59, 60, 61, _blockSize - 1, _random.Next(1, _blockSize)];
                var target = new byte[lengths[_random.Next(lengths.Length)]];
                for (var i = 0; i < target.Length; i++) target[i] = (byte)_random.Next(1, 256);
                var attributes = Attributes();
                _steps.Add((writer, _) => writer.CreateSymbolicLink(Bytes(path), target, attributes));
                Put(path, new ModelNode(FileKind.SymbolicLink, attributes, _run) { Content = target });
                break;
            default:
                AddNode(path);
                break;
        }
    }

    private byte[] Dense()
    {
        int[] sizes = [0, 1, _blockSize - 1, _blockSize, _blockSize + 1, 12 * _blockSize, 12 * _blockSize + 1, 50 * _blockSize - 7, _random.Next(5 * _blockSize)];
        var content = new byte[sizes[_random.Next(sizes.Length)]];
        _random.NextBytes(content);
        return content;
    }

    private void AddFile(string path, byte[] content, List<DataRun>? runs = null)
    {
        var attributes = Attributes();
        _steps.Add((writer, disk) =>
        {
            foreach (var run in writer.CreateFile(Bytes(path), attributes, content.Length, runs))
            {
                var data = new byte[run.Length];
                content.AsSpan((int)run.FileOffset, (int)Math.Min(run.Length, content.Length - run.FileOffset)).CopyTo(data);
                disk.Write(run.VolumeOffset, data);
            }
        });
        Put(path, new ModelNode(FileKind.File, attributes, _run) { Content = content });
    }

    /// <summary>Stretches that begin and end inside blocks, some of them in the same one, behind the first indirect blocks as well.</summary>
    private void AddSparseFile(string path)
    {
        var content = new byte[_random.Next(2) == 0 ? _random.Next(1, 40 * _blockSize) : _random.Next(1, 700 * _blockSize)];
        var runs = new List<DataRun>();
        long at = 0;
        for (var i = _random.Next(30); i > 0; i--)
        {
            at += _random.Next(3) switch { 0 => 0, 1 => _random.Next(_blockSize), _ => _random.Next(content.Length / 8 + 1) };
            var length = Math.Min(content.Length - at, _random.Next(3) switch { 0 => _random.Next(1, 20), 1 => _blockSize, _ => _random.Next(1, 3 * _blockSize) });
            if (length <= 0) break;
            _random.NextBytes(content.AsSpan((int)at, (int)length));
            runs.Add(new DataRun(at, length));
            at += length;
        }

        if (_random.Next(2) == 0) runs.Add(new DataRun(content.Length, 0));
        AddFile(path, content, runs);
    }

    private void AddNode(string path)
    {
        var kind = (FileKind[])[FileKind.CharacterDevice, FileKind.BlockDevice, FileKind.Fifo, FileKind.Socket] is var kinds ? kinds[_random.Next(4)] : default;
        (uint, uint)[] devices = [(1, 3), (255, 255), (256, 0), (0, 256), (4095, 1048575), (8, 0x12345), (0, 0)];
        var (major, minor) = devices[_random.Next(devices.Length)];
        var attributes = Attributes();
        _steps.Add((writer, _) => writer.CreateNode(Bytes(path), kind, major, minor, attributes));
        Put(path, new ModelNode(kind, attributes, _run) { Device = (major, minor) });
    }

    private void Link(string path, string target)
    {
        _steps.Add((writer, _) => writer.CreateHardLink(Bytes(path), Bytes(target)));
        var node = Lookup(target);
        if (path != target && TryLookup(path) != node) Put(path, node, ModelNode.Fit(node.Attributes.ModificationTime, _isWide));
    }

    private void SetDirectory(string path)
    {
        // Few names, since those of a directory that was there before add up.
        var attributes = Attributes(_random.Next(5), spaces: 1);
        _steps.Add((writer, _) => writer.CreateDirectory(Bytes(path), attributes));
        if (TryLookup(path) is { Kind: FileKind.Directory } existing)
        {
            var kept = existing.Run == _run ? [] : existing.Attributes.Xattrs.Where(x => !XattrNames.IsAcl(x.Name) && !attributes.Xattrs.Any(a => a.Name.AsSpan().SequenceEqual(x.Name)));
            existing.Attributes = new UnixAttributes { Mode = attributes.Mode, UserId = attributes.UserId, GroupId = attributes.GroupId, ModificationTime = attributes.ModificationTime, Xattrs = [.. kept, .. attributes.Xattrs] };
            return;
        }

        Put(path, new ModelNode(FileKind.Directory, attributes, _run));
    }

    private void Put(string path, ModelNode node, UnixTime? time = null)
    {
        var parent = Root;
        var parts = path.Split('/');
        foreach (var part in parts[..^1])
        {
            if (!parent.Children.TryGetValue(part, out var next))
            {
                next = new ModelNode(FileKind.Directory, new UnixAttributes { Mode = 0x1ED, ModificationTime = time ?? node.Attributes.ModificationTime }, _run);
                parent.Children.Add(part, next);
            }

            parent = next;
        }

        parent.Children[parts[^1]] = node;
    }

    private ModelNode Lookup(string path) => TryLookup(path) ?? throw new InvalidOperationException(path);

    private ModelNode? TryLookup(string path)
    {
        var node = Root;
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!node.Children.TryGetValue(part, out var next)) return null;
            node = next;
        }

        return node;
    }

    private string NewPath(bool make)
    {
        var parent = ExistingPath(node => node.Kind == FileKind.Directory) ?? "";
        if (make) parent = Join(Join(parent, Name()), Name());
        string path;
        do path = Join(parent, Name());
        while (TryLookup(path) is not null);
        return path;
    }

    private static string Join(string parent, string name) => parent.Length == 0 ? name : $"{parent}/{name}";

    private string Name()
    {
        var length = _random.Next(6) switch { 0 => _random.Next(1, 256), 1 => 255, _ => _random.Next(4, 20) };
        var name = new char[length];
        for (var i = 0; i < length; i++)
        {
            do name[i] = (char)(_random.Next(3) == 0 ? _random.Next(1, 256) : _random.Next('a', 'z' + 1));
            while (name[i] is '/' or '.');
        }

        return new string(name);
    }

    /// <summary>Now and then a directory of this run, whatever it holds; but not those that hold much of the tree.</summary>
    private string? ReplaceablePath()
    {
        if (_random.Next(3) == 0 && ExistingPath(node => node.Run == _run && node.Children.Count > 0 && node.All().Take(40).Count() < 40) is { } own) return own;
        return ExistingPath(node => node.Kind != FileKind.Directory || (node.Children.Count == 0 && node != Root));
    }

    private string? ExistingPath(Func<ModelNode, bool> predicate)
    {
        var found = new List<string>();
        void Collect(ModelNode node, string path)
        {
            foreach (var (name, child) in node.Children)
            {
                var full = Join(path, name);
                if (predicate(child)) found.Add(full);
                Collect(child, full);
            }
        }

        Collect(Root, "");
        return found.Count == 0 ? null : found[_random.Next(found.Count)];
    }

    private UnixAttributes Attributes() => Attributes(_random.Next(21), spaces: 3);

    private UnixAttributes Attributes(int xattrs, int spaces) => new()
    {
        Mode = _random.Next(0x1000),
        UserId = _random.Next(3) == 0 ? (uint)_random.NextInt64(uint.MaxValue) : (uint)_random.Next(2000),
        GroupId = _random.Next(3) == 0 ? uint.MaxValue - 1 : (uint)_random.Next(70000),
        ModificationTime = Time(),
        Xattrs = Xattrs(xattrs, spaces),
    };

    private UnixTime Time()
    {
        long[] seconds = [0, -1, int.MinValue, (long)int.MinValue - 1, int.MaxValue, int.MaxValue + 1L, uint.MaxValue, 1L << 33, Ext4Time.Maximum34, Ext4Time.Maximum34 + 1, long.MaxValue, long.MinValue, 1_700_000_000];
        return new UnixTime(seconds[_random.Next(seconds.Length)], _random.Next(2) == 0 ? 0 : _random.Next(1_000_000_000));
    }

    private List<Xattr> Xattrs(int count, int spaceCount)
    {
        var xattrs = new List<Xattr>();
        if (_random.Next(2) == 0) return xattrs;
        string[] spaces = ["user.", "trusted.", "security."];
        var limit = _blockSize == 1024 ? 21 : 121;
        for (var i = count; i > 0; i--)
        {
            var value = new byte[_random.Next(limit)];
            _random.NextBytes(value);
            xattrs.Add(new Xattr(Bytes($"{spaces[_random.Next(spaceCount)]}{(_random.Next(4) == 0 ? "\xE9" : "n")}{i}"), value));
        }

        if (xattrs.Count is > 0 and < 12 && _random.Next(4) == 0) xattrs.Add(new Xattr(PosixAcl.AccessName.ToArray(), PosixAcl.FromText("user::rwx,user:1000:r-x,group::r--,mask::r-x,other::---"u8)!));
        return xattrs;
    }
}
