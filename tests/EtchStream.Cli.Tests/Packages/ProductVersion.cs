using System.Xml.Linq;
using EtchStream.TestKit;

namespace EtchStream.Cli.Tests.Packages;

/// <summary>The one place where the version is written.</summary>
internal static class ProductVersion
{
    /// <summary>The version of everything.</summary>
    public static string Text { get; } = XDocument.Load(Repository.File("Directory.Build.props")).Descendants("Version").Single().Value;
}
