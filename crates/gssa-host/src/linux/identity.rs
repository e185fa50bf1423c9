//! Which machine this is: an id that stays, a name, its system.

use sha2::{Digest, Sha256};

use super::root::Root;

/// So many bytes of the hash make an id.
const ID_BYTES: usize = 8;

/// An id that stays through restarts and renames, and differs from machine to machine.
///
/// `machine-id(5)` asks that the id of the machine itself is not shown: it is hashed with a word of our own.
pub(crate) fn id(root: &Root) -> Option<String> {
    let machine_id = ["/etc/machine-id", "/var/lib/dbus/machine-id"].into_iter().find_map(|path| root.value(path))?;
    let is_set = machine_id.len() == 32 && machine_id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_set.then(|| {
        let hash = Sha256::new().chain_update("gssa-host\n").chain_update(machine_id).finalize();
        let id = hash.iter().take(ID_BYTES).fold(0_u64, |id, byte| (id << 8) | u64::from(*byte));
        format!("{id:016x}")
    })
}

/// The host name. What the kernel says is the name of whoever asks: in a container not the host's, and another one after each update.
pub(crate) fn name(root: &Root) -> Option<String> {
    let told = if root.is_own() { root.value("/proc/sys/kernel/hostname") } else { None };
    told.or_else(|| root.value("/etc/hostname"))
}

/// What the distribution calls itself.
pub(crate) fn os(root: &Root) -> Option<String> {
    // The first is a link to the second on most systems, and leads nowhere where only `/etc` is mounted.
    let release = ["/etc/os-release", "/usr/lib/os-release"].into_iter().find_map(|path| root.read(path).ok())?;
    pretty_name(&release)
}

/// `PRETTY_NAME` of `os-release(5)`: a shell assignment.
fn pretty_name(release: &str) -> Option<String> {
    let value = release.lines().find_map(|line| line.trim().strip_prefix("PRETTY_NAME="))?;
    let value = value.trim().trim_matches(['"', '\'']);
    gssa_model::text::clean(&value.replace('\\', ""))
}

/// The version of the kernel.
pub(crate) fn kernel(root: &Root) -> Option<String> {
    root.value("/proc/sys/kernel/osrelease")
}

/// The architecture of the kernel, which since 6.1 it writes into a file.
pub(crate) fn architecture(root: &Root) -> Option<String> {
    root.value("/proc/sys/kernel/arch")
        .or_else(|| gssa_model::text::clean(&rustix::system::uname().machine().to_string_lossy()))
}

/// Whether an update waits for a restart; `None` where nobody would say so.
///
/// The hooks that Debian and Ubuntu run after the installation of a kernel write a file into `/run` (`unattended-upgrades` and
/// `update-notifier`, `/etc/kernel/postinst.d`). Without one of them its absence says nothing.
pub(crate) fn reboot_required(root: &Root) -> Option<bool> {
    const HOOKS: [&str; 2] = ["/etc/kernel/postinst.d/unattended-upgrades", "/etc/kernel/postinst.d/update-notifier"];
    // `/var/run` is a link to `/run`, which below another root leads to the wrong one.
    let run = ["/run", "/var/run"].into_iter().find(|path| {
        let metadata = root.at(path).symlink_metadata();
        metadata.is_ok_and(|metadata| metadata.is_dir())
    })?;
    let is_required = root.at(run).join("reboot-required").exists();
    (is_required || HOOKS.iter().any(|hook| root.at(hook).exists())).then_some(is_required)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn machine(files: &[(&str, &str)]) -> (tempfile::TempDir, Root) {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let root = Root::new(folder.path());
        (folder, root)
    }

    #[test]
    fn an_id_stays_and_does_not_show_what_it_is_made_of() {
        let machine_id = "0123456789abcdef0123456789abcdef";
        let (_folder, root) = machine(&[("etc/machine-id", &format!("{machine_id}\n")), ("etc/hostname", "rig\n")]);
        let shown = id(&root).unwrap();
        assert_eq!((shown.len(), id(&root).unwrap()), (16, shown.clone()));
        assert!(!machine_id.contains(&shown[..4]), "{shown}");
        let (_other, other) = machine(&[("var/lib/dbus/machine-id", "0123456789abcdef0123456789abcdee\n")]);
        assert_ne!(id(&other).unwrap(), shown);
        for unset in ["", "uninitialized\n"] {
            let (_folder, root) = machine(&[("etc/machine-id", unset)]);
            assert_eq!(id(&root), None, "{unset:?}");
        }
    }

    #[test]
    fn in_a_container_the_name_is_that_of_the_host() {
        let (_folder, root) = machine(&[("etc/hostname", "rig\n"), ("proc/sys/kernel/hostname", "4f2d1c\n")]);
        assert_eq!(name(&root).as_deref(), Some("rig"));
        let (_folder, root) = machine(&[("proc/sys/kernel/hostname", "4f2d1c\n")]);
        assert_eq!(name(&root), None);
    }

    #[test]
    fn a_system_is_called_by_its_pretty_name() {
        for (release, name) in [
            (
                "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n",
                Some("Debian GNU/Linux 12 (bookworm)"),
            ),
            ("PRETTY_NAME='Alpine Linux v3.20'", Some("Alpine Linux v3.20")),
            ("PRETTY_NAME=Void\n", Some("Void")),
            ("PRETTY_NAME=\"\"\n", None),
            ("NAME=x\n", None),
        ] {
            assert_eq!(pretty_name(release).as_deref(), name, "{release}");
        }
    }

    #[test]
    fn a_restart_is_wanted_or_not_or_nobody_would_say() {
        const HOOK: (&str, &str) = ("etc/kernel/postinst.d/unattended-upgrades", "");
        for (files, required) in [
            (&[("run/reboot-required", "*** System restart required ***\n")][..], Some(true)),
            (&[("run/utmp", ""), HOOK], Some(false)),
            (&[("run/utmp", "")], None),
            (&[HOOK], None),
            (&[("var/run/reboot-required", "")], Some(true)),
        ] {
            let (_folder, root) = machine(files);
            assert_eq!(reboot_required(&root), required, "{files:?}");
        }
    }

    #[test]
    fn a_link_out_of_the_root_is_not_followed_to_another_machine() {
        let elsewhere = tempfile::tempdir().unwrap();
        fs::write(elsewhere.path().join("reboot-required"), "").unwrap();
        let (folder, root) = machine(&[("var/lib/x", ""), ("etc/kernel/postinst.d/update-notifier", "")]);
        std::os::unix::fs::symlink(elsewhere.path(), Path::new(folder.path()).join("var/run")).unwrap();
        assert_eq!(reboot_required(&root), None);
    }
}
