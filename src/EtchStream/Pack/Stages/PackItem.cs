using EtchStream.Dataflow;
using EtchStream.Formats.Tar;

namespace EtchStream.Pack.Stages;

/// <summary>What flows from the sources to the archive: a member's header, or the next bytes of the last header's content. The receiver disposes the buffer.</summary>
/// <param name="Entry">A header; null when this is content.</param>
/// <param name="Data">Content; null when this is a header.</param>
internal readonly record struct PackItem(TarEntry? Entry, PooledBuffer? Data);
