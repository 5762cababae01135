namespace EtchStream.Oci;

/// <summary>Image metadata that breaks its own format: a manifest, index, config, layout or image archive that cannot be what it claims to be.</summary>
public sealed class CorruptImageException : IOException
{
    /// <summary>Creates the error.</summary>
    /// <param name="document">What was being read: <c>manifest</c>, <c>image config</c>, or a file's path.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <param name="inner">The cause, where another error led here.</param>
    public CorruptImageException(string document, string problem, Exception? inner = null)
        : base($"{document}: {problem}", inner)
    {
        Document = document;
        Problem = problem;
    }

    /// <summary>What was being read.</summary>
    public string Document { get; }

    /// <summary>What is wrong with it, without the document.</summary>
    public string Problem { get; }
}
