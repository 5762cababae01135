namespace EtchStream.Pack.Output;

/// <summary>Where an archive goes.</summary>
internal interface IArchiveOutput : IAsyncDisposable
{
    /// <summary>Takes the next bytes.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Makes the archive appear. Without it, disposing leaves nothing behind where that is possible.</summary>
    ValueTask CommitAsync(CancellationToken cancellationToken);
}
