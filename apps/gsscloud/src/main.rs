//! `gsscloud`: the receiver of GSSA. See [`gsscloud::cli`].

/// The heap: it joins what is free and stays as large as it is, while that of musl, which a static binary has otherwise, grows. Figures are in
/// `docs/testing.md`.
#[cfg(target_os = "linux")]
#[global_allocator]
static HEAP: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> std::process::ExitCode {
    gsscloud::cli::main()
}
