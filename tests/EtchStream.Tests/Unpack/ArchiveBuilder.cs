using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using EtchStream.Archive;

namespace EtchStream.Tests.Unpack;

/// <summary>Makes archives with another implementation's tar writer, as a user's tar would.</summary>
internal sealed class ArchiveBuilder : IDisposable
{
    private readonly MemoryStream _bytes = new();
    private readonly TarWriter _writer;

    public ArchiveBuilder() => _writer = new TarWriter(_bytes, TarEntryFormat.Pax, leaveOpen: true);

    /// <summary>Bytes written so far.</summary>
    public int Length => (int)_bytes.Length;

    public ArchiveBuilder File(string name, byte[] content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        _writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content), Mode = mode, ModificationTime = DateTimeOffset.UnixEpoch.AddSeconds(1234) });
        return this;
    }

    public ArchiveBuilder Folder(string name) => Entry(new PaxTarEntry(TarEntryType.Directory, name));

    public ArchiveBuilder SymbolicLink(string name, string target) => Entry(new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target });

    public ArchiveBuilder HardLink(string name, string target) => Entry(new PaxTarEntry(TarEntryType.HardLink, name) { LinkName = target });

    public ArchiveBuilder Entry(TarEntry entry)
    {
        _writer.WriteEntry(entry);
        return this;
    }

    public ArchiveBuilder Manifest(string imageName, long imageSize, ManifestEngine? engine = null) =>
        File("manifest.json", new ArchiveManifest { Image = new ManifestImage { Name = imageName, Size = imageSize }, Engine = engine }.ToBytes());

    /// <summary>Ends an archive that has a manifest.</summary>
    public ArchiveBuilder Trailer(Func<ArchiveTrailer, ArchiveTrailer>? change = null)
    {
        var soFar = _bytes.ToArray();
        var trailer = new ArchiveTrailer { Archive = TrailerDigest.Create(SHA256.HashData(soFar), soFar.Length) };
        return File("etch-trailer.json", (change is null ? trailer : change(trailer)).ToBytes());
    }

    /// <summary>The archive with its end blocks.</summary>
    public byte[] ToBytes()
    {
        _writer.Dispose();
        return _bytes.ToArray();
    }

    public void Dispose()
    {
        _writer.Dispose();
        _bytes.Dispose();
    }

    public static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
