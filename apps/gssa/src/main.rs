//! `gssa`: the GoSlimStratum Agent. See [`gssa::cli`].

fn main() -> std::process::ExitCode {
    gssa::cli::main()
}
