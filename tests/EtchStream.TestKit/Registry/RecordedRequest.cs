namespace EtchStream.TestKit.Registry;

/// <summary>A request that the loopback registry got.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">The path.</param>
/// <param name="Query">The query with its question mark.</param>
/// <param name="Host">The Host header.</param>
/// <param name="Range">The Range header, null where there was none.</param>
/// <param name="Authorization">The Authorization header, null where there was none.</param>
/// <param name="Form">The content of a form, empty otherwise.</param>
public sealed record RecordedRequest(string Method, string Path, string Query, string Host, string? Range, string? Authorization, string Form);
