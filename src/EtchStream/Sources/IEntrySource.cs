
namespace EtchStream.Sources;

/// <summary>Something that gives members of an archive, or of a partition, always the same ones in the same order while its input stays the same.</summary>
internal interface IEntrySource
{
    /// <summary>The word for it in the manifest.</summary>
    string Kind { get; }

    /// <summary>Where its members go.</summary>
    InjectTarget Target { get; }

    /// <summary>Gives all members.</summary>
    Task EmitAsync(IEntrySink sink, CancellationToken cancellationToken);
}
