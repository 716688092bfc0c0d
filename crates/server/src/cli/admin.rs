//! `tidings admin`: each noun with add, list, show and end.
//!
//! Ids are accepted wherever a person, team or patient is named; people may also be named by
//! username, patients by record number written `mrn:NUMBER`. Times are RFC 3339 and default to now.

use clap::{Args, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};

/// What to administer.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand, Serialize, Deserialize)]
#[serde(tag = "noun", content = "verb", rename_all = "snake_case")]
pub enum AdminCommand {
    /// People: patients' helpers, clinicians, nurses, desk, billing, administrators, privacy officers
    #[command(subcommand)]
    Person(Verb<PersonAdd, PersonList>),
    /// Care teams
    #[command(subcommand)]
    Team(Verb<TeamAdd, Nothing>),
    /// Who belongs to which team, from when until when
    #[command(subcommand)]
    Member(Verb<MemberAdd, MemberList>),
    /// Log-ins
    #[command(subcommand)]
    Account(Verb<AccountAdd, Nothing>),
    /// Paper enrolment codes, with which a person makes or recovers a log-in
    #[command(subcommand)]
    Enrol(Verb<EnrolAdd, Nothing>),
    /// Who may come near a patient's record, by whose leave
    #[command(subcommand)]
    Grant(Verb<GrantAdd, GrantList>),
    /// Sites with their phones and hours
    #[command(subcommand)]
    Site(Verb<SiteAdd, Nothing>),
    /// Stop a log-in at once, sessions and tokens included
    #[command(subcommand)]
    Disable(Verb<DisableAdd, Nothing>),
}

/// The four verbs.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb<A: Args, L: Args> {
    /// Add one
    Add(A),
    /// List them
    List(L),
    /// Show one
    Show(Which),
    /// End one, now or at a given time; nothing is deleted
    End(End),
}

/// One existing thing.
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct Which {
    /// Its id, or a username where a person or log-in is meant
    #[arg(value_name = "ID")]
    pub id: String,
}

/// The end of a thing.
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct End {
    /// Its id, or a username where a person or log-in is meant
    #[arg(value_name = "ID")]
    pub id: String,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// When (default: now)
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
}

/// No arguments.
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct Nothing {}

/// A person's role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the words are MODEL.md's own")]
pub enum PersonRole {
    Patient,
    Helper,
    Clinician,
    Nurse,
    Desk,
    Billing,
    Administrator,
    PrivacyOfficer,
}

/// `admin person add`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct PersonAdd {
    /// The name as others see it
    #[arg(long)]
    pub name: String,
    /// The role
    #[arg(long, value_enum)]
    pub role: PersonRole,
    /// Language tag, such as en or es
    #[arg(long, default_value = "en")]
    pub language: String,
    /// Address for notices
    #[arg(long, value_name = "ADDRESS")]
    pub email: Option<String>,
    /// Phone number shown with the person's messages
    #[arg(long)]
    pub phone: Option<String>,
    /// Credentials shown after a clinician's name, such as MD
    #[arg(long)]
    pub credentials: Option<String>,
    /// Identifier of the imported Practitioner this person is
    #[arg(long, value_name = "SYSTEM|VALUE")]
    pub practitioner: Option<String>,
}

/// `admin person list`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct PersonList {
    /// Only this role
    #[arg(long, value_enum)]
    pub role: Option<PersonRole>,
}

/// `admin team add`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct TeamAdd {
    /// Plain name, as a patient would say it
    #[arg(long)]
    pub name: String,
    /// What it is for, in one plain sentence
    #[arg(long)]
    pub purpose: String,
    /// The organization's id or SYSTEM|VALUE identifier
    #[arg(long, value_name = "ID")]
    pub organization: Option<String>,
    /// The site's id
    #[arg(long, value_name = "ID")]
    pub site: Option<String>,
    /// What it takes: question, medication, result, appointment, form, other; repeat for more
    #[arg(long, value_name = "CATEGORY", value_delimiter = ',')]
    pub category: Vec<String>,
    /// Working minutes within which it means to answer
    #[arg(long, value_name = "MINUTES", default_value_t = 480)]
    pub answer_minutes: u32,
    /// Who is asked when nobody else can be: a person's id or username
    #[arg(long, value_name = "PERSON")]
    pub last_resort: Option<String>,
}

