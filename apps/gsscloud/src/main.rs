//! `gsscloud`: the receiver of GSSA. See [`gsscloud::cli`].

fn main() -> std::process::ExitCode {
    gsscloud::cli::main()
}
