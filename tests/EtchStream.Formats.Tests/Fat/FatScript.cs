using System.Text;
using EtchStream.Formats.Fat;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;

namespace EtchStream.Formats.Tests.Fat;

/// <summary>A seeded sequence of calls on a writer that can be played any number of times, and the tree that has to come out of it.</summary>
internal sealed class FatScript
{
    private static readonly string[] Letters = ["a", "b", "Z", "x", "7", " ", ".", "-", "_", "+", "=", "[", "]", ";", ",", "é", "ß", "Ω", "日", "😀", "~", "'"];
    private readonly Random _random;
    private readonly int _clusterSize;
    private readonly int _run;
    private readonly List<Action<FatWriter, IBlockWriter>> _steps = [];

    public FatScript(int seed, int clusterSize, FatModelNode root, int run, int count)
    {
        _random = new Random(seed);
        _clusterSize = clusterSize;
        _run = run;
        Root = root;
        for (var i = 0; i < count; i++) Step();
    }

    public FatModelNode Root { get; }

    /// <param name="disk">The partition.</param>
    /// <param name="writer">Where content and other queued clusters go.</param>
    public long Play(IDisk disk, IBlockWriter writer)
    {
        var target = FatWriter.Open(disk, writer);
        foreach (var step in _steps) step(target, writer);
        target.Finish();
        return target.FreeBytes;
    }

    private void Step()
    {
        switch (_random.Next(20))
        {
            case < 3:
                SetDirectory(NewPath(make: _random.Next(4) == 0));
                break;
            case < 5 when Existing(node => node.IsDirectory) is { Length: > 0 } existing:
                SetDirectory(_random.Next(2) == 0 ? existing : OtherCase(existing));
                break;
            case < 8 when Existing(node => !node.IsDirectory) is { } replaced:
                AddFile(Lookup(replaced)!.Run == _run ? Given(replaced) : _random.Next(2) == 0 ? replaced : OtherCase(replaced));
                break;
            case < 9 when Existing(node => !node.IsDirectory) is { } file:
                var given = Given(file);
                Remove(file);
                SetDirectory(given);
                break;
            case < 10 when Existing(node => node.IsDirectory && (node.Children.Count == 0 || (node.Run == _run && node.All().Take(20).Count() < 20 && node.All().All(n => n.Run == _run)))) is { Length: > 0 } directory:
                Remove(directory);
                AddFile(directory);
                break;
            default:
                AddFile(NewPath(make: _random.Next(6) == 0));
                break;
        }
    }

    private void AddFile(string path)
    {
        int[] sizes = [0, 1, _clusterSize - 1, _clusterSize, _clusterSize + 1, 5 * _clusterSize, _random.Next(20 * _clusterSize)];
        var content = new byte[Math.Min(300_000, sizes[_random.Next(sizes.Length)])];
        _random.NextBytes(content);
        var attributes = Attributes();
        List<DataRun>? runs = null;
        if (_random.Next(5) == 0)
        {
            // Holes are zeros on FAT: all of the file has places.
            runs = [new DataRun(content.Length / 3, content.Length / 3)];
            content.AsSpan(0, content.Length / 3).Clear();
            content.AsSpan(content.Length / 3 * 2).Clear();
        }

        _steps.Add((writer, disk) =>
        {
            foreach (var run in writer.CreateFile(Encoding.UTF8.GetBytes(path), attributes, content.Length, runs))
            {
                var data = new byte[run.Length];
                content.AsSpan((int)run.FileOffset, (int)Math.Min(run.Length, content.Length - run.FileOffset)).CopyTo(data);
                disk.Write(run.VolumeOffset, data);
            }
        });
        Put(path, new FatModelNode(false, attributes, _run) { Content = content, GivenName = path[(path.LastIndexOf('/') + 1)..] });
    }

    private void SetDirectory(string path)
    {
        var attributes = Attributes();
        _steps.Add((writer, _) => writer.CreateDirectory(Encoding.UTF8.GetBytes(path), attributes));
        if (Lookup(path) is { } existing) existing.Attributes = attributes;
        else Put(path, new FatModelNode(true, attributes, _run));
    }

    /// <summary>Takes a node out of the model only: the next step takes it out of the volume.</summary>
    private void Remove(string path)
    {
        var (parent, name) = Parent(path, default);
        parent.Children.Remove(name);
    }

    private void Put(string path, FatModelNode node)
    {
        // The assignment keeps the key that is there: what is replaced keeps its name.
        var (parent, name) = Parent(path, node.Attributes.ModificationTime);
        parent.Children[name] = node;
    }

    private (FatModelNode Parent, string Name) Parent(string path, UnixTime time)
    {
        var parent = Root;
        var parts = path.Split('/');
        foreach (var part in parts[..^1])
        {
            if (!parent.Children.TryGetValue(part, out var next))
            {
                next = new FatModelNode(true, new UnixAttributes { Mode = 0x1ED, ModificationTime = time }, _run);
                parent.Children.Add(part, next);
            }

            parent = next;
        }

        return (parent, parts[^1]);
    }

    private FatModelNode? Lookup(string path)
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
        var parent = Existing(node => node.IsDirectory && node.Children.Count < 60) ?? "";
        if (_random.Next(4) == 0) parent = "";
        if (make) parent = Join(Join(parent, Name()), Name());
        string path;
        do path = Join(parent, Name());
        while (Lookup(path) is not null);
        return path;
    }

    private static string Join(string parent, string name) => parent.Length == 0 ? name : $"{parent}/{name}";

    /// <summary>Names that are 8.3 names, and short and long ones that are not; many that begin alike.</summary>
    private string Name()
    {
        switch (_random.Next(6))
        {
            case 0:
                return $"{(char)_random.Next('A', 'Z' + 1)}{_random.Next(10_000)}.{(char)_random.Next('A', 'Z' + 1)}";
            case 1:
                return $"file{_random.Next(10_000)}.txt";
            case 2:
                return $"A long name that begins like others {_random.Next(10_000)}.conf";
            case 3:
                return new string((char)_random.Next('a', 'z' + 1), _random.Next(200, 252)) + _random.Next(1000);
            default:
                var name = new StringBuilder();
                for (var i = _random.Next(1, 30); i > 0; i--) name.Append(Letters[_random.Next(Letters.Length)]);
                return name.Append((char)_random.Next('a', 'z' + 1)).ToString();
        }
    }

    /// <summary>What this run wrote can be replaced only under the name by which it did.</summary>
    private string Given(string path) =>
        Lookup(path) is { GivenName: { } given } node && node.Run == _run ? Join(path.Contains('/', StringComparison.Ordinal) ? path[..path.LastIndexOf('/')] : "", given) : path;

    private static string OtherCase(string path) => string.Concat(path.Select(c => char.IsAsciiLetter(c) ? (char)(c ^ 0x20) : c));

    private string? Existing(Func<FatModelNode, bool> predicate)
    {
        var found = new List<string>();
        void Collect(FatModelNode node, string path)
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

    private UnixAttributes Attributes()
    {
        long[] seconds = [0, 315_532_799, 315_532_800, 4_354_819_199, 4_354_819_200, long.MaxValue, long.MinValue, 1_700_000_001, 1_709_210_096];
        return new UnixAttributes
        {
            Mode = _random.Next(3) == 0 ? 0x124 : _random.Next(0x1000),
            UserId = (uint)_random.Next(2000),
            ModificationTime = new UnixTime(seconds[_random.Next(seconds.Length)], _random.Next(1_000_000_000)),
        };
    }
}
