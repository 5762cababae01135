using EtchStream.Formats.Unix;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4.Writing;

/// <content>What a further name brings with it.</content>
internal sealed partial class InodeStore
{
    private const int PermissionBits = 0x1FF;

    /// <summary>
    /// Gives what is no directory the attributes that came with a further name of it: mode, owner and time, a symbolic link only
    /// the owner; extended attributes are added. Nothing is written where it has them already.
    /// </summary>
    public void UpdateAttributes(uint number, UnixAttributes attributes, ReadOnlySpan<byte> path)
    {
        var inode = Read(number);
        var isLink = inode.Kind == FileKind.SymbolicLink;
        if (AddXattrs(inode, isLink ? inode.Mode : attributes.Mode, attributes.Xattrs) is { } all)
        {
            if (inode.HasInlineData) throw new UnsupportedFormatException("inline_data", $"{PathText.Of(path)}: the hard link changes the extended attributes of a file of the image that has its content among them (inline_data)");
            ReplaceXattrs(inode, new UnixAttributes { Xattrs = all }, path);
        }

        var hasOwner = inode.UserId == attributes.UserId && inode.GroupId == attributes.GroupId;
        if (hasOwner && (isLink || (inode.Mode == attributes.Mode && inode.ModificationTime == InodeEditor.Nearest(attributes.ModificationTime, inode.Bytes)))) return;
        var bytes = _table.Edit(number);
        if (isLink) InodeEditor.SetOwner(bytes, attributes);
        else _editor.SetAttributes(bytes, InodeTable.Layout(bytes).Mode & K.TypeMask, attributes);
        _table.Seal(number, bytes);
    }

    /// <summary>The attributes of an inode with new ones and a new mode.</summary>
    /// <returns>All of them, or null where nothing changes.</returns>
    private List<Xattr>? AddXattrs(Ext4Inode inode, int mode, IReadOnlyList<Xattr> added)
    {
        var changesPermissions = ((inode.Mode ^ mode) & PermissionBits) != 0;
        if (added.Count == 0 && !changesPermissions) return null;
        var current = CurrentXattrs(inode);
        var all = new List<Xattr>(added);
        var isChanged = false;
        foreach (var xattr in current)
        {
            var at = all.FindIndex(known => known.Name.AsSpan().SequenceEqual(xattr.Name));
            if (at >= 0)
            {
                isChanged |= !all[at].Value.AsSpan().SequenceEqual(xattr.Value);
            }
            else if (changesPermissions && PosixAcl.AccessName.SequenceEqual(xattr.Name))
            {
                all.Add(xattr with { Value = PosixAcl.WithMode(xattr.Value, mode) });
                isChanged = true;
            }
            else
            {
                all.Add(xattr);
            }
        }

        return isChanged || all.Count != current.Count ? all : null;
    }
}
