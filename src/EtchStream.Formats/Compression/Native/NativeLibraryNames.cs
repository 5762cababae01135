namespace EtchStream.Formats.Compression.Native;

/// <summary>What a library is called, and what brings it.</summary>
internal sealed record NativeLibraryNames(string Format, string DebianPackage, string BrewPackage, string[] Linux, string[] MacOS, string[] Windows)
{
    public string[] OfThisSystem => OperatingSystem.IsWindows() ? Windows : OperatingSystem.IsMacOS() ? MacOS : Linux;
}
