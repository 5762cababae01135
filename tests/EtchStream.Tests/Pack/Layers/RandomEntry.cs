using System.Text;
using EtchStream.TestKit.Engine;

namespace EtchStream.Tests.Pack.Layers;

/// <summary>An entry by chance, of few names, so that they meet: the same object by many spellings, links in the way, kinds that take each other's place.</summary>
/// <param name="Kind">As <c>ls</c> shows it; h is a hard link.</param>
internal sealed record RandomEntry(char Kind, string Name)
{
    public const long UsualTime = LayerTar.Time;

    private static readonly string[] Names = ["a", "b", "c", "d"];

    public string Mode { get; init; } = "644";

    public long Time { get; init; } = UsualTime;

    public string Target { get; init; } = "";

    public byte[] Content { get; init; } = [];

    public static RandomEntry Next(Random random)
    {
        var kind = "---ddlhhcm"[random.Next(10)];
        var name = Path(random, 3);
        if (kind == 'm')
        {
            var slash = name.LastIndexOf('/') + 1;
            name = random.Next(3) == 0 ? $"{name}/.wh..wh..opq" : name.Insert(slash, ".wh.");
            kind = "-dl"[random.Next(3)];
        }

        if (random.Next(40) == 0) name = random.Next(2) == 0 ? "." : "/";
        return new RandomEntry(kind, name)
        {
            Mode = kind switch { 'd' => random.Next(4) == 0 ? "2750" : "700", 'l' => "777", _ => "640" },
            Time = random.Next(3) == 0 ? random.Next(1, 100) : UsualTime,
            Target = kind switch { 'l' => TargetOf(random), 'h' => Path(random, 3), _ => "" },
            Content = kind == '-' && random.Next(3) > 0 ? Encoding.ASCII.GetBytes(new string((char)random.Next('a', 'z'), random.Next(1, 1200))) : [],
        };
    }

    /// <summary>Adds it to a tar.</summary>
    public void AddTo(LayerTar tar)
    {
        var mode = int.Parse(Mode, System.Globalization.CultureInfo.InvariantCulture);
        switch (Kind)
        {
            case 'd':
                tar.Folder(Name, mode, time: Time);
                break;
            case 'l':
                tar.Symlink(Name, Target, time: Time);
                break;
            case 'h':
                tar.Link(Name, Target, mode, time: Time);
                break;
            case 'c':
                tar.Node(Name, '3', 1, 3, mode, time: Time);
                break;
            default:
                tar.Entry(new LayerEntry(Name) { Mode = mode, Time = Time }, Content);
                break;
        }
    }

    public override string ToString() => $"{Kind} {Name}{(Target.Length > 0 ? " -> " + Target : "")} ({Content.Length})";

    private static string Path(Random random, int depth)
    {
        var path = string.Join(random.Next(8) == 0 ? "/./" : "/", Enumerable.Range(0, random.Next(1, depth + 1)).Select(_ => Names[random.Next(Names.Length)]));
        return random.Next(8) switch { 0 or 1 => "/" + path, 2 => "./" + path, 3 => $"{Names[random.Next(Names.Length)]}/../{path}", 4 when random.Next(3) == 0 => "/../" + path, _ => path };
    }

    private static string TargetOf(Random random)
    {
        var path = Path(random, 2);
        return random.Next(4) switch { 0 => "../" + path, 1 when random.Next(3) == 0 => "../..", _ => path };
    }
}
