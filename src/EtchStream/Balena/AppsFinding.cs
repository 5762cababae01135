namespace EtchStream.Balena;

/// <summary>Something about an apps.json: a rule that is broken, or a warning.</summary>
/// <param name="JsonPath">The place: <c>$.apps.a1b2.releases.c3d4.services.main.image</c>; names that are no simple words as <c>['…']</c>.</param>
/// <param name="Text">What the matter is, and what to do where that is not obvious.</param>
public sealed record AppsFinding(string JsonPath, string Text)
{
    /// <summary>Place and text in one line.</summary>
    public override string ToString() => $"{JsonPath}: {Text}";
}
