//! The command line of `tidings`: every command and its arguments.
//!
//! The administration commands are plain data that travels over the admin socket as well, so a
//! running server carries them out itself and they act at once.

pub mod admin;
pub mod routing;
pub mod site_rules;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Secure messaging for patient portals.
#[derive(Debug, Parser)]
#[command(name = "tidings", version, max_term_width = 100, subcommand_required = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start the demo clinic on this machine, on loopback only
    Demo(Demo),
    /// Serve the portal as the configuration says
    Serve(Serve),
    /// Bring the database to this version's schema (forward only)
    Migrate(Migrate),
    /// Import FHIR R4 bundles and ndjson files; importing again changes nothing
    Import(Import),
    /// Administer people, teams, accounts, grants and sites
    Admin(Admin),
    /// Print an access token for scripts
    Token(Token),
    /// Examine the configuration and the machine, and say what to do
    Check(Check),
    /// Read JSON lines {"id","text","lang"?,"facts"?} and say how soon each must be looked at
    Urgency(Urgency),
    /// Recompute everything derived, and name what differs
    Verify(Verify),
    /// Write an encrypted backup of the database and the key store while the server runs
    Backup(Backup),
    /// Verify a backup and put it in place: into an empty data folder, or empty PostgreSQL databases
    Restore(Restore),
    /// Make and exchange the keys that wrap all others
    #[command(subcommand)]
    Key(KeyCommand),
    /// Print a completion script for a shell
    Completions(Completions),
    /// Write the manual pages, one for each command
    Man(Man),
}

/// Where the data is: a configuration, or a demo's folder.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub struct Place {
    /// The configuration file
    #[arg(long, value_name = "FILE", env = "TIDINGS_CONFIG")]
    pub config: Option<PathBuf>,
    /// The data folder of a demo
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    pub data: Option<PathBuf>,
}

/// `tidings demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// The folder that holds the demo; it gets demo.json with who can sign in
    #[arg(long, value_name = "DIR", default_value = "tidings-demo")]
    pub data: PathBuf,
    /// The loopback address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Delete the folder's demo first and seed it anew
    #[arg(long)]
    pub reset: bool,
    /// Only print the staff's present sign-in codes, instead of their authenticator app
    #[arg(long, conflicts_with = "reset")]
    pub codes: bool,
}

/// `tidings serve`
#[derive(Debug, Args)]
pub struct Serve {
    /// The configuration file
    #[arg(long, value_name = "FILE", env = "TIDINGS_CONFIG")]
    pub config: PathBuf,
}

