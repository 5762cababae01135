using EtchStream.Formats.Unix;
namespace EtchStream.Unpack;

/// <summary>
/// Where the stages note how far they are. Each field has one writer; the reader may see fields of slightly different moments,
/// which does for a progress bar and costs the stages next to nothing.
/// </summary>
internal sealed class UnpackCounters
{
    private long _inputBytes;
    private long _imageBytes;
    private long _files;
    private byte[]? _currentName;
    private int _phase;

    public long? InputLength { get; set; }

    public long InputBytes
    {
        get => Volatile.Read(ref _inputBytes);
        set => Volatile.Write(ref _inputBytes, value);
    }

    public long ImageBytes
    {
        get => Volatile.Read(ref _imageBytes);
        set => Volatile.Write(ref _imageBytes, value);
    }

    public long Files
    {
        get => Volatile.Read(ref _files);
        set => Volatile.Write(ref _files, value);
    }

    public byte[]? CurrentName
    {
        get => Volatile.Read(ref _currentName);
        set => Volatile.Write(ref _currentName, value);
    }

    public UnpackPhase Phase
    {
        get => (UnpackPhase)Volatile.Read(ref _phase);
        set => Volatile.Write(ref _phase, (int)value);
    }

    /// <summary>What a user can be shown.</summary>
    public UnpackProgress Snapshot() =>
        new(Phase, InputBytes, InputLength, ImageBytes, Files, CurrentName is { } name ? PathText.Of(name) : null);

    /// <summary>Reports snapshots until cancelled.</summary>
    public async Task ReportAsync(IProgress<UnpackProgress> progress, TimeSpan interval, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false)) progress.Report(Snapshot());
    }
}
