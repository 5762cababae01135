namespace EtchStream.Oci;

/// <summary>A layout or archive has no image of the name given, or several where none was given. The message lists those it has.</summary>
public sealed class ImageNotFoundException : IOException
{
    /// <summary>Creates the error.</summary>
    /// <param name="location">The layout or archive as the user gave it.</param>
    /// <param name="problem">What is wrong, and which names there are.</param>
    public ImageNotFoundException(string location, string problem)
        : base($"{location}: {problem}") => Location = location;

    /// <summary>The layout or archive.</summary>
    public string Location { get; }
}
