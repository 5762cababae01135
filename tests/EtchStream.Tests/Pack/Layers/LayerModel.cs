using System.Text;
using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using EtchStream.Pack.Layers;
using EtchStream.Sources;
using EtchStream.TestKit.Engine;

namespace EtchStream.Tests.Pack.Layers;

/// <summary>What a file system holds after a layer's members were put into it one by one: the last of a name counts, and a folder given again gets new attributes.</summary>
/// <param name="diff">The member that is the layer's root.</param>
internal sealed class LayerModel(string diff)
{
    private readonly Dictionary<string, TarEntry> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<TarEntry, byte[]> _contents = [];

    /// <summary>Names that tar-split gets, null where it gets none.</summary>
    public List<string?> RecordNames { get; } = [];

    public bool CanReplay { get; private set; }

    public long Size { get; private set; }

    /// <summary>One line an object, sorted: path, kind and mode, owner where it is not root, what else is to be seen.</summary>
    public string[] Lines => [.. _objects.Select(pair => Line(pair.Key.Length == 0 ? "/" : pair.Key, pair.Value)).Order(StringComparer.Ordinal)];

    /// <summary>Translates a layer and applies its members.</summary>
    public static async Task<LayerModel> OfAsync(byte[] tar)
    {
        var model = new LayerModel("inject/1/diff");
        var translator = new LayerTranslator(new InjectTarget("1", "diff"u8));
        await using var source = new StreamByteSource(new MemoryStream(tar));
        var reader = new TarReader(source) { AllowMissingEnd = true, IgnoreGlobalHeaders = true, SchilyXattrsOnly = true, FolderSlashNeedsNulType = true };
        while (await reader.ReadEntryAsync() is { } entry)
        {
            translator.Translate(entry);
            foreach (var member in translator.Members) model.Put(member);
            if (translator.TakesContent && translator.Members is not [.., { Kind: FileKind.File }]) throw new InvalidOperationException("content without a file");
            model.RecordNames.Add(translator.RecordName is { } name ? Encoding.UTF8.GetString(name) : null);
        }

        (model.CanReplay, model.Size) = (translator.CanReplay, translator.Size);
        return model;
    }

    /// <summary>A file's content by a name of tar-split, as an engine opens it from outside of the layer: no link may lead out.</summary>
    public byte[] Content(string name)
    {
        var path = "";
        foreach (var part in Clean(name).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            path = path.Length == 0 ? part : $"{path}/{part}";
            for (var links = 0; _objects.GetValueOrDefault(path)?.Kind == FileKind.SymbolicLink; links++)
            {
                var target = Encoding.UTF8.GetString(_objects[path].LinkName);
                if (links > 40 || target.StartsWith('/')) throw new InvalidOperationException($"{path} -> {target} leads out of the layer");
                path = Clean($"{Parent(path)}/{target}").TrimStart('/');
            }
        }

        return _contents[_objects[path]];
    }

    /// <summary>Go's path.Clean, by which engines compare names and find them.</summary>
    public static string Clean(string name)
    {
        var isAbsolute = name.StartsWith('/');
        var parts = new List<string>();
        foreach (var part in name.Split('/').Where(part => part is not ("" or ".")))
        {
            if (part != ".." || (parts.Count == 0 && !isAbsolute) || (parts.Count > 0 && parts[^1] == "..")) parts.Add(part);
            else if (parts.Count > 0) parts.RemoveAt(parts.Count - 1);
        }

        return (isAbsolute ? "/" : "") + string.Join('/', parts);
    }

    /// <summary>Puts a member; its content is what a sparse one has in its runs.</summary>
    public void Put(TarEntry member, byte[]? content = null)
    {
        var path = Path(member.Name);
        if (path.Length > 0 && Parent(path) is { Length: > 0 } parent && _objects.GetValueOrDefault(parent)?.Kind != FileKind.Directory) throw new InvalidOperationException($"{path} has no folder to lie in");
        if (member.Kind == FileKind.HardLink)
        {
            if (!_objects.TryGetValue(Path(member.LinkName), out var target)) throw new InvalidOperationException($"{path} is a link to nothing");
            Clear(path);
            if (!_objects.ContainsValue(target)) throw new InvalidOperationException($"{path} takes its own target away");
            _objects[path] = target;
            return;
        }

        if (!(member.Kind == FileKind.Directory && _objects.GetValueOrDefault(path)?.Kind == FileKind.Directory)) Clear(path);
        _objects[path] = member;
        if (content is not null) _contents[member] = content;
    }

    private void Clear(string path)
    {
        foreach (var gone in _objects.Keys.Where(key => key == path || key.StartsWith(path + "/", StringComparison.Ordinal)).ToList()) _objects.Remove(gone);
    }

    private string Path(byte[] name)
    {
        var text = Encoding.UTF8.GetString(name);
        if (text == diff) return "";
        return text.StartsWith(diff + "/", StringComparison.Ordinal) ? text[(diff.Length + 1)..] : throw new InvalidOperationException($"{text} is outside of the layer");
    }

    private static string Parent(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "";

    private string Line(string path, TarEntry entry)
    {
        var text = new StringBuilder($"{path} {Letter(entry.Kind)}{Convert.ToString(entry.Mode, 8).PadLeft(3, '0')}");
        if (entry.UserId + entry.GroupId > 0) text.Append($" {entry.UserId}:{entry.GroupId}");
        if (entry.Size > 0) text.Append($" size {entry.Size}");
        if (entry.LinkName.Length > 0) text.Append($" -> {Encoding.UTF8.GetString(entry.LinkName)}");
        if (entry.Kind is FileKind.CharacterDevice or FileKind.BlockDevice) text.Append($" {entry.DeviceMajor},{entry.DeviceMinor}");
        if (entry.ModificationTime != new UnixTime(LayerTar.Time)) text.Append($" at {entry.ModificationTime.Seconds}");
        var links = _objects.Values.Count(other => ReferenceEquals(other, entry));
        if (links > 1) text.Append($" links {links}");
        foreach (var xattr in entry.Xattrs.OrderBy(x => Encoding.UTF8.GetString(x.Name), StringComparer.Ordinal)) text.Append($" {Encoding.UTF8.GetString(xattr.Name)}={Encoding.UTF8.GetString(xattr.Value)}");
        return text.ToString();
    }

    private static char Letter(FileKind kind) => kind switch
    {
        FileKind.File => '-',
        FileKind.Directory => 'd',
        FileKind.SymbolicLink => 'l',
        FileKind.CharacterDevice => 'c',
        FileKind.BlockDevice => 'b',
        _ => 'p',
    };
}
