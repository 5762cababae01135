namespace EtchStream.TestKit.Web;

/// <summary>A request that the web server got; a header that was not there is null.</summary>
public sealed record WebRequest(string Target, string Host, string? Range, string? IfRange, string? AcceptEncoding, string? Authorization);
