//! `tidings admin`: each noun with add, list, show and end.
//!
//! A person is named by id or user name; a patient by id or record number written `mrn:NUMBER`; an
//! organization, site or team by id or, when only one has it, by name. Times are RFC 3339.
//! Deliberately absent: passwords (a paper code lets people choose their own) and deletion.

use clap::{Args, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};

use super::routing::{ProfessionalVerb, RoutingVerb};
use super::site_rules::SiteRulesVerb;

/// What to administer.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand, Serialize, Deserialize)]
#[serde(tag = "noun", content = "verb", rename_all = "snake_case")]
pub enum AdminCommand {
    /// People: patients' helpers, clinicians, nurses, desk, billing, administrators, privacy officers
    #[command(subcommand)]
    Person(Verb<PersonAdd, PersonList, EndOne>),
    /// Organizations (an import brings most of them)
    #[command(subcommand)]
    Organization(Verb<OrganizationAdd, Nothing>),
    /// Sites with their phones and hours
    #[command(subcommand)]
    Site(SiteVerb),
    /// Care teams
    #[command(subcommand)]
    Team(TeamVerb),
    /// Who of a team is on duty when
    #[command(subcommand)]
    Roster(RosterVerb),
    /// Which team of a practice gets a new message
    #[command(subcommand)]
    Routing(RoutingVerb),
    /// Which log-in a professional named in imported records is
    #[command(subcommand)]
    Professional(ProfessionalVerb),
    /// Who works in which team
    #[command(subcommand)]
    Member(PairVerb<Member, MemberList, MemberEnd>),
    /// Which team treats which patient: only such a team can be written to
    #[command(subcommand)]
    Care(PairVerb<Care, CareList>),
    /// Log-ins of imported patients
    #[command(subcommand)]
    Account(Verb<AccountAdd, Nothing, EndOne>),
    /// Paper enrolment codes, with which a person makes or recovers a log-in
    #[command(subcommand)]
    Enrol(Verb<EnrolAdd, Nothing>),
    /// Who may come near a patient's record, by whose leave
    #[command(subcommand)]
    Grant(Verb<GrantAdd, GrantList, EndOne>),
    /// Stop a log-in at once, sessions and tokens included; `end` lets it in again
    #[command(subcommand)]
    Disable(Verb<EndOne, Nothing>),
}

/// The four verbs.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb<A: Args, L: Args, E: Args = Which> {
    /// Add one
    Add(A),
    /// List them
    List(L),
    /// Show one
    Show(Which),
    /// End one now; nothing is deleted
    End(E),
}

/// The four verbs of what has no name of its own but ties two things.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairVerb<P: Args, L: Args, E: Args = P> {
    /// Add one
    Add(P),
    /// List them
    List(L),
    /// Show one
    Show(P),
    /// End one now; nothing is deleted
    End(E),
}

/// What is done with rosters of duty.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RosterVerb {
    /// Show a team's roster, and who is on duty now
    Show(Which),
    /// Set somebody's hours of a day in place of what they were
    Set(RosterSet),
}

/// `admin roster set`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct RosterSet {
    /// The team
    #[arg(value_name = "TEAM")]
    pub team: String,
    /// Who, by id or user name
    #[arg(value_name = "PERSON")]
    pub person: String,
    /// A weekday (mon to sun) or a date such as 2026-12-24, which counts in place of its weekday
    #[arg(value_name = "DAY")]
    pub day: String,
    /// The hours, such as "08:00-12:00 13:00-17:00"; on a date none means off duty
    #[arg(value_name = "HOURS", default_value = "")]
    pub hours: String,
    /// Take the day's hours away instead
    #[arg(long, conflicts_with = "hours")]
    pub remove: bool,
}

/// What is done with sites.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteVerb {
    /// Add, list, show, end
    #[command(flatten)]
    Usual(Verb<SiteAdd, Nothing>),
    /// List the holidays and short days that are set, from today on
    Dates(OwnerOfDates),
    /// Set the hours of one date, closed when none are given
    Date(DateSet),
    /// Close the holidays of an iCalendar file, three years ahead; dates that are set stay
    Holidays(Holidays),
    /// Say whether somebody is on duty around the clock
    Duty(Duty),
    /// Set country, emergency numbers and the urgency check; what is left out stays
    Set(Box<SiteSet>),
    /// What the site adds to the rules of the urgency check
    #[command(subcommand)]
    Rules(SiteRulesVerb),
}

