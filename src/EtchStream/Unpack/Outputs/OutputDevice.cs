using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Formats.Partitions;
using EtchStream.Unpack.Devices;

namespace EtchStream.Unpack.Outputs;

/// <summary>
/// A block device that is written. What makes it readable, the first MiB with its partition table and the last sectors with GPT's
/// backup, is wiped first and written last: interrupted at any moment between, the device has no partition table.
/// </summary>
/// <remarks>
/// Nothing is wiped before the first write, so that an archive that is refused at once leaves the device as it was. What the image
/// leaves out is zeroed, since old data would show through; what lies behind the image's end stays as it is, but for the backup table.
/// </remarks>
internal sealed class OutputDevice : IOutput
{
    /// <summary>What is written last at the device's beginning: MBR, GPT, and the superblock of an image without a table.</summary>
    private const int HeadLength = 1 << 20;

    /// <summary>Written last of all, so that the table's first sector comes after the rest of the head.</summary>
    private const int FirstPage = 4096;

    /// <summary>Sectors of GPT's backup at the end: its header and 128 entries of 128 bytes, and one to spare.</summary>
    private const int BackupSectors = 34;

    private readonly IBlockDevice _device;
    private readonly HeldRegion _head;
    private readonly HeldRegion _tail;
    private bool _isBegun;

    /// <summary>Takes an open device, which is closed with this object.</summary>
    public OutputDevice(string shownPath, IBlockDevice device)
    {
        ShownPath = shownPath;
        _device = device;
        _head = new HeldRegion(0, (int)Math.Min(HeadLength, device.Length));
        var tail = Math.Max(_head.End, (device.Length - (BackupSectors * device.SectorSize)) / FirstPage * FirstPage);
        _tail = new HeldRegion(tail, (int)(device.Length - tail));
        HeldBack = [_head, _tail];
    }

    /// <inheritdoc/>
    public string ShownPath { get; }

    /// <inheritdoc/>
    public IEnumerable<string> Names => [ShownPath];

    /// <inheritdoc/>
    public long Length { get; private set; }

    /// <inheritdoc/>
    public long MaxLengthFor(long needed) => _device.Length;

    /// <inheritdoc/>
    public IReadOnlyList<HeldRegion> HeldBack { get; }

    /// <inheritdoc/>
    public MediumReader OpenMedium() => _device.OpenMedium();

    /// <inheritdoc/>
    public string? Warning { get; private set; }

