using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace EtchStream.TestKit;

/// <summary>A real root file system: Debian 12, debootstrap's variant minbase, from the mirror that this machine's apt uses.</summary>
public static partial class DebianRoot
{
    private static readonly Lock Gate = new();

    /// <summary>Where fixtures that take long to make are kept between runs: <c>ETCHSTREAM_FIXTURE_CACHE</c>, or a folder for temporary files.</summary>
    public static string CacheFolder
    {
        get
        {
            var folder = Environment.GetEnvironmentVariable("ETCHSTREAM_FIXTURE_CACHE");
            return string.IsNullOrEmpty(folder) ? "/tmp/etchstream-fixtures" : folder;
        }
    }

    /// <summary>Path of a tar of the root file system; made when it is not in the cache.</summary>
    public static string Get()
    {
        lock (Gate)
        {
            Directory.CreateDirectory(CacheFolder);
            var architecture = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
            var archive = Path.Combine(CacheFolder, $"debian-bookworm-minbase-{architecture}.tar");
            if (File.Exists(archive)) return archive;
            using var temporary = new TemporaryFolder();
            var root = temporary.MakeFolder("root");
            HostTool.Run(new HostToolCall("debootstrap", "--variant=minbase", "bookworm", root, Mirror()) { Timeout = TimeSpan.FromMinutes(15) }).Succeeded();

            // Only under its final name when complete: another run may be making it at the same time.
            var partial = $"{archive}.{Guid.NewGuid():N}";
            HostTool.RunOk("tar", "-c", "-f", partial, "-C", root, "--one-file-system", "--numeric-owner", "--xattrs", "--xattrs-include=*", "--acls", "--sort=name", "--format=posix", ".");
            File.Move(partial, archive, overwrite: true);
            return archive;
        }
    }

    /// <summary>The first mirror in apt's sources that serves Debian itself.</summary>
    internal static string Mirror()
    {
        var files = new[] { "/etc/apt/sources.list" }
            .Concat(Directory.Exists("/etc/apt/sources.list.d") ? Directory.GetFiles("/etc/apt/sources.list.d").Order(StringComparer.Ordinal) : [])
            .Where(File.Exists);
        return files.SelectMany(File.ReadLines)
            .Where(line => !line.TrimStart().StartsWith('#'))
            .Select(line => MirrorAddress().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Value.TrimEnd('/'))
            .FirstOrDefault() ?? "http://deb.debian.org/debian";
    }

    [GeneratedRegex(@"\bhttps?://\S+/debian/?(?=\s|$)", RegexOptions.None, 10_000)]
    private static partial Regex MirrorAddress();
}
