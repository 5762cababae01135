namespace EtchStream.Oci.Http;

/// <summary>What errors call the other side, and what they advise about it.</summary>
/// <param name="Noun">Such as "registry".</param>
/// <param name="WithoutTls">What to do where it does not speak TLS.</param>
/// <param name="WithTls">What to do where it does not speak plain HTTP.</param>
internal sealed record ServerKind(string Noun, string WithoutTls, string WithTls);