/// `tidings migrate`
#[derive(Debug, Args)]
pub struct Migrate {
    #[command(flatten)]
    /// Where the data is.
    pub place: Place,
    /// Only list what would be done
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `tidings urgency`
#[derive(Debug, Args)]
pub struct Urgency {
    /// A JSON file {age_years, sex, pregnant, conditions, medications, limits} for lines without facts
    #[arg(long, value_name = "FILE")]
    pub facts: Option<PathBuf>,
    /// Add what was seen in the text: clauses, concepts with what is said about them, numbers
    #[arg(long)]
    pub explain: bool,
}

/// `tidings import`
#[derive(Debug, Args)]
pub struct Import {
    #[command(flatten)]
    /// Where the data is.
    pub place: Place,
    /// Name of the system the files come from; it keeps equal ids of two systems apart
    #[arg(long, value_name = "NAME", default_value = "import")]
    pub source: String,
    /// Bundles (transaction, batch, collection) or ndjson; a folder means its files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Print the summary as JSON
    #[arg(long)]
    pub json: bool,
}

/// `tidings admin`
#[derive(Debug, Args)]
pub struct Admin {
    #[command(flatten)]
    /// Where the data is.
    pub place: Place,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// What to administer.
    #[command(subcommand)]
    pub command: admin::AdminCommand,
}

/// `tidings token`
#[derive(Debug, Args)]
pub struct Token {
    #[command(flatten)]
    /// Where the data is.
    pub place: Place,
    /// Whose token: a person of the demo, or a service client
    #[arg(long = "as", value_name = "USERNAME")]
    pub username: String,
    /// What the token may do, such as patient/*.read; repeat for more (default: all the person may)
    #[arg(long, value_name = "SCOPE", value_delimiter = ' ')]
    pub scope: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `tidings check`
#[derive(Debug, Args)]
pub struct Check {
    /// The configuration file
    #[arg(long, value_name = "FILE", env = "TIDINGS_CONFIG")]
    pub config: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `tidings verify`
#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    /// Where the data is.
    pub place: Place,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `tidings backup`
#[derive(Debug, Args)]
pub struct Backup {
    #[command(flatten)]
    /// Where the data is.
    pub place: Place,
    /// The file to write the database to; the key store goes to FILE.keys
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// Write the key store to this file instead (it has its own, shorter retention)
    #[arg(long, value_name = "FILE")]
    pub keys_to: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `tidings restore`
#[derive(Debug, Args)]
pub struct Restore {
    #[command(flatten)]
    /// Where the data shall be.
    pub place: Place,
    /// The backup of the database; the key store is expected at FILE.keys
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    /// The backup of the key store, when it is elsewhere
    #[arg(long, value_name = "FILE")]
    pub keys_from: Option<PathBuf>,
    /// Put aside the files that the data folder holds; a PostgreSQL database must be empty
    #[arg(long)]
    pub force: bool,
    /// Verify the backup and change nothing
    #[arg(long)]
    pub verify_only: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `tidings key`
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Write a new random root key to a file that does not exist yet (mode 0600)
    New {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Put the key store under another root key; the server is stopped
    RotateRoot {
        #[command(flatten)]
        /// Where the data is.
        place: Place,
        /// The file of the new root key, as `tidings key new` writes it
        #[arg(long, value_name = "FILE")]
        new: PathBuf,
    },
    /// Wrap all data keys with a new deployment key; the server is stopped
    RotateDeployment {
        #[command(flatten)]
        /// Where the data is.
        place: Place,
    },
}

/// `tidings completions`
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// `tidings man`
#[derive(Debug, Args)]
pub struct Man {
    /// The folder to write them to, such as /usr/local/share/man/man1; it is made when it is missing
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound_and_every_part_has_help() {
        fn look(command: &clap::Command, path: &str) {
            assert!(command.get_about().is_some(), "{path} has no help");
            for argument in command.get_arguments() {
                assert!(
                    argument.get_help().is_some() || argument.get_id() == "help",
                    "{path} {argument}"
                );
            }
            for inner in command.get_subcommands() {
                look(inner, &format!("{path} {}", inner.get_name()));
            }
        }
        let mut command = Cli::command();
        command.build();
        command.clone().debug_assert();
        look(&command, "tidings");
    }

    #[test]
    fn the_contract_lines_parse() {
        for line in [
            "tidings demo --data d --listen 127.0.0.1:0 --reset",
            "tidings serve --config f",
            "tidings migrate --config f --dry-run",
            "tidings import --config f a.json b.ndjson",
            "tidings token --data d --as dora --scope user/*.rs --scope offline_access",
            "tidings check --config f --json",
            "tidings verify --data d",
            "tidings backup --config f --to x",
            "tidings restore --data d --from x --force",
            "tidings completions bash",
            "tidings man pages",
            "tidings admin --data d disable add dora",
            "tidings admin --data d person list --json",
            "tidings admin --data d enrol add --patient mrn:42 --email maria@example.org",
        ] {
            Cli::try_parse_from(line.split(' ')).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
        for wrong in [
            "tidings",
            "tidings serve",
            "tidings token --data d",
            "tidings backup --data d --config f --to x",
        ] {
            let error = Cli::try_parse_from(wrong.split(' ')).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{wrong}");
        }
    }

    #[test]
    fn admin_commands_travel_as_json() {
        let cli = Cli::try_parse_from([
            "tidings",
            "admin",
            "--data",
            "d",
            "person",
            "add",
            "--name",
            "Dora Diaz",
            "--role",
            "clinician",
        ])
        .unwrap();
        let Command::Admin(Admin { command, .. }) = cli.command else { panic!("not admin") };
        let text = serde_json::to_string(&command).unwrap();
        let back: admin::AdminCommand = serde_json::from_str(&text).unwrap();
        assert_eq!(format!("{command:?}"), format!("{back:?}"));
    }
}
