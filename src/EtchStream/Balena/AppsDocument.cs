using System.Text.Json;

namespace EtchStream.Balena;

/// <summary>
/// balenaOS' <c>apps.json</c>: the target state that a device's supervisor loads on first boot, without asking the cloud. All
/// forms that there were are read (<see cref="AppsVersion"/>), and the target state as the state endpoints return it,
/// <c>{"device UUID": {name, apps, config}}</c> or <c>{"local": {…}, "dependent": {…}}</c>.
/// </summary>
/// <remarks>
/// A supervisor drops the whole file when one rule is broken, and only the device's log says so; that is why all its rules are
/// checked here. Forms and rules: balena-supervisor, src/types/state.ts, src/device-state/preload.ts; balena-preload.
/// </remarks>
public sealed class AppsDocument
{
    /// <summary>The longest file that is read: 64 MiB.</summary>
    public const int MaxLength = 64 * 1024 * 1024;

    /// <summary>How deep objects and arrays may be nested.</summary>
    public const int MaxDepth = 64;

    private readonly AppsForm _form;

    private AppsDocument(string name, AppsForm form, AppsReport report)
    {
        Name = name;
        _form = form;
        Services = report.Services;
        Warnings = report.Warnings;
    }

    /// <summary>The name under which it was read.</summary>
    public string Name { get; }

    /// <summary>The form.</summary>
    public AppsVersion Version => _form.Version;

    /// <summary>
    /// Whether the document was a device's target state, whose wrapper <see cref="ToBytes"/> takes off. A supervisor does not:
    /// it ignores such a file.
    /// </summary>
    public bool IsWrapped => _form.IsWrapped;

    /// <summary>The services of all apps and releases, in the order in which the file has them.</summary>
    public IReadOnlyList<AppsService> Services { get; }

    /// <summary>What is valid, but may not do on the device what was meant.</summary>
    public IReadOnlyList<AppsFinding> Warnings { get; }

    /// <summary>Reads and checks a document. The content is copied.</summary>
    /// <param name="content">The file.</param>
    /// <param name="name">Its name, for errors.</param>
    /// <exception cref="InvalidAppsException">It is not JSON, too large or too deep, or breaks a rule; the first one is named.</exception>
    public static AppsDocument Parse(ReadOnlyMemory<byte> content, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var report = new AppsReport();
        var form = Read(content, report);
        if (report.Problems is [var first, ..]) throw new InvalidAppsException(name, first.JsonPath, first.Text, report.ProblemCount - 1);
        return new AppsDocument(name, form!, report);
    }

    /// <summary>
    /// Checks a document and lists every broken rule, up to 1000 of them; none means that <see cref="Parse"/> succeeds. What is
    /// wrong as JSON, or cannot be told to be any one form, comes alone.
    /// </summary>
    public static IReadOnlyList<AppsFinding> Validate(ReadOnlyMemory<byte> content)
    {
        var report = new AppsReport();
        Read(content, report);
        return report.Problems;
    }

    /// <summary>
    /// The file for the device: without wrapper, four blanks of indent, members sorted by code point, line feeds, one at the
    /// end, UTF-8 without needless escapes, numbers spelled as they were. The same document gives the same bytes.
    /// </summary>
    /// <param name="pinDevice">True or false sets <c>pinDevice</c> (a v1 file has none, and false leaves it as it is); null keeps what is there.</param>
    /// <exception cref="InvalidAppsException">The device is to be pinned, but the form is v1, or no app of class fleet has a release.</exception>
    public byte[] ToBytes(bool? pinDevice = null)
    {
        if (pinDevice == true) AppsPin.Check(_form, Name);
        return AppsWriter.Write(_form, pinDevice);
    }

    private static AppsForm? Read(ReadOnlyMemory<byte> content, AppsReport report)
    {
        AppsScan.Run(content.Span, report);
        if (report.ProblemCount > 0) return null;
        var root = new AppsNode(JsonElement.Parse(content.Span, new JsonDocumentOptions { MaxDepth = MaxDepth }), JsonPath.Root, report);
        if (AppsForm.Of(root) is not { } form) return null;
        switch (form.Version)
        {
            case AppsVersion.V1:
                AppsRulesV1.Check(form.Body);
                break;
            case AppsVersion.V2:
                AppsRulesV2.Check(form.Body);
                break;
            default:
                AppsRulesV3.Check(form.Body);
                break;
        }

        if (report.ProblemCount == 0) AppsWarnings.OfDocument(form);
        return form;
    }
}
