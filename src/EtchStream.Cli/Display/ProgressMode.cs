namespace EtchStream.Cli.Display;

/// <summary>How progress is shown.</summary>
internal enum ProgressMode
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Bars that are written over, on a terminal.</summary>
    Bars,

    /// <summary>A line of text for each phase, and every two seconds.</summary>
    Plain,

    /// <summary>A line of text every ten seconds: nothing for a run that is short.</summary>
    Sparse,

    /// <summary>A JSON object a line, for each phase, and twice a second.</summary>
    Json,
}