/// Whose dates: a site's, or one team's, which win over its site's.
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
#[group(required = true, multiple = false)]
pub struct OwnerOfDates {
    /// The site
    #[arg(value_name = "SITE")]
    pub site: Option<String>,
    /// One team instead of a whole site
    #[arg(long, value_name = "TEAM")]
    pub team: Option<String>,
}

/// `admin site date`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct DateSet {
    /// Whose date
    #[command(flatten)]
    pub of: OwnerOfDates,
    /// The date, such as 2026-12-24
    #[arg(long, value_name = "DATE")]
    pub day: String,
    /// Its hours, such as "08:00-12:00"
    #[arg(long, value_name = "HOURS", default_value = "")]
    pub hours: String,
    /// What it is called
    #[arg(long, default_value = "")]
    pub name: String,
    /// Remove the date, so that the hours of the week count
    #[arg(long, conflicts_with_all = ["hours", "name"])]
    pub remove: bool,
}

/// `admin site holidays`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct Holidays {
    /// Whose holidays
    #[command(flatten)]
    pub of: OwnerOfDates,
    /// The iCalendar file (.ics), at most 200 kB
    #[arg(long, value_name = "FILE")]
    pub file: std::path::PathBuf,
    /// What the file holds; read by the command, not typed
    #[arg(skip)]
    pub text: String,
}

/// `admin site duty`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct Duty {
    /// The site
    #[arg(value_name = "SITE")]
    pub site: String,
    /// Whether somebody is
    #[arg(value_parser = ["on", "off"])]
    pub duty: String,
}

/// `admin site set`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct SiteSet {
    /// The site
    #[arg(value_name = "SITE")]
    pub site: String,
    /// Two letters of the country, such as US
    #[arg(long)]
    pub country: Option<String>,
    /// Whether texts are checked for urgency; needs the country, the emergency number and the crisis line
    #[arg(long, value_parser = ["on", "off"])]
    pub urgency_check: Option<String>,
    /// Number for emergencies
    #[arg(long, value_name = "NUMBER")]
    pub emergency: Option<String>,
    /// Number of the crisis line
    #[arg(long, value_name = "NUMBER")]
    pub crisis: Option<String>,
    /// Number of poison control
    #[arg(long, value_name = "NUMBER")]
    pub poison: Option<String>,
    /// Number of the line for pregnancy and the time after birth
    #[arg(long, value_name = "NUMBER")]
    pub maternal: Option<String>,
    /// Number of the nurse line
    #[arg(long, value_name = "NUMBER")]
    pub nurse: Option<String>,
    /// When the nurse line is answered, in words
    #[arg(long, value_name = "TEXT")]
    pub nurse_hours: Option<String>,
    /// Within how many minutes who is not sure is called back, 5 to 60; 0 offers no call
    #[arg(long, value_name = "MINUTES")]
    pub call_minutes: Option<i64>,
}

/// What is done with teams.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TeamVerb {
    /// Add, list, show, end
    #[command(flatten)]
    Usual(Verb<TeamAdd, Nothing>),
    /// Change what is set of one; what is left out stays
    Set(Box<TeamSet>),
    /// Open one that is a draft, so that its patients can write to it; says everything it lacks
    Activate(Which),
}

/// One existing thing.
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct Which {
    /// Its id, or a user name where a person or log-in is meant
    #[arg(value_name = "ID")]
    pub id: String,
}

/// One existing thing that is taken from somebody, and why.
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct EndOne {
    /// Its id, or a user name where a person or log-in is meant
    #[arg(value_name = "ID")]
    pub id: String,
    /// Why it ends
    #[command(flatten)]
    #[serde(flatten)]
    pub why: Why,
}