/// `admin member add`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct MemberAdd {
    /// The team
    #[arg(long, value_name = "ID")]
    pub team: String,
    /// The person
    #[arg(long, value_name = "PERSON")]
    pub person: String,
    /// What the person does in the team: member, lead
    #[arg(long, default_value = "member")]
    pub role: String,
    /// From when (default: now)
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Until when (default: open)
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
}

/// `admin member list`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct MemberList {
    /// Only this team
    #[arg(long, value_name = "ID")]
    pub team: Option<String>,
    /// Only this person
    #[arg(long, value_name = "PERSON")]
    pub person: Option<String>,
}

/// `admin account add`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct AccountAdd {
    /// The person who gets the log-in
    #[arg(
        long,
        value_name = "PERSON",
        required_unless_present = "patient",
        conflicts_with = "patient"
    )]
    pub person: Option<String>,
    /// The imported patient who gets the log-in, by id or mrn:NUMBER
    #[arg(long, value_name = "PATIENT")]
    pub patient: Option<String>,
    /// The name to sign in with
    #[arg(long)]
    pub username: String,
    /// Address for notices
    #[arg(long, value_name = "ADDRESS")]
    pub email: Option<String>,
}

/// `admin enrol add`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct EnrolAdd {
    /// The person the code is for
    #[arg(
        long,
        value_name = "PERSON",
        required_unless_present = "patient",
        conflicts_with = "patient"
    )]
    pub person: Option<String>,
    /// The imported patient the code is for, by id or mrn:NUMBER
    #[arg(long, value_name = "PATIENT")]
    pub patient: Option<String>,
    /// The name to sign in with, when the person has no log-in yet
    #[arg(long)]
    pub username: Option<String>,
    /// Days the code is good for
    #[arg(long, value_name = "DAYS", default_value_t = 14, value_parser = clap::value_parser!(u32).range(1..=60))]
    pub days: u32,
}

/// Why somebody may come near a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GrantBasis {
    /// The patient's own log-in
    #[value(name = "self")]
    #[serde(rename = "self")]
    Own,
    /// A helper whom the patient invited
    Helper,
    /// A representative by law
    Representative,
}

/// `admin grant add`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct GrantAdd {
    /// The patient, by id or mrn:NUMBER
    #[arg(long, value_name = "PATIENT")]
    pub patient: String,
    /// The person who gets the grant
    #[arg(long, value_name = "PERSON")]
    pub person: String,
    /// Why
    #[arg(long, value_enum, default_value = "helper")]
    pub basis: GrantBasis,
    /// What it opens: record (everything), or some of demographics, chart, threads
    #[arg(long, value_name = "FACET", value_delimiter = ',', default_value = "record")]
    pub scope: Vec<String>,
    /// What may be done: read, write or draft
    #[arg(long, value_parser = ["read", "write", "draft"], default_value = "write")]
    pub level: String,
    /// Who examined the paper that proves it
    #[arg(long, value_name = "TEXT")]
    pub verified_by: Option<String>,
    /// From when (default: now)
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Until when (default: open)
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
}

/// `admin grant list`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct GrantList {
    /// Only this patient
    #[arg(long, value_name = "PATIENT")]
    pub patient: Option<String>,
    /// Only this person
    #[arg(long, value_name = "PERSON")]
    pub person: Option<String>,
}

/// `admin site add`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct SiteAdd {
    /// The name people know
    #[arg(long)]
    pub name: String,
    /// The number people call
    #[arg(long)]
    pub phone: String,
    /// The organization's id or SYSTEM|VALUE identifier
    #[arg(long, value_name = "ID")]
    pub organization: Option<String>,
    /// IANA time zone (default: the configuration's)
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// Opening hours, such as "mon-fri 08:00-17:00"; repeat for more
    #[arg(long, value_name = "HOURS")]
    pub hours: Vec<String>,
    /// Number for emergencies
    #[arg(long, value_name = "NUMBER")]
    pub emergency: Option<String>,
}

/// `admin disable add`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct DisableAdd {
    /// The log-in's username
    #[arg(value_name = "USERNAME")]
    pub username: String,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}
