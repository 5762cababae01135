using EtchStream.Check;
using EtchStream.Pack;
using EtchStream.Unpack;

namespace EtchStream.Cli.Display;

/// <summary>Hands what the library reports to the display.</summary>
internal static class Progresses
{
    /// <summary>For pack; null where nothing is shown.</summary>
    public static IProgress<PackProgress>? OfPack(ConsoleProgress console) => Of<PackProgress>(console, static p => new ProgressState(Name(p.Phase), p.Bytes, p.TotalBytes, p.Entries, p.CurrentPath) { Layers = p.Layers, Waits = p.Waits });

    /// <summary>For unpack; null where nothing is shown.</summary>
    public static IProgress<UnpackProgress>? OfUnpack(ConsoleProgress console) => Of<UnpackProgress>(console, static p => new ProgressState(Name(p.Phase), p.PhaseBytes, p.PhaseTotalBytes, p.Files, p.CurrentPath) { Waits = p.Waits });

    /// <summary>For check; null where nothing is shown.</summary>
    public static IProgress<CheckProgress>? OfCheck(ConsoleProgress console) => Of<CheckProgress>(console, static p => new ProgressState(p.Phase == CheckPhase.Structure ? "structure" : "layers", p.Bytes, null, 0, p.Place));

    private static string Name(PackPhase phase) => phase switch
    {
        PackPhase.Start => "start",
        PackPhase.Expand => "expand",
        PackPhase.Resolve => "resolve",
        PackPhase.Plan => "plan",
        PackPhase.Scan => "scan",
        PackPhase.Image => "image",
        PackPhase.Files => "files",
        PackPhase.Layers => "layers",
        _ => "finish",
    };

    private static string Name(UnpackPhase phase) => phase switch
    {
        UnpackPhase.Start => "start",
        UnpackPhase.Image => "image",
        UnpackPhase.Files => "files",
        UnpackPhase.Metadata => "metadata",
        UnpackPhase.Flush => "flush",
        UnpackPhase.Verify => "verify",
        _ => "done",
    };

    private static View<T>? Of<T>(ConsoleProgress console, Func<T, ProgressState> state) => console.IsOn ? new View<T>(console, state) : null;

    private sealed class View<T>(ConsoleProgress console, Func<T, ProgressState> state) : IProgress<T>
    {
        public void Report(T value) => console.Report(state(value));
    }
}
