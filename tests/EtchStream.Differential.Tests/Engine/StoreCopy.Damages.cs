using EtchStream.TestKit;

namespace EtchStream.Differential.Tests.Engine;

internal sealed partial class StoreCopy
{
    /// <summary>Does one kind of damage.</summary>
    public void Damage(string what)
    {
        if (!DamageTree(what) && !DamageOverlay(what) && !DamageLayerDatabase(what) && !DamageSplit(what) && !DamageImages(what))
            throw new ArgumentException($"no such damage: {what}", nameof(what));
    }

    private bool DamageTree(string what)
    {
        switch (what)
        {
            case "a byte of a file":
                // In place, with the time as it was: nothing but the byte differs.
                var time = File.GetLastWriteTimeUtc(Diff('A', "d/file"));
                Edit(Diff('A', "d/file"), text => Replace(text, "content", "contend"));
                Mode(Diff('A', "d/file"), 4755);
                File.SetLastWriteTimeUtc(Diff('A', "d/file"), time);
                return true;
            case "an extra byte in a file": Edit(Diff('A', "d/file"), text => text + "x"); return true;
            case "no file": File.Delete(Diff('A', "d/file")); return true;
            case "the mode of a file": Mode(Diff('A', "d/file"), 755); return true;
            case "the owner of a file": HostTool.RunOk("chown", "0", Diff('A', "d/file")); return true;
            case "the time of a file": HostTool.RunOk("touch", "-d", "@1700000001", Diff('A', "d/file")); return true;
            case "the time of a listed folder": HostTool.RunOk("touch", "-d", "@8", Diff('A', "d")); return true;
            case "an xattr": HostTool.RunOk("setfattr", "-x", "user.a", Diff('A', "with-xattr")); return true;
            case "a hard link":
                HostTool.RunOk("cp", "-a", Diff('A', "d/link"), Diff('A', "copy"));
                HostTool.RunOk("mv", Diff('A', "copy"), Diff('A', "d/link"));
                return true;
            case "a device number": File.Delete(Diff('A', "null")); HostTool.RunOk("mknod", Diff('A', "null"), "c", "1", "5"); return true;
            case "a symlink's target": File.Delete(Diff('A', "symlink")); File.CreateSymbolicLink(Diff('A', "symlink"), "d/filf"); return true;
            case "an extra file": File.WriteAllText(Diff('A', "extra"), ""); return true;
            case "an extra whiteout": HostTool.RunOk("mknod", Diff('B', "extra"), "c", "0", "0"); return true;
            case "a missing whiteout": File.Delete(Diff('B', "symlink")); return true;
            case "a whiteout that is a file": File.Delete(Diff('B', "symlink")); File.WriteAllText(Diff('B', "symlink"), ""); return true;
            case "a folder that is not opaque": HostTool.RunOk("setfattr", "-x", "trusted.overlay.opaque", Diff('C', "d")); return true;
            case "the mode of diff": Mode(Diff('A', ""), 700); return true;
            case "a missing diff": Directory.Delete(Diff('A', ""), recursive: true); return true;
            default: return false;
        }
    }

    private bool DamageOverlay(string what)
    {
        switch (what)
        {
            case "the order of lower": Edit(Overlay('C', "lower"), text => string.Join(':', text.Split(':').Reverse())); return true;
            case "a short lower": Edit(Overlay('C', "lower"), text => text.Split(':')[0]); return true;
            case "a line end in lower": Edit(Overlay('B', "lower"), text => $"{text}\n"); return true;
            case "a base with a lower": File.WriteAllText(Overlay('A', "lower"), ""); return true;
            case "no link": File.Delete(Link('B')); return true;
            case "a link to nowhere": File.Delete(Link('B')); File.CreateSymbolicLink(Link('B'), "../nowhere/diff"); return true;
            case "a link to another layer": File.Delete(Link('B')); File.CreateSymbolicLink(Link('B'), $"../{Path.GetFileName(Overlay('A').TrimEnd('/'))}/diff"); return true;
            case "a link that is a folder": File.Delete(Link('B')); Directory.CreateDirectory(Link('B')); return true;
            case "a link of no layer": File.CreateSymbolicLink(Path.Combine(Root, "overlay2", "l", new string('A', 26)), "../nowhere/diff"); return true;
            case "a link that is too long":
                HostTool.RunOk("mv", "-T", Link('B'), Path.Combine(Root, "overlay2", "l", new string('A', 27)));
                File.WriteAllText(Overlay('B', "link"), new string('A', 27));
                return true;
            case "a folder of no layer": Directory.CreateDirectory(Path.Combine(Root, "overlay2", new string('a', 64))); return true;
            case "no committed": File.Delete(Overlay('A', "committed")); return true;
            case "a committed too many": File.WriteAllText(Overlay('C', "committed"), ""); Mode(Overlay('C', "committed"), 600); return true;
            case "committed with content": File.WriteAllText(Overlay('A', "committed"), "x"); return true;
            case "no work": Directory.Delete(Overlay('B', "work")); return true;
            case "something in work": Directory.CreateDirectory(Overlay('B', "work/work")); return true;
            case "the mode of work": Mode(Overlay('B', "work"), 755); return true;
            case "the mode of a layer's folder": Mode(Overlay('A'), 755); return true;
            case "the mode of overlay2": Mode(Path.Combine(Root, "overlay2"), 755); return true;
            case "the mode of l": Mode(Path.Combine(Root, "overlay2", "l"), 755); return true;
            case "the mode of the data root": Mode(Root, 755); return true;
            case "the owner of link": HostTool.RunOk("chgrp", "7", Overlay('A', "link")); return true;
            default: return false;
        }
    }

