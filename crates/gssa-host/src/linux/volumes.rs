//! How full the volumes are.
//!
//! Which there are is said by the first process: its namespace is the machine's, also when we are in a container. How full one is can be
//! asked only where it is mounted in our own namespace, at whatever place: a file system has the same number in all of them. So one
//! folder of the host's disk in the container is enough to read that disk, and no path is ever walked that leads elsewhere than hoped.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use gssa_model::{Disk, Gap, Usage};

use super::mounts::{Mount, Mounts, is_of_the_container};
use super::root::Root;

/// The most volumes of one machine.
const MAX_VOLUMES: usize = 64;

/// The volumes, and what could not be read of them.
pub(crate) fn read(root: &Root) -> (Vec<Disk>, Vec<Gap>) {
    const OURS: &str = "/proc/self/mountinfo";
    let mut gaps = Vec::new();
    let Some(ours) = root.wanted(OURS, &mut gaps, Mounts::parse) else { return (Vec::new(), gaps) };
    // Not readable where processes of others are hidden (`hidepid`).
    let machines = root.read("/proc/1/mountinfo").ok().and_then(|table| Mounts::parse(&table));
    list(machines.as_ref().unwrap_or(&ours), &ours, usage)
}

fn list(machines: &Mounts, ours: &Mounts, usage: impl Fn(&Path) -> io::Result<Option<Usage>>) -> (Vec<Disk>, Vec<Gap>) {
    let (mut disks, mut gaps, mut elsewhere) = (Vec::new(), Vec::new(), Vec::new());
    let doors: Vec<&Mount> = ours.reachable().collect();
    for volume in volumes(machines) {
        let mount = volume.point.display().to_string();
        let Some(door) = doors.iter().find(|door| door.device == volume.device) else {
            elsewhere.push(mount);
            continue;
        };
        match usage(&door.point) {
            Ok(Some(usage)) => disks.push(Disk { mount, usage, file_system: Some(volume.file_system.clone()) }),
            Ok(None) => {}
            Err(error) => gaps.push(Gap::new(mount, &error.kind().to_string())),
        }
    }
    if !elsewhere.is_empty() {
        gaps.push(Gap::new("disks", &format!("not visible from here: {}", elsewhere.join(", "))));
    }
    (disks, gaps)
}

/// One mount of each local file system, by mount point.
fn volumes(machines: &Mounts) -> Vec<&Mount> {
    let mut by_device: BTreeMap<&str, &Mount> = BTreeMap::new();
    for mount in machines.reachable().filter(|mount| !is_of_the_container(&mount.point)) {
        let chosen = by_device.entry(&mount.device).or_insert(mount);
        if rank(mount) < rank(chosen) {
            *chosen = mount;
        }
    }
    let mut volumes: Vec<&Mount> = by_device.into_values().collect();
    volumes.sort_by(|a, b| a.point.cmp(&b.point));
    volumes.truncate(MAX_VOLUMES);
    volumes
}

/// The root before all, then where the whole file system is mounted and not a folder of it, then the shortest path.
fn rank(mount: &Mount) -> (bool, bool, usize) {
    (mount.point != Path::new("/"), mount.root != "/", mount.point.as_os_str().len())
}

/// As `df` counts it: what only the administrator may still fill is free. `None` of a file system that counts nothing.
fn usage(path: &Path) -> io::Result<Option<Usage>> {
    let told = rustix::fs::statvfs(path)?;
    let bytes = |blocks: u64| blocks.checked_mul(told.f_frsize);
    let used = told.f_blocks.saturating_sub(told.f_bfree);
    let whole = bytes(told.f_blocks).filter(|bytes| *bytes > 0);
    Ok(bytes(used).zip(whole).map(|(used_bytes, total_bytes)| Usage { used_bytes, total_bytes }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "\
        1 0 8:1 / / rw - ext4 /dev/sda1 rw\n\
        2 1 0:5 / /dev rw - devtmpfs udev rw\n\
        3 1 8:2 / /boot/efi rw - vfat /dev/sda2 rw\n\
        4 1 8:17 /docker /opt/d rw - ext4 /dev/sdb1 rw\n\
        5 1 8:17 / /mnt/data rw - ext4 /dev/sdb1 rw\n\
        6 1 8:1 /var/lib /lib2 rw - ext4 /dev/sda1 rw\n\
        7 1 7:0 / /snap/core/1 ro - squashfs /dev/loop0 ro\n\
        8 1 0:50 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw\n\
        9 1 0:51 / /nas rw - nfs4 server:/x rw\n";

    /// Where each path is asked, as the first number of what it uses.
    fn listed(machines: &str, ours: &str) -> (Vec<(String, String)>, Vec<Gap>) {
        let asked = std::cell::RefCell::new(Vec::new());
        let (disks, gaps) = list(&Mounts::parse(machines).unwrap(), &Mounts::parse(ours).unwrap(), |path| {
            if path == Path::new("/locked") {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            asked.borrow_mut().push(path.display().to_string());
            Ok(Some(Usage { used_bytes: 1, total_bytes: 2 }))
        });
        (disks.into_iter().map(|disk| disk.mount).zip(asked.into_inner()).collect(), gaps)
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(mount, door)| ((*mount).to_owned(), (*door).to_owned())).collect()
    }

    #[test]
    fn each_disk_is_there_once_and_nothing_else_is() {
        let (disks, gaps) = listed(HOST, HOST);
        assert_eq!(disks, pairs(&[("/", "/"), ("/boot/efi", "/boot/efi"), ("/mnt/data", "/opt/d")]));
        assert_eq!(gaps, []);
    }

    #[test]
    fn in_a_container_the_disks_of_the_host_are_asked_where_they_are_mounted() {
        let ours = "\
            50 40 0:60 / / rw - overlay overlay rw\n\
            51 50 0:61 / /proc rw - proc proc rw\n\
            52 50 8:1 /docker/containers/x/hosts /etc/hosts rw - ext4 /dev/sda1 rw\n\
            53 50 8:17 /gssa/config /config rw - ext4 /dev/sdb1 rw\n";
        let (disks, gaps) = listed(HOST, ours);
        assert_eq!(disks, pairs(&[("/", "/etc/hosts"), ("/mnt/data", "/config")]));
        assert_eq!(gaps, [Gap::new("disks", "not visible from here: /boot/efi")]);
    }

    #[test]
    fn in_a_container_that_sees_only_itself_its_own_files_are_no_volume() {
        let ours = "\
            50 40 0:60 / / rw - overlay overlay rw\n\
            52 50 8:1 /docker/containers/x/hosts /etc/hosts rw - ext4 /dev/sda1 rw\n\
            53 50 8:1 /docker/containers/x/resolv.conf /etc/resolv.conf rw - ext4 /dev/sda1 rw\n";
        assert_eq!(listed(ours, ours), (Vec::new(), Vec::new()));
    }

    #[test]
    fn a_volume_that_may_not_be_asked_is_a_gap() {
        let table = "1 0 8:1 / /locked rw - ext4 /dev/sda1 rw\n";
        assert_eq!(listed(table, table), (Vec::new(), vec![Gap::new("/locked", "permission denied")]));
    }

    #[test]
    fn a_file_system_with_subvolumes_is_one_volume() {
        let table = "\
            1 0 0:30 /@ / rw - btrfs /dev/sda2 rw\n\
            2 1 0:30 /@home /home rw - btrfs /dev/sda2 rw\n\
            3 1 0:30 / /mnt/top rw - btrfs /dev/sda2 rw\n";
        assert_eq!(listed(table, table).0, pairs(&[("/", "/")]));
    }
}
