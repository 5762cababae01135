using System.Runtime.InteropServices;

namespace EtchStream.Formats.Compression.Native;

/// <summary>The state of a native codec, freed once and for certain, also when a stream is never disposed.</summary>
/// <remarks>Memory is zeroed and does not move, as the libraries keep pointers into it.</remarks>
internal sealed unsafe class NativeState : SafeHandle
{
    private readonly Action<nint> _end;
    private readonly bool _ownsMemory;

    private NativeState(nint state, bool ownsMemory, Action<nint> end)
        : base(0, ownsHandle: true)
    {
        _ownsMemory = ownsMemory;
        _end = end;
        SetHandle(state);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>A structure of ours that the library fills; <paramref name="end"/> gives back what the library hung on it.</summary>
    public static NativeState Allocate(int size, Action<nint> end) => new((nint)NativeMemory.AllocZeroed((nuint)size), ownsMemory: true, end);

    /// <summary>A context that the library made.</summary>
    /// <exception cref="IOException">It made none.</exception>
    public static NativeState Adopt(nint context, Action<nint> end) =>
        context == 0 ? throw new IOException("a decompressor could not be created") : new NativeState(context, ownsMemory: false, end);

    protected override bool ReleaseHandle()
    {
        _end(handle);
        if (_ownsMemory) NativeMemory.Free((void*)handle);
        return true;
    }
}
