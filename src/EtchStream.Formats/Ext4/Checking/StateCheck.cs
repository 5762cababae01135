using EtchStream.Formats.Checking;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4.Checking;

/// <summary>Whether a file system is one that can be checked, and how it was left.</summary>
internal static class StateCheck
{
    private const Ext4RoCompatFeatures Unchecked = Ext4RoCompatFeatures.BigAllocation | Ext4RoCompatFeatures.SharedBlocks | Ext4RoCompatFeatures.Snapshot | Ext4RoCompatFeatures.Replica;

    /// <summary>Looks at features and state.</summary>
    /// <returns>Whether the rest can be checked.</returns>
    public static bool Run(Ext4Volume volume, CheckLog log)
    {
        var superblock = volume.Superblock;
        if ((superblock.RoCompat & Unchecked) is var unknown and not 0)
        {
            log.Warn($"the structure was not checked: the file system has the feature {Ext4FeatureCheck.NameOf(unknown)}; run e2fsck -f");
            return false;
        }

        var needsRecovery = (superblock.Incompat & Ext4IncompatFeatures.NeedsRecovery) != 0 || (superblock.RoCompat & Ext4RoCompatFeatures.OrphanPresent) != 0;
        if (needsRecovery)
        {
            log.Warn("the file system was not unmounted; a device replays its journal on the first mount. The structure was not checked: what lies on the disk is not what will be there then");
            return false;
        }

        if ((superblock.Raw.State & K.StateErrors) != 0) log.Warn("the superblock is marked as having errors; run e2fsck -f");
        else if ((superblock.Raw.State & K.StateValid) == 0) log.Warn("the superblock is not marked as cleanly unmounted");
        if (superblock.Raw.LastOrphan != 0u) log.Warn($"there is a list of orphan inodes (first: {superblock.Raw.LastOrphan}), which the first mount deletes");
        log.Try(() => Writing.JournalCheck.EnsureEmpty(volume));
        return true;
    }
}
