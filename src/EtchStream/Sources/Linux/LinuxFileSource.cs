using System.Runtime.Versioning;
using EtchStream.Formats.Unix;

namespace EtchStream.Sources.Linux;

/// <summary>One file, with owner, times, extended attributes and holes.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxFileSource(string path, InjectTarget target, OutputGuard guard) : IEntrySource
{
    /// <inheritdoc/>
    public string Kind => "file";

    /// <inheritdoc/>
    public InjectTarget Target => target;

    /// <inheritdoc/>
    public async Task EmitAsync(IEntrySink sink, CancellationToken cancellationToken)
    {
        using var file = LinuxFile.Open(path);
        var status = LinuxFile.Status(file, path);
        if (status.Kind != FileKind.File) throw SourcePath.NotRegular(path, status.Kind);
        guard.Check(status.Id, path);
        await LinuxEntries.EmitFileAsync(file, status, target.Name([]), path, sink, cancellationToken).ConfigureAwait(false);
    }
}
