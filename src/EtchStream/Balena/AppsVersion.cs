namespace EtchStream.Balena;

/// <summary>The forms of apps.json.</summary>
public enum AppsVersion
{
    /// <summary>An array of apps with one container each; supervisors before 7.</summary>
    V1 = 1,

    /// <summary>Apps by numeric ID, services directly in the app; supervisors from 7 to 12.</summary>
    V2 = 2,

    /// <summary>Apps by UUID, services in releases; supervisors from 13 on.</summary>
    V3 = 3,
}
