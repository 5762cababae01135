using System.Text.Json;
using EtchStream.Oci;

namespace EtchStream.Balena;

/// <summary>The rule for a service's image reference.</summary>
internal static class AppsImage
{
    /// <summary>The member's image reference, checked; null where there is none that is valid, which is reported.</summary>
    public static AppsNode? Of(AppsNode parent, string name)
    {
        if (parent.ShortText(name, Presence.Required) is not { } image) return null;
        try
        {
            ImageReference.Parse(image.Text);
            return image;
        }
        catch (FormatException e)
        {
            image.Problem(e.Message);
            return null;
        }
    }
}