    private bool DamageLayerDatabase(string what)
    {
        switch (what)
        {
            case "size": File.WriteAllText(Path.Combine(Db('A'), "size"), "23"); return true;
            case "diff ID without its algorithm": Edit(Path.Combine(Db('A'), "diff"), text => text[7..]); return true;
            case "no parent": File.Delete(Path.Combine(Db('B'), "parent")); return true;
            case "a wrong parent": Edit(Path.Combine(Db('C'), "parent"), _ => _chains[0]); return true;
            case "cache ID with a line end": Edit(Path.Combine(Db('A'), "cache-id"), text => $"{text}\n"); return true;
            case "two layers with one cache ID": File.Copy(Path.Combine(Db('A'), "cache-id"), Path.Combine(Db('B'), "cache-id"), overwrite: true); return true;
            case "the mode of size": Mode(Path.Combine(Db('A'), "size"), 600); return true;
            case "no layer": Directory.Delete(Db('A'), recursive: true); return true;
            default: return false;
        }
    }

    private bool DamageSplit(string what)
    {
        switch (what)
        {
            case "no tar-split": File.Delete(Path.Combine(Db('A'), "tar-split.json.gz")); return true;
            case "tar-split that is not gzip": File.WriteAllText(Path.Combine(Db('A'), "tar-split.json.gz"), "no"); return true;
            case "a byte in a tar-split segment": EditSplit(text => ReplaceFirst(text, "AAAAAAAA", "AAAAAAAB")); return true;
            case "a checksum in tar-split": EditSplit(text => ReplaceFirst(text, "\"size\":17,\"payload\":\"", "\"size\":17,\"payload\":\"AAAA")); return true;
            case "a name of no content in tar-split": EditSplit(text => Replace(text, "\"name\":\"d\"", "\"name\":\"e\"")); return true;
            case "a position in tar-split": EditSplit(text => Replace(text, "\"position\":1}", "\"position\":2}")); return true;
            case "a record less in tar-split": EditSplit(text => text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..]); return true;
            case "the end in tar-split": EditSplit(text => Replace(text, "\"payload\":\"\"", "\"payload\":\"AAAA\"")); return true;
            case "the spelling of JSON in tar-split": EditSplit(text => ReplaceFirst(text, "{\"type\":1,", "{\"type\":1, ")); return true;
            default: return false;
        }
    }

    private bool DamageImages(string what)
    {
        var repositories = Path.Combine(Image, "repositories.json");
        switch (what)
        {
            case "the mode of image": Mode(Path.Combine(Root, "image"), 755); return true;
            case "a byte of the config": Edit(Config, text => Replace(text, "  ", " ")); return true;
            case "the mode of the config": Mode(Config, 644); return true;
            case "no repositories.json": File.Delete(repositories); return true;
            case "no digest in repositories.json": Edit(repositories, text => Replace(text, $",\"{_small.Image.ByDigest}\":\"sha256:{ImageHex}\"", "")); return true;
            case "an image too many in repositories.json":
                Edit(repositories, text => ReplaceFirst(text, $"\"{_small.Image.ByTag}\":", $"\"{_small.Image.Repository}:x\":\"sha256:{ImageHex}\",\"{_small.Image.ByTag}\":"));
                return true;
            case "broken repositories.json": Edit(repositories, text => text[..^1]); return true;
            case "no blob of a layer": File.Delete(Path.Combine(Image, "distribution", "diffid-by-digest", "sha256", _small.Image.Source!.Layers[0].Blob.Digest.Hex)); return true;
            case "no repository of a layer": File.WriteAllText(Path.Combine(Image, "distribution", "v2metadata-by-diffid", "sha256", _chains[0][7..]), "[]"); return true;
            case "an extra file beside the images": File.WriteAllText(Path.Combine(Image, "extra"), ""); return true;
            default: return false;
        }
    }

    private static string ReplaceFirst(string text, string old, string @new)
    {
        var at = text.IndexOf(old, StringComparison.Ordinal);
        return at < 0 ? text : $"{text[..at]}{@new}{text[(at + old.Length)..]}";
    }
}
