using System.Runtime.InteropServices;
using EtchStream.Sources.Linux;
using Microsoft.Win32.SafeHandles;

namespace EtchStream.Unpack.Devices.Linux;

/// <summary>
/// Sets the system to writing to the medium while more is still coming. Left alone, Linux keeps what it is given until a tenth of the
/// memory is dirty, or half a minute has passed, and the flush at the end then waits for nearly all of it.
/// </summary>
/// <remarks>Where it does not work, the flush does it all. Most errors of the medium are told by the flush as well, those met here at once.</remarks>
internal sealed class Writeback(SafeFileHandle file)
{
    // Large enough for long runs of blocks, small enough that little is left at the end.
    private const long Step = 32 << 20;

    // EINTR; what kinds of files and systems answer that have no such thing: EBADF, EINVAL, ESPIPE, ENOSYS, EOPNOTSUPP.
    private const int Interrupted = 4, BadDescriptor = 9, InvalidArgument = 22, NoSeek = 29, NoSuchCall = 38, NotSupported = 95;

    private long _fresh;
    private bool _isOff;

    /// <summary>Counts what was written, roughly where several threads write.</summary>
    /// <exception cref="IOException">The medium refuses what it is to write; its number is the system's.</exception>
    public void Wrote(int bytes)
    {
        _fresh += bytes;
        if (_fresh < Step || _isOff || !LinuxFile.IsAvailable) return;
        _fresh = 0;

        // All of the file that is dirty and not on its way yet: the writes are not in order, and the kernel knows what they were.
        if (LinuxCalls.SyncFileRange(LinuxFile.Descriptor(file), 0, 0, LinuxCalls.StartWriting) == 0) return;
        switch (Marshal.GetLastPInvokeError())
        {
            case Interrupted:
                break;
            case BadDescriptor or InvalidArgument or NoSeek or NoSuchCall or NotSupported:
                _isOff = true;
                break;
            case var error:
                throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
        }
    }
}
