namespace EtchStream.Cli.Output;

/// <summary>How progress is shown.</summary>
internal enum ProgressMode
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>One line that is written over.</summary>
    Line,

    /// <summary>A line of text every few seconds.</summary>
    Plain,

    /// <summary>A JSON object a line, twice a second.</summary>
    Json,
}
