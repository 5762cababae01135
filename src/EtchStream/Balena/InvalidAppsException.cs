namespace EtchStream.Balena;

/// <summary>An apps.json that a device's supervisor would drop: not JSON, or a rule broken.</summary>
public sealed class InvalidAppsException : IOException
{
    /// <summary>Creates the error.</summary>
    /// <param name="document">The file's name.</param>
    /// <param name="jsonPath">The place in it, as <c>$.apps.a1b2.releases</c>.</param>
    /// <param name="rule">The rule that is broken there.</param>
    /// <param name="more">How many further places break a rule.</param>
    public InvalidAppsException(string document, string jsonPath, string rule, int more = 0)
        : base(more > 0 ? $"{document}: {jsonPath}: {rule} (and {more} more)" : $"{document}: {jsonPath}: {rule}")
    {
        Document = document;
        JsonPath = jsonPath;
        Rule = rule;
        More = more;
    }

    /// <summary>The file's name.</summary>
    public string Document { get; }

    /// <summary>The place in it.</summary>
    public string JsonPath { get; }

    /// <summary>The rule that is broken there.</summary>
    public string Rule { get; }

    /// <summary>How many further places break a rule; <see cref="AppsDocument.Validate"/> lists them.</summary>
    public int More { get; }
}