/// Why something ends: asked for by a sentence of ours, since it is the one thing that is not looked up.
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct Why {
    /// Why, in one line; kept sealed, and shown with what was ended (required)
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
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
    /// The name as others see it, credentials included
    #[arg(long)]
    pub name: String,
    /// The role
    #[arg(long, value_enum)]
    pub role: PersonRole,
    /// The organization, for staff
    #[arg(long, value_name = "ORGANIZATION")]
    pub organization: Option<String>,
    /// What the person is, in plain words, such as Family physician
    #[arg(long, default_value = "")]
    pub title: String,
    /// Language tag, such as en or es
    #[arg(long, default_value = "en")]
    pub language: String,
    /// Address for notices, checked by you
    #[arg(long, value_name = "ADDRESS", default_value = "")]
    pub email: String,
    /// Phone number shown with the person's messages
    #[arg(long, default_value = "")]
    pub phone: String,
}

/// `admin person list`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct PersonList {
    /// Only this role
    #[arg(long, value_enum)]
    pub role: Option<PersonRole>,
}

/// `admin organization add`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct OrganizationAdd {
    /// The name
    #[arg(long)]
    pub name: String,
    /// The number people call
    #[arg(long)]
    pub phone: String,
}

/// `admin site add`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct SiteAdd {
    /// The organization
    #[arg(long, value_name = "ORGANIZATION")]
    pub organization: String,
    /// The name people know
    #[arg(long)]
    pub name: String,
    /// The number people call
    #[arg(long)]
    pub phone: String,
    /// IANA time zone (default: the configuration's)
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// Opening hours in words, such as "Mon-Fri 08:00-17:00"
    #[arg(long, default_value = "")]
    pub hours: String,
    /// Two letters of the country, such as US
    #[arg(long, default_value = "")]
    pub country: String,
    /// Number for emergencies
    #[arg(long, value_name = "NUMBER", default_value = "")]
    pub emergency: String,
    /// Number of the crisis line
    #[arg(long, value_name = "NUMBER", default_value = "")]
    pub crisis: String,
    /// Number of the nurse line
    #[arg(long, value_name = "NUMBER", default_value = "")]
    pub nurse: String,
}

/// `admin team add`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct TeamAdd {
    /// The site; the team is of its organization
    #[arg(long, value_name = "SITE")]
    pub site: String,
    /// Plain name, as a patient would say it
    #[arg(long)]
    pub name: String,
    /// What it is for, in one plain sentence
    #[arg(long, default_value = "")]
    pub purpose: String,
    /// The kind of care in plain words, such as Diabetes
    #[arg(long, default_value = "")]
    pub care_type: String,
    /// What it does
    #[arg(long, value_parser = ["care", "triage", "desk"], default_value = "care")]
    pub kind: String,
    /// Opening hours by the clock of the site; days left out are closed
    #[arg(long, value_name = "HOURS", default_value = app::admin::OFFICE_WEEK)]
    pub week: String,
    /// Minutes of working time within which it means to answer
    #[arg(long, value_name = "MINUTES", default_value_t = 480)]
    pub answer_minutes: u32,
}

