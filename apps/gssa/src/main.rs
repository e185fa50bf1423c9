//! `gssa`: the GoSlimStratum Agent. See [`gssa::cli`].

/// The heap. The agent makes small pieces of memory for each poll, for months: this allocator joins what is free and stays as large as it is, while
/// that of musl, which a static binary has otherwise, grows for hours. Figures are in `docs/testing.md`.
#[cfg(target_os = "linux")]
#[global_allocator]
static HEAP: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> std::process::ExitCode {
    gssa::cli::main()
}
