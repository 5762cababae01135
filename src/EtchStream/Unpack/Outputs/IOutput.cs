using EtchStream.Dataflow;
using EtchStream.Unpack.Devices;
using EtchStream.Unpack.Growth;

namespace EtchStream.Unpack.Outputs;

/// <summary>Something that the image is written to. Until <see cref="Commit"/> it must not look like a finished one, whatever happens.</summary>
internal interface IOutput : IExtensibleDisk, IZeroingWriter, IDisposable
{
    /// <summary>The path as the user gave it.</summary>
    string ShownPath { get; }

    /// <summary>All paths under which it can be reached, now and later.</summary>
    IEnumerable<string> Names { get; }

    /// <summary>Waits until the bytes are on the medium.</summary>
    void Flush();

    /// <summary>Opens what is on the medium, when it was flushed. What is held back until the commit is not there yet.</summary>
    MediumReader OpenMedium();

    /// <summary>The stretches that are written by the commit only.</summary>
    IReadOnlyList<HeldRegion> HeldBack { get; }

    /// <summary>Makes it complete.</summary>
    /// <param name="flush">Whether that is on the medium when this returns.</param>
    void Commit(bool flush);

    /// <summary>Something worth knowing after the commit; null for nothing.</summary>
    string? Warning { get; }
}
