using EtchStream.Pack.Stages;

namespace EtchStream.Pack.Sources;

/// <summary>Something that gives members for an archive, always the same ones in the same order while its input stays the same.</summary>
internal interface IPackSource
{
    /// <summary>The word for it in the manifest.</summary>
    string Kind { get; }

    /// <summary>Where its members go.</summary>
    InjectTarget Target { get; }

    /// <summary>Gives all members.</summary>
    Task EmitAsync(EntrySink sink, CancellationToken cancellationToken);
}