    /// <inheritdoc/>
    public void SetLength(long length)
    {
        CheckFits(length);
        Begin();

        // What is new reads as zeros; of a first length that is what the image's own zeros are for.
        if (Length > 0 && length > Length) Zero(Length, length - Length);
        Length = Math.Max(Length, length);
    }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var (held, count) = Next(offset, buffer.Length);
            if (held is null) _device.Read(offset, buffer[..count]);
            else held.Bytes.AsSpan((int)(offset - held.Start), count).CopyTo(buffer);
            offset += count;
            buffer = buffer[count..];
        }
    }

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        CheckFits(offset + data.Length);
        Begin();
        while (!data.IsEmpty)
        {
            var (held, count) = Next(offset, data.Length);
            if (held is null) WriteTo(offset, data[..count]);
            else data[..count].CopyTo(held.Bytes.AsSpan((int)(offset - held.Start)));
            offset += count;
            data = data[count..];
        }
    }

    /// <inheritdoc/>
    public void Zero(long offset, long length)
    {
        CheckFits(offset + length);
        Begin();
        while (length > 0)
        {
            var (held, count) = Next(offset, (int)Math.Min(length, 1 << 30));
            if (held is null) ZeroAt(offset, count);
            else held.Bytes.AsSpan((int)(offset - held.Start), count).Clear();
            offset += count;
            length -= count;
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        try
        {
            _device.Flush();
        }
        catch (IOException e)
        {
            throw Failed("flushed", e);
        }
    }

    /// <inheritdoc/>
    public void Commit(bool flush)
    {
        CheckSectors();
        try
        {
            var first = Math.Min(FirstPage, _head.Bytes.Length);
            WriteTo(_tail.Start, _tail.Bytes);
            WriteTo(first, _head.Bytes.AsSpan(first));
            if (flush) Flush();
            WriteTo(0, _head.Bytes.AsSpan(0, first));
            if (flush) Flush();
            if (flush) VerifyHeld();
        }
        catch
        {
            TryWipe();
            throw;
        }

        if (_device.RereadPartitionTable() is { } reason) Warning = $"{ShownPath}: the system did not read its new partition table ({reason}); take the device out and put it in again before it is used";
    }

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();

    // Partition tables count in sectors: one that was made for others than the device's would not be understood there.
    private void CheckSectors()
    {
        PartitionTable table;
        try
        {
            table = PartitionTable.Read(this);
        }
        catch (Exception e) when (e is CorruptFormatException or UnsupportedFormatException)
        {
            // An image without a table that we know; nothing is said of it.
            return;
        }

        if (table.Kind == PartitionTableKind.None || table.SectorSize == _device.SectorSize) return;
        throw new UnsupportedFormatException("sector size", $"{ShownPath}: its sectors have {_device.SectorSize} bytes; the image's partition table counts in sectors of {table.SectorSize}, and would not be understood there");
    }

    private void Begin()
    {
        if (_isBegun) return;
        _isBegun = true;
        WriteTo(_tail.Start, new byte[_tail.Bytes.Length]);
        WriteTo(0, new byte[_head.Bytes.Length]);
        Flush();
    }

    private void WriteTo(long offset, ReadOnlySpan<byte> data)
    {
        try
        {
            _device.Write(offset, data);
        }
        catch (IOException e)
        {
            throw Failed($"written at byte {offset}", e);
        }
    }

    private void ZeroAt(long offset, long length)
    {
        try
        {
            _device.Zero(offset, length);
        }
        catch (IOException e)
        {
            throw Failed($"zeroed at byte {offset}", e);
        }
    }

    // A device that is full is one that stands on something else: a loop device on a full disk, a thin volume.
    private IOException Failed(string what, IOException error) => DiskFull.Is(error)
        ? new OutOfSpaceException($"{ShownPath}: cannot be {what}: there is no space left on what the device stands on", 0, 0, error)
        : new IOException($"{ShownPath}: cannot be {what}: {error.Message}", error);

    // What the device makes of the table decides whether it boots, and reading it back costs nothing.
    private void VerifyHeld()
    {
        using var medium = _device.OpenMedium();
        foreach (var held in HeldBack)
        {
            if (held.Bytes.Length == 0) continue;
            var read = medium.Read(held.Start, held.Bytes.Length);
            var same = read.CommonPrefixLength(held.Bytes);
            if (same < held.Bytes.Length) throw new VerificationException($"{ShownPath}: byte {held.Start + same}, in the partition table or beside it, does not read back as it was written; the device is defective", held.Start + same);
        }
    }

    private void TryWipe()
    {
        try
        {
            _device.Write(0, new byte[_head.Bytes.Length]);
            _device.Flush();
        }
        catch (IOException)
        {
            // The device takes nothing any more; the error that led here is the one to be seen.
        }
    }

    private (HeldRegion? Held, int Count) Next(long offset, int length)
    {
        foreach (var held in (ReadOnlySpan<HeldRegion>)[_head, _tail])
        {
            if (offset < held.Start) return (null, (int)Math.Min(length, held.Start - offset));
            if (offset < held.End) return (held, (int)Math.Min(length, held.End - offset));
        }

        return (null, length);
    }

    private void CheckFits(long end)
    {
        if (end > _device.Length) throw new OutOfSpaceException($"{ShownPath}: the device has {_device.Length} bytes, the image needs {end}; use a larger one", end, _device.Length);
    }
}
