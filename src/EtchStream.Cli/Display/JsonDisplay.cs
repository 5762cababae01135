using System.Text.Json;

namespace EtchStream.Cli.Display;

/// <summary>Progress as JSON, an object a line; docs/progress.md describes them.</summary>
internal sealed class JsonDisplay(JsonLines lines) : IProgressDisplay
{
    /// <inheritdoc/>
    public TimeSpan Interval => TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public void Run(Func<ProgressView?> next)
    {
        while (next() is { } view) lines.Write("progress", json => Write(json, view));
    }

    private static void Write(Utf8JsonWriter json, ProgressView view)
    {
        var (phase, state) = (view.Current, view.State);
        json.WriteString("phase", phase.Name);
        json.WriteNumber("bytes", state.Bytes);
        if (state.TotalBytes is { } total) json.WriteNumber("totalBytes", total);
        if (phase.Rate >= 1) json.WriteNumber("bytesPerSecond", (long)phase.Rate);
        if (phase.Left is { } left) json.WriteNumber("secondsLeft", Seconds(left));
        json.WriteNumber("elapsedSeconds", Seconds(view.Elapsed));
        json.WriteNumber("entries", state.Entries);
        if (state.Path is not null) json.WriteString("path", state.Path);
        if (state.Layers.Count > 0)
        {
            json.WriteStartArray("layers");
            foreach (var layer in state.Layers)
            {
                json.WriteStartObject();
                json.WriteString("diffId", layer.DiffId);
                json.WriteNumber("bytes", layer.Bytes);
                json.WriteNumber("totalBytes", layer.TotalBytes);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (view.Stall is not { } stall) return;
        json.WriteString("waitingFor", stall.For);
        json.WriteNumber("waitingSeconds", Seconds(stall.Time));
    }

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 1);
}
