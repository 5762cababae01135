using System.Runtime.InteropServices;
using EtchStream.Sources.Linux;
using Microsoft.Win32.SafeHandles;

namespace EtchStream.Unpack.Devices.Linux;

/// <summary>
/// Sets the system to writing to the medium while more is still coming. Left alone, Linux keeps what it is given until a tenth of the
/// memory is dirty, or half a minute has passed, and the flush at the end then waits for nearly all of it.
/// </summary>
/// <remarks>It is only a hint: where it does not work the flush does it all, and every error of the medium is told by the flush.</remarks>
internal sealed class Writeback(SafeFileHandle file)
{
    // Large enough for long runs of blocks, small enough that little is left at the end.
    private const long Step = 32 << 20;

    private long _fresh;
    private bool _isOff;

    /// <summary>Counts what was written.</summary>
    public void Wrote(int bytes)
    {
        _fresh += bytes;
        if (_fresh < Step || _isOff || !LinuxFile.IsAvailable) return;
        _fresh = 0;

        // All of the file that is dirty and not on its way yet: the writes are not in order, and the kernel knows what they were.
        var done = LinuxCalls.SyncFileRange(LinuxFile.Descriptor(file), 0, 0, LinuxCalls.StartWriting);
        if (done != 0 && Marshal.GetLastPInvokeError() != LinuxCalls.Interrupted) _isOff = true;
    }
}
