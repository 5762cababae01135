namespace EtchStream.TestKit;

/// <summary>A stream that cannot seek and does not know its length: a pipe, a socket.</summary>
public sealed class NonSeekableStream(Stream inner) : ForwardStream(inner);
