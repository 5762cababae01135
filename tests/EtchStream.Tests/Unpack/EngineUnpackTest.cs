using System.Formats.Tar;
using EtchStream.Archive;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using EtchStream.Unpack;
using EtchStream.Unpack.Splicing;
using Xunit;

namespace EtchStream.Tests.Unpack;

/// <summary>A disk with one ext4 partition, an archive with a manifest for an engine's store in it, and what came out.</summary>
[Collection(PipelineCollection.Name)]
public abstract class EngineUnpackTest : IDisposable
{
    private const long PartitionLength = 24 << 20;
    private readonly TemporaryFolder _folder = new();

    protected static UnixAttributes Attributes(string octalMode, uint owner = 0, long time = 1000) =>
        new() { Mode = Convert.ToInt32(octalMode, 8), UserId = owner, GroupId = owner, ModificationTime = new UnixTime(time) };

    protected static ManifestEngine Engine(string partition, params string[] shared) =>
        new() { Partition = partition, Root = "docker", Driver = "overlay2", SharedFolders = shared };

    protected string PathOf(string name) => _folder[name];

    /// <summary>The image, after <paramref name="prepare"/> and <paramref name="change"/> on its file system.</summary>
    private protected byte[] Image(Action<Ext4Writer, IDisk>? change = null, string options = "-t ext4 -b 4096", Action<Ext4Image>? prepare = null)
    {
        var path = _folder["disk.img"];
        var spec = DiskImages.OnePartition(path, PartitionLength);
        var made = Ext4Image.Make(path, spec.Start, spec.Length, [.. options.Split(' '), "-L", "data"]);
        prepare?.Invoke(made);
        var image = File.ReadAllBytes(path);
        File.Delete(path);
        if (change is null) return image;
        var disk = new DiskSlice(new MemoryDisk(image), spec.Start, spec.Length);
        var writer = Ext4Writer.Open(disk);
        change(writer, disk);
        foreach (var _ in writer.Commit())
        {
        }

        return image;
    }

    private protected static void Put(Ext4Writer writer, IDisk disk, string path, byte[] content, UnixAttributes attributes)
    {
        var mapper = new FileContentMapper();
        mapper.Begin(disk, writer.CreateFile(ArchiveBuilder.Text(path), attributes, content.Length), content.Length, dataRuns: null);
        mapper.Append(content);
        mapper.End();
    }

    /// <summary>Packs image and members, with a trailer that counts them, unpacks, lets e2fsck judge, and opens the file system.</summary>
    private protected async Task<Ext4Volume> UnpackAsync(byte[] image, ManifestEngine engine, Action<ArchiveBuilder> add, params TrailerPartition[] counts)
    {
        var options = new UnpackOptions { Input = ArchiveInput.FromStream(new MemoryStream(Archive(image, engine, add, counts)), "test.tar"), Verify = true, Outputs = [_folder["out.img"]], Flush = false };
        await UnpackPipeline.RunAsync(options);
        Assert.Empty(new Ext4Image(_folder["out.img"], 1 << 20, PartitionLength).Check());
        return Ext4Volume.Open(new DiskSlice(new MemoryDisk(File.ReadAllBytes(_folder["out.img"])), 1 << 20, PartitionLength));
    }

    private protected async Task<T> FailsAsync<T>(byte[] image, ManifestEngine engine, Action<ArchiveBuilder> add)
        where T : Exception
    {
        var options = new UnpackOptions { Input = ArchiveInput.FromStream(new MemoryStream(Archive(image, engine, add, [])), "test.tar"), Outputs = [_folder["out.img"]], Flush = false };
        var error = await Assert.ThrowsAsync<T>(() => UnpackPipeline.RunAsync(options));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.FullPath));
        Assert.DoesNotContain('\n', error.Message);
        return error;
    }

    private protected static byte[] Content(Ext4Volume volume, string path)
    {
        var inode = volume.Find(path)!;
        var bytes = new byte[inode.Size];
        Assert.Equal(bytes.Length, volume.ReadFile(inode, 0, bytes));
        return bytes;
    }

    private protected static TarEntry Folder(string path, string octalMode) =>
        new PaxTarEntry(TarEntryType.Directory, path) { Mode = (UnixFileMode)Convert.ToInt32(octalMode, 8), ModificationTime = DateTimeOffset.UnixEpoch.AddSeconds(2000) };

    private static byte[] Archive(byte[] image, ManifestEngine engine, Action<ArchiveBuilder> add, TrailerPartition[] counts)
    {
        using var builder = new ArchiveBuilder();
        builder.Manifest("disk.img", image.Length, engine).File("disk.img", image);
        add(builder);
        return builder.Trailer(trailer => new ArchiveTrailer { Archive = trailer.Archive, Partitions = counts }).ToBytes();
    }

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
