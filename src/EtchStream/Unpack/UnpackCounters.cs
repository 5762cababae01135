using EtchStream.Dataflow;
using EtchStream.Formats.Unix;

namespace EtchStream.Unpack;

/// <summary>
/// Where the stages note how far they are. Each field has one writer; the reader may see fields of slightly different moments,
/// which does for a progress bar and costs the stages next to nothing.
/// </summary>
internal sealed class UnpackCounters(TimeProvider? clock = null)
{
    private long _inputBytes;
    private long _imageBytes;
    private long _memberBytes;
    private long _memberSize = -1;
    private long _inputBehindImage;
    private long _verifiedBytes;
    private long _files;
    private byte[]? _currentName;
    private int _phase;

    /// <summary>What is waited for.</summary>
    public WaitList Waits { get; } = new(clock ?? TimeProvider.System);

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

    /// <summary>Bytes of the image's member that are done, compressed where it is: only of those the sum is known.</summary>
    public long MemberBytes
    {
        get => Volatile.Read(ref _memberBytes);
        set => Volatile.Write(ref _memberBytes, value);
    }

    /// <summary>Bytes of the image's member; -1 before it.</summary>
    public long MemberSize
    {
        get => Volatile.Read(ref _memberSize);
        set => Volatile.Write(ref _memberSize, value);
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
        set
        {
            if (value == UnpackPhase.Files) Volatile.Write(ref _inputBehindImage, InputBytes);
            Volatile.Write(ref _phase, (int)value);
        }
    }

    /// <summary>Bytes that are going to be read back, of all outputs.</summary>
    public long BytesToVerify { get; set; }

    /// <summary>Counts bytes that were read back. From any thread.</summary>
    public void AddVerified(long count) => Interlocked.Add(ref _verifiedBytes, count);

    /// <summary>What a user can be shown.</summary>
    public UnpackProgress Snapshot()
    {
        var phase = Phase;
        var (bytes, total) = phase switch
        {
            UnpackPhase.Start => (InputBytes, (long?)null),
            UnpackPhase.Image => (MemberBytes, MemberSize < 0 ? null : MemberSize),
            // A file that grows meanwhile brings more than its length was.
            UnpackPhase.Files => (InputBytes - Volatile.Read(ref _inputBehindImage), InputLength >= InputBytes ? InputLength - Volatile.Read(ref _inputBehindImage) : null),
            UnpackPhase.Verify => (Volatile.Read(ref _verifiedBytes), BytesToVerify),
            _ => (0, null),
        };
        return new UnpackProgress(phase, InputBytes, InputLength, ImageBytes, Files, CurrentName is { } name ? PathText.Of(name) : null)
        {
            PhaseBytes = bytes,
            PhaseTotalBytes = total,
            Waits = Waits.Current(),
        };
    }
}
