//! `tidings admin routing` and `tidings admin professional`: which team of a practice gets a new message.

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};

use super::admin::{Nothing, Why};

/// What is done with the rules of a practice.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoutingVerb {
    /// Show the rules in the form of a rule file, and the saved versions
    Show(RoutingShow),
    /// Save the rules of a file as the next version
    Set(RoutingSet),
    /// Try a message out: nothing is sent
    Try(Box<RoutingTry>),
    /// Say whether patients may write to a clinician of a team
    Direct(RoutingDirect),
}

/// `admin routing direct`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct RoutingDirect {
    /// The team
    #[arg(value_name = "TEAM")]
    pub team: String,
    /// Whether they may
    #[arg(value_parser = ["on", "off"])]
    pub direct: String,
}

/// `admin routing show`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct RoutingShow {
    /// The organization
    #[arg(value_name = "ORGANIZATION")]
    pub practice: String,
    /// An older version
    #[arg(long, value_name = "N")]
    pub version: Option<i64>,
}

/// `admin routing set`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct RoutingSet {
    /// The organization
    #[arg(value_name = "ORGANIZATION")]
    pub practice: String,
    /// The rule file (JSON, at most 200 kB); docs/routing.md names its fields
    #[arg(value_name = "FILE")]
    pub file: std::path::PathBuf,
    /// Only when this is the newest version; 0 when none was saved yet
    #[arg(long, value_name = "N")]
    pub version: Option<i64>,
    /// Why the rules change
    #[command(flatten)]
    #[serde(flatten)]
    pub why: Why,
    /// What the file holds; read by the command, not typed
    #[arg(skip)]
    pub text: String,
}

/// `admin routing try`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct RoutingTry {
    /// The organization
    #[arg(value_name = "ORGANIZATION")]
    pub practice: String,
    /// What the patient calls it
    #[arg(long, value_name = "TOPIC", default_value = "other")]
    pub category: String,
    /// What it is about
    #[arg(long, value_parser = ["nothing", "encounter", "medication", "result", "problem", "appointment"], default_value = "nothing")]
    pub about: String,
    /// How urgent it is, 1 to 4
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..=4), default_value_t = 3)]
    pub level: i64,
    /// The team the patient chooses; without one the patient is not sure
    #[arg(long, value_name = "TEAM")]
    pub chosen: Option<String>,
    /// The team of the visit
    #[arg(long, value_name = "TEAM")]
    pub visit: Option<String>,
    /// A team that treats the patient; may be given again
    #[arg(long = "treats", value_name = "TEAM")]
    pub treats: Vec<String>,
    /// A team with a clinician who saw the patient; may be given again
    #[arg(long = "clinician", value_name = "TEAM")]
    pub clinicians: Vec<String>,
    /// When, by the clock there, such as 2026-11-22T18:30 (default: now)
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
}

/// What is done with professionals of the records.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfessionalVerb {
    /// List them with the log-ins that they are
    List(Nothing),
    /// Say which log-in one is, so that their visits lead to their teams
    Link(ProfessionalLink),
}

/// `admin professional link`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct ProfessionalLink {
    /// The professional's id
    #[arg(value_name = "ID")]
    pub id: String,
    /// The log-in, by id or user name; without one the link is taken back
    #[arg(long, value_name = "PERSON")]
    pub person: Option<String>,
}
