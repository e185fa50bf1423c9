//! What is mounted where: `/proc/[pid]/mountinfo` (`proc_pid_mountinfo(5)`).

use std::path::{Path, PathBuf};

/// The most mounts that are looked at.
const MAX_MOUNTS: usize = 4096;

/// File systems on a disk of this machine, which say how full they are without asking anybody. What is not in this list is not touched:
/// a network volume whose server is gone holds whoever asks for ever.
const LOCAL: [&str; 24] = [
    "apfs", "bcachefs", "btrfs", "exfat", "ext2", "ext3", "ext4", "f2fs", "fuseblk", "hfs", "hfsplus", "jffs2", "jfs",
    "msdos", "nilfs2", "ntfs", "ntfs3", "reiserfs", "ubifs", "udf", "ufs", "vfat", "xfs", "zfs",
];

/// What the way to a volume may lead through besides. Not `autofs`: each look would keep awake what is to be unmounted when idle.
const IN_MEMORY: [&str; 8] = ["aufs", "devtmpfs", "erofs", "overlay", "ramfs", "rootfs", "squashfs", "tmpfs"];

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mount {
    id: u32,
    parent: u32,
    /// `major:minor` of the file system, the same in every namespace.
    pub(crate) device: String,
    /// Which folder of the file system is mounted.
    pub(crate) root: String,
    /// Where.
    pub(crate) point: PathBuf,
    pub(crate) file_system: String,
}

impl Mount {
    /// `36 35 8:1 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue`.
    fn parse(line: &str) -> Option<Self> {
        let (before, after) = line.split_once(" - ")?;
        let mut fields = before.split(' ');
        let (id, parent) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        let (device, root, point) = (fields.next()?, fields.next()?, fields.next()?);
        let file_system = after.split(' ').next()?;
        Some(Self {
            id,
            parent,
            device: device.to_owned(),
            root: unescape(root),
            point: unescape(point).into(),
            file_system: file_system.to_owned(),
        })
    }

    pub(crate) fn is_local(&self) -> bool {
        LOCAL.contains(&&*self.file_system)
    }

    fn is_passable(&self) -> bool {
        self.is_local() || IN_MEMORY.contains(&&*self.file_system)
    }

    /// Whether a path below our mount point leads to `other` instead of us.
    fn is_covered_by(&self, other: &Self) -> bool {
        let is_over = other.parent == self.id && other.point == self.point;
        let is_over_a_folder_above =
            other.parent == self.parent && other.point != self.point && self.point.starts_with(&other.point);
        other.id != self.id && (is_over || is_over_a_folder_above)
    }
}

/// The mounts of one namespace.
#[derive(Debug)]
pub(crate) struct Mounts(Vec<Mount>);

impl Mounts {
    /// Lines that are no mount are left out; `None` where no line is one.
    pub(crate) fn parse(mountinfo: &str) -> Option<Self> {
        let mounts: Vec<Mount> = mountinfo.lines().filter_map(Mount::parse).take(MAX_MOUNTS).collect();
        (!mounts.is_empty()).then_some(Self(mounts))
    }

    /// The mounts of local file systems that a path leads to, through nothing that may not answer.
    pub(crate) fn reachable(&self) -> impl Iterator<Item = &Mount> {
        self.0.iter().filter(|mount| mount.is_local() && self.is_way_open(mount))
    }

    /// Whether the lookup of the mount point ends at `mount` and passes only through what always answers.
    fn is_way_open(&self, mount: &Mount) -> bool {
        let mut at = mount;
        // A table that the kernel wrote has no circle; the bound is for one that it did not.
        for _ in 0..=self.0.len() {
            if !at.is_passable() || self.0.iter().any(|other| at.is_covered_by(other)) {
                return false;
            }
            match self.0.iter().find(|other| other.id == at.parent && other.id != at.id) {
                Some(parent) => at = parent,
                None => return true,
            }
        }
        false
    }
}

/// Undoes `\040` for a blank and the like.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(code) if *first == b'\\' => {
                bytes.push(code);
                rest = &after[3..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether `path` is one of the files that Docker, Podman and Kubernetes mount into every container.
pub(crate) fn is_of_the_container(path: &Path) -> bool {
    const FILES: [&str; 4] = ["/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/dev/termination-log"];
    FILES.iter().any(|file| path == Path::new(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reachable(table: &str) -> Vec<String> {
        Mounts::parse(table).unwrap().reachable().map(|mount| mount.point.display().to_string()).collect()
    }

    #[test]
    fn a_line_is_read_with_and_without_its_optional_fields() {
        let line = "36 35 8:1 /a /mnt\\040with\\040blanks rw,noatime master:1 shared:2 - ext4 /dev/sda1 rw";
        let mount = Mount::parse(line).unwrap();
        assert_eq!((mount.id, mount.parent, &*mount.device, &*mount.root), (36, 35, "8:1", "/a"));
        assert_eq!((mount.point.to_str(), &*mount.file_system), (Some("/mnt with blanks"), "ext4"));
        assert!(Mount::parse("36 35 8:1 / / rw - xfs /dev/sda1 rw").is_some());
        for bad in ["", "36 35 8:1 / / rw", "x 35 8:1 / / rw - ext4 a rw", "36 35 8:1 - ext4 a rw"] {
            assert_eq!(Mount::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn network_volumes_and_what_is_below_them_are_not_reachable() {
        let table = "\
            1 0 8:1 / / rw - ext4 /dev/sda1 rw\n\
            2 1 0:40 / /nas rw - nfs4 server:/x rw\n\
            3 2 8:17 / /nas/usb rw - ext4 /dev/sdb1 rw\n\
            4 1 0:41 / /sshfs rw - fuse.sshfs me@there: rw\n\
            5 1 8:33 / /data rw - xfs /dev/sdc1 rw\n\
            6 1 0:42 / /new rw - somefs x rw\n";
        assert_eq!(reachable(table), ["/", "/data"]);
    }

    #[test]
    fn a_volume_under_another_mount_is_not_reachable() {
        let table = "\
            1 0 8:1 / / rw - ext4 /dev/sda1 rw\n\
            2 1 8:17 / /data rw - ext4 /dev/sdb1 rw\n\
            3 2 0:40 / /data rw - nfs server:/x rw\n\
            4 1 8:33 / /srv/disk rw - ext4 /dev/sdc1 rw\n\
            5 1 0:41 / /srv rw - cifs //server/x rw\n\
            6 1 8:49 / /home rw - ext4 /dev/sdd1 rw\n\
            7 6 8:65 / /home/me rw - ext4 /dev/sde1 rw\n";
        assert_eq!(reachable(table), ["/", "/home", "/home/me"]);
    }

    #[test]
    fn a_root_that_was_moved_under_its_children_is_reachable() {
        let table = "\
            20 25 0:5 / /dev rw - devtmpfs udev rw\n\
            24 25 8:2 / /usr rw - ext4 /dev/sda2 rw\n\
            25 1 8:1 / / rw - ext4 /dev/sda1 rw\n";
        assert_eq!(reachable(table), ["/usr", "/"]);
    }

    #[test]
    fn a_circle_ends() {
        assert_eq!(reachable("1 2 8:1 / /a rw - ext4 a rw\n2 1 8:2 / /b rw - ext4 b rw\n"), Vec::<String>::new());
    }
}
