using EtchStream.Dataflow;

namespace EtchStream.Sources;

/// <summary>Keeps the output out of itself: knows the files that the run writes, or is about to replace.</summary>
internal sealed class OutputGuard
{
    private readonly HashSet<FileId> _ids = [];
    private readonly HashSet<string> _paths = new(OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);
    private readonly Lock _gate = new();

    /// <summary>The output as the user named it, for errors.</summary>
    public string Shown { get; set; } = "-";

    /// <summary>Adds a file of the run.</summary>
    public void Add(string path)
    {
        lock (_gate)
        {
            if (SourcePath.IdOf(path) is { } id) _ids.Add(id);
            _paths.Add(Path.GetFullPath(path));
        }
    }

    /// <summary>Refuses an input that is the output.</summary>
    /// <exception cref="OutputRefusedException">It is.</exception>
    public void Check(FileId id, string shown)
    {
        lock (_gate)
        {
            if (_ids.Contains(id)) throw new OutputRefusedException(Shown, $"it is also an input ({shown}); write the output somewhere else");
        }
    }

    /// <summary>Refuses an input that is the output, where files have no identity but their path.</summary>
    /// <exception cref="OutputRefusedException">It is.</exception>
    public void Check(string path)
    {
        if (SourcePath.IdOf(path) is { } id)
        {
            Check(id, path);
            return;
        }

        lock (_gate)
        {
            if (_paths.Contains(Path.GetFullPath(path))) throw new OutputRefusedException(Shown, $"it is also an input ({path}); write the output somewhere else");
        }
    }
}