/// `admin team set`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct TeamSet {
    /// The team
    #[arg(value_name = "TEAM")]
    pub team: String,
    /// Plain name, as a patient would say it
    #[arg(long)]
    pub name: Option<String>,
    /// What it is for, in one plain sentence
    #[arg(long)]
    pub purpose: Option<String>,
    /// The kind of care in plain words, such as Diabetes
    #[arg(long)]
    pub care_type: Option<String>,
    /// Opening hours by the clock of the site; days left out are closed
    #[arg(long, value_name = "HOURS")]
    pub week: Option<String>,
    /// Minutes of working time within which it means to answer
    #[arg(long, value_name = "MINUTES")]
    pub answer_minutes: Option<u32>,
    /// Percent of that time after which the leads are told
    #[arg(long, value_name = "PERCENT")]
    pub escalate_percent: Option<u32>,
    /// A member who leads the team; repeatable, in place of those who led it
    #[arg(long = "lead", value_name = "PERSON")]
    pub leads: Vec<String>,
    /// Nobody leads the team
    #[arg(long, conflicts_with = "leads")]
    pub no_leads: bool,
    /// The member who stands in when all are away
    #[arg(long, value_name = "PERSON")]
    pub last_resort: Option<String>,
    /// Whether patients read the names of its people, or their roles
    #[arg(long, value_parser = ["on", "off"])]
    pub names: Option<String>,
    /// The team that follows when this one ends
    #[arg(long, value_name = "TEAM")]
    pub successor: Option<String>,
    /// No team follows
    #[arg(long, conflicts_with = "successor")]
    pub no_successor: bool,
    /// Another answer time, such as refill:3=960 or any:2=120 (topic:level=minutes); repeatable
    #[arg(long = "target", value_name = "TARGET")]
    pub targets: Vec<String>,
    /// An answer time to remove, such as refill:3; repeatable
    #[arg(long = "no-target", value_name = "TARGET")]
    pub no_targets: Vec<String>,
}

/// `admin member add`, `show`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct Member {
    /// The team
    #[arg(long, value_name = "TEAM")]
    pub team: String,
    /// The person
    #[arg(long, value_name = "PERSON")]
    pub person: String,
}

/// `admin member end`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct MemberEnd {
    /// Which membership
    #[command(flatten)]
    #[serde(flatten)]
    pub member: Member,
    /// Why it ends
    #[command(flatten)]
    #[serde(flatten)]
    pub why: Why,
}

/// `admin member list`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
#[group(required = true, multiple = false)]
pub struct MemberList {
    /// Of this team
    #[arg(long, value_name = "TEAM")]
    pub team: Option<String>,
    /// Of this person
    #[arg(long, value_name = "PERSON")]
    pub person: Option<String>,
}

/// `admin care add`, `show`, `end`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct Care {
    /// The patient, by id or mrn:NUMBER
    #[arg(long, value_name = "PATIENT")]
    pub patient: String,
    /// The team
    #[arg(long, value_name = "TEAM")]
    pub team: String,
}

/// `admin care list`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct CareList {
    /// The patient, by id or mrn:NUMBER
    #[arg(long, value_name = "PATIENT")]
    pub patient: String,
}

/// `admin account add`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct AccountAdd {
    /// The imported patient who gets a log-in, by id or mrn:NUMBER
    #[arg(long, value_name = "PATIENT")]
    pub patient: String,
    /// Address for notices, checked by you
    #[arg(long, value_name = "ADDRESS", default_value = "")]
    pub email: String,
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
    /// The patient the code is for, by id or mrn:NUMBER; makes the log-in when there is none yet
    #[arg(long, value_name = "PATIENT")]
    pub patient: Option<String>,
    /// Address for notices, checked by you, when the patient's log-in is made by this
    #[arg(long, value_name = "ADDRESS", default_value = "", conflicts_with = "person")]
    pub email: String,
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

/// A part of a record that a grant opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Facet {
    /// Everything
    Record,
    /// Name, birth date, language
    Demographics,
    /// Visits, conditions, medicines, observations
    Chart,
    /// Conversations
    Threads,
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
    /// What it opens; repeat for more. The name comes with the rest
    #[arg(long, value_enum, value_delimiter = ',', default_value = "record")]
    pub scope: Vec<Facet>,
    /// What may be done
    #[arg(long, value_parser = ["read", "draft", "write"], default_value = "write")]
    pub level: String,
    /// Who examined the paper that proves it
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub verified_by: String,
    /// From when (default: now)
    #[arg(long, value_name = "TIME")]
    pub from: Option<jiff::Timestamp>,
    /// Until when (default: open)
    #[arg(long, value_name = "TIME")]
    pub until: Option<jiff::Timestamp>,
}

/// `admin grant list`
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
#[group(required = true, multiple = true)]
pub struct GrantList {
    /// Only this patient
    #[arg(long, value_name = "PATIENT")]
    pub patient: Option<String>,
    /// Only this person
    #[arg(long, value_name = "PERSON")]
    pub person: Option<String>,
}
