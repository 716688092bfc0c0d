//! `tidings admin site rules`: what a site adds to the rules of the urgency check.

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};

use super::admin::Why;

/// What is done with what a site adds.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteRulesVerb {
    /// Show what is in force, and the kept versions
    Show(SiteRulesShow),
    /// Check the text of a file and keep it as the next version, in force from the next message on
    Set(SiteRulesSet),
    /// Try a text out, with what is in force or with a file: nothing is kept
    Try(SiteRulesTry),
}

/// `admin site rules show`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct SiteRulesShow {
    /// The site
    #[arg(value_name = "SITE")]
    pub site: String,
    /// An older version
    #[arg(long, value_name = "N")]
    pub version: Option<i64>,
}

/// `admin site rules set`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct SiteRulesSet {
    /// The site
    #[arg(value_name = "SITE")]
    pub site: String,
    /// The file, at most 20,000 characters; docs/urgency-site-rules.md says what stands in it
    #[arg(value_name = "FILE")]
    pub file: std::path::PathBuf,
    /// Only when this is the newest version; 0 when none was kept yet
    #[arg(long, value_name = "N")]
    pub version: Option<i64>,
    /// Why it changes
    #[command(flatten)]
    #[serde(flatten)]
    pub why: Why,
    /// What the file holds; read by the command, not typed
    #[arg(skip)]
    pub text: String,
}

/// `admin site rules try`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct SiteRulesTry {
    /// The site
    #[arg(value_name = "SITE")]
    pub site: String,
    /// What somebody might write
    #[arg(value_name = "TEXT")]
    pub sample: String,
    /// The writer's language
    #[arg(long, value_parser = ["en", "es"], default_value = "en")]
    pub language: String,
    /// Rules that are not kept yet
    #[arg(long, value_name = "FILE")]
    pub file: Option<std::path::PathBuf>,
    /// What the file holds; read by the command, not typed
    #[arg(skip)]
    pub text: String,
}
