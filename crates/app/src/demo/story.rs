//! The demo clinic's story: its people, a year of conversations, visits and readings.
//!
//! Content only. Everybody and everything here is made up; the texts are this project's own. Times
//! are told as "so long before now", so the story is always fresh. Deliberately absent: how it gets
//! into the database (the seeding uses the same operations as everybody else), passwords and ids.

use domain::access::{Rights, Role};
use domain::message::Ask;
use domain::thread::{Category, ThreadKind};
use domain::time::Timestamp;
use domain::work_item::Outcome;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};

mod ana_heart;
mod ana_home;
mod ana_sugar;
mod ben;
mod chart;
mod clinic;
mod heart_desk;
mod luz;
mod neighbors;
mod people;
mod readings;
mod tom;
mod vera;

/// A time in the story, seen from the moment the demo is seeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// So many days before today (at least 1), at this hour and minute of the clinic's clock.
    Day {
        /// Days before today.
        days: u16,
        /// Hour, 0–23.
        hour: i8,
        /// Minute, 0–59.
        minute: i8,
    },
    /// So many minutes before now.
    Minutes(u16),
    /// So many days after today, at this hour and minute of the clinic's clock.
    Ahead {
        /// Days after today.
        days: u16,
        /// Hour, 0–23.
        hour: i8,
        /// Minute, 0–59.
        minute: i8,
    },
}

impl Moment {
    /// The moment itself, given now and the clinic's time zone. An hour that the clock skips on
    /// that day is moved forward as clocks do.
    pub fn at(self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        let now = jiff::Timestamp::from_microsecond(now.micros()).unwrap_or_default();
        let on = |days: i64, hour, minute| {
            let date = now.to_zoned(zone.clone()).date().checked_add(days.days()).ok()?;
            Some(date.at(hour, minute, 0, 0).to_zoned(zone.clone()).ok()?.timestamp())
        };
        let moment = match self {
            Moment::Day { days, hour, minute } => on(-i64::from(days), hour, minute),
            Moment::Ahead { days, hour, minute } => on(i64::from(days), hour, minute),
            Moment::Minutes(minutes) => {
                now.checked_sub(SignedDuration::from_mins(i64::from(minutes))).ok()
            }
        };
        // Only a clock at the very edge of the calendar has no such day.
        Timestamp::from_micros(moment.unwrap_or(now).as_microsecond())
    }
}

/// An organization.
#[derive(Clone, Copy, Debug)]
pub struct DemoOrganization {
    /// Key.
    pub key: &'static str,
    /// Name.
    pub name: &'static str,
    /// Phone.
    pub phone: &'static str,
    /// Address in one line.
    pub address: &'static str,
}

/// A place of an organization.
#[derive(Clone, Copy, Debug)]
pub struct DemoSite {
    /// Key.
    pub key: &'static str,
    /// Key of the organization.
    pub organization: &'static str,
    /// Name.
    pub name: &'static str,
    /// Phone.
    pub phone: &'static str,
    /// The nurse line.
    pub nurse_line: &'static str,
    /// Opening hours in words.
    pub hours: &'static str,
    /// Time zone (IANA).
    pub time_zone: &'static str,
    /// The emergency number.
    pub emergency_number: &'static str,
    /// The crisis line.
    pub crisis_line: &'static str,
}

/// A team that answers.
#[derive(Clone, Copy, Debug)]
pub struct DemoTeam {
    /// Key.
    pub key: &'static str,
    /// Key of its site.
    pub site: &'static str,
    /// Plain name.
    pub name: &'static str,
    /// What to write to it about.
    pub purpose: &'static str,
    /// What it takes.
    pub categories: &'static [Category],
    /// Answer-time target in hours of working time.
    pub answer_hours: u16,
    /// Its hours, as `domain::calendar::Week` reads them.
    pub week: &'static str,
    /// How many patients of whom the story does not tell write to it on a day, at most seven.
    pub answers_a_day: usize,
    /// Keys of its members.
    pub members: &'static [&'static str],
    /// Whether whoever is not sure whom to ask writes to it.
    pub triage: bool,
    /// The kind of care in plain words.
    pub care_type: &'static str,
    /// Key of who leads it.
    pub lead: &'static str,
    /// Key of its member who answers when nobody else does.
    pub last_resort: &'static str,
}

/// A team treats a patient.
#[derive(Clone, Copy, Debug)]
pub struct DemoCare {
    /// Key of the patient.
    pub patient: &'static str,
    /// Key of the team.
    pub team: &'static str,
}

/// Somebody of the story. A person of role patient has a chart under the same key.
#[derive(Clone, Copy, Debug)]
pub struct DemoPerson {
    /// Key, as in demo.json.
    pub key: &'static str,
    /// What the log-in is for.
    pub role: Role,
    /// Given name.
    pub given: &'static str,
    /// Family name.
    pub family: &'static str,
    /// What stands before the name.
    pub title: Option<&'static str>,
    /// What stands after the name.
    pub credentials: Option<&'static str>,
    /// FHIR administrative gender.
    pub gender: &'static str,
    /// Age in years when the demo is seeded.
    pub years: i16,
    /// Month and day of birth.
    pub birthday: (i8, i8),
    /// Phone.
    pub phone: &'static str,
    /// E-mail, always at example.org.
    pub email: Option<&'static str>,
    /// Language, `en` or `es`.
    pub language: &'static str,
    /// Key of the site where staff work.
    pub site: Option<&'static str>,
    /// Whether the person is listed in demo.json with a password.
    pub signs_in: bool,
    /// Who that is, in one sentence, for those who try the demo.
    pub about: &'static str,
}

impl DemoPerson {
    /// The name as it is shown to others: title, names, credentials.
    pub fn display_name(&self) -> String {
        let title = self.title.map(|title| format!("{title} ")).unwrap_or_default();
        let after = self.credentials.map(|after| format!(", {after}")).unwrap_or_default();
        format!("{title}{} {}{after}", self.given, self.family)
    }

    /// The birth date that makes the person as old as the story says on `today`.
    pub fn birth_date(&self, today: Date) -> Date {
        let (month, day) = self.birthday;
        let had_it = (today.month(), today.day()) >= (month, day);
        let year = today.year() - self.years - i16::from(!had_it);
        Date::new(year, month, day).unwrap_or(today)
    }
}

/// Somebody may act for a patient.
#[derive(Clone, Copy, Debug)]
pub struct DemoGrant {
    /// Key of the patient.
    pub patient: &'static str,
    /// Key of the person.
    pub person: &'static str,
    /// True for a legal representative, false for a helper the patient chose.
    pub representative: bool,
    /// How far it goes.
    pub rights: Rights,
    /// Whether it opens confidential threads.
    pub confidential: bool,
    /// Since when.
    pub from: Moment,
}

/// What a thread is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemoAbout {
    /// Nothing in the record.
    Nothing,
    /// A visit, by key.
    Encounter(&'static str),
    /// A medicine, by key.
    Medication(&'static str),
    /// A result, by the key of its series.
    Result(&'static str),
    /// A problem, by key.
    Problem(&'static str),
    /// A coming appointment, by the key of its visit.
    Appointment(&'static str),
}

/// A conversation. Its first entry is the message that opens it.
#[derive(Clone, Copy, Debug)]
pub struct DemoThread {
    /// Key, as in demo.json.
    pub key: &'static str,
    /// Between whom.
    pub kind: ThreadKind,
    /// Key of the patient.
    pub patient: &'static str,
    /// What it is about.
    pub about: DemoAbout,
    /// Key of the team it is addressed to.
    pub team: &'static str,
    /// Category.
    pub category: Category,
    /// What the opening message asks for.
    pub ask: Ask,
    /// Headline.
    pub headline: &'static str,
    /// What happened, in order.
    pub entries: &'static [DemoEntry],
}

/// One thing that happened in a conversation.
#[derive(Clone, Copy, Debug)]
pub struct DemoEntry {
    /// When.
    pub at: Moment,
    /// Key of who did it.
    pub author: &'static str,
    /// What.
    pub act: DemoAct,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemoAct {
    /// A message. With questions, the team waits for the patient.
    Message {
        /// Its text.
        text: &'static str,
        /// Its numbered questions.
        questions: &'static [&'static str],
    },
    /// What the patient said on the phone, in their own words, entered by the author.
    Phone {
        /// Its text.
        text: &'static str,
    },
    /// A note that only staff see.
    Note {
        /// Its text.
        text: &'static str,
    },
    /// The author takes the work.
    Claim,
    /// The work is given to a member of the team.
    Assign {
        /// Key of the member.
        to: &'static str,
    },
    /// The thread goes to another team.
    Pass {
        /// Key of the team.
        team: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// Somebody of another team takes part.
    Join {
        /// Key of the person.
        person: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// A clinician sets the urgency.
    Level {
        /// 1 now to 4 whenever.
        level: i64,
        /// Why.
        reason: &'static str,
    },
    /// A better wording of one of the author's messages.
    Correction {
        /// Which message of the thread, counted from 1.
        message: usize,
        /// Why.
        reason: &'static str,
        /// The better wording.
        text: &'static str,
    },
    /// One of the author's messages is taken back.
    Retraction {
        /// Which message of the thread, counted from 1.
        message: usize,
        /// Why.
        reason: &'static str,
    },
    /// The thread ends.
    Close {
        /// How.
        outcome: Outcome,
        /// In words; may be empty.
        note: &'static str,
    },
}

/// Something begun and not sent.
#[derive(Clone, Copy, Debug)]
pub struct DemoDraft {
    /// When it was last saved.
    pub at: Moment,
    /// Key of who writes.
    pub owner: &'static str,
    /// Key of the patient.
    pub patient: &'static str,
    /// Where it will go.
    pub place: DemoDraftPlace,
    /// Its text so far.
    pub text: &'static str,
    /// Whether its writer, a helper, has handed it to the patient.
    pub handed_over: bool,
}

/// Where a draft will go.
#[derive(Clone, Copy, Debug)]
pub enum DemoDraftPlace {
    /// Into a thread.
    Reply {
        /// Key of the thread.
        thread: &'static str,
    },
    /// It starts a thread.
    New {
        /// Key of the team.
        team: &'static str,
        /// Category.
        category: Category,
        /// Headline.
        headline: &'static str,
    },
}

/// A visit that was, or an appointment ahead.
#[derive(Clone, Copy, Debug)]
pub struct DemoVisit {
    /// Key.
    pub key: &'static str,
    /// Key of the patient.
    pub patient: &'static str,
    /// When it began or will begin.
    pub at: Moment,
    /// How long, in minutes.
    pub minutes: u16,
    /// Key of who sees the patient.
    pub practitioner: &'static str,
    /// Key of the site.
    pub site: &'static str,
    /// What kind of visit.
    pub type_text: &'static str,
    /// Why, in words.
    pub reason: Option<&'static str>,
}

/// A problem on the list, active today.
#[derive(Clone, Copy, Debug)]
pub struct DemoCondition {
    /// Key.
    pub key: &'static str,
    /// Key of the patient.
    pub patient: &'static str,
    /// SNOMED CT code.
    pub snomed: &'static str,
    /// In plain words.
    pub name: &'static str,
    /// Days since it began.
    pub since_days: u16,
}

/// A medicine.
#[derive(Clone, Copy, Debug)]
pub struct DemoMedication {
    /// Key.
    pub key: &'static str,
    /// Key of the patient.
    pub patient: &'static str,
    /// Name and strength.
    pub name: &'static str,
    /// How to take it.
    pub dosage: &'static str,
    /// Key of who wrote it.
    pub prescriber: &'static str,
    /// Days since it began.
    pub since_days: u16,
    /// Days since it was stopped; none while it is taken.
    pub until_days: Option<u16>,
}

/// Where readings are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemoPlace {
    /// At home, by the patient.
    Home,
    /// In the laboratory.
    Lab,
}

/// Readings of one kind over time, oldest first.
#[derive(Clone, Copy, Debug)]
pub struct DemoSeries {
    /// Key.
    pub key: &'static str,
    /// Key of the patient.
    pub patient: &'static str,
    /// LOINC code; 85354-9 (blood pressure) has two values, 8480-6 and 8462-4.
    pub loinc: &'static str,
    /// In plain words.
    pub name: &'static str,
    /// Unit (UCUM).
    pub unit: &'static str,
    /// Where they are taken.
    pub place: DemoPlace,
    /// The patient's own goal, from and to; of the first value where there are two.
    pub goal: (&'static str, &'static str),
    /// The readings.
    pub readings: &'static [DemoReading],
}

/// One reading, taken at 7 in the morning.
#[derive(Clone, Copy, Debug)]
pub struct DemoReading {
    /// Days before today.
    pub days: u16,
    /// The value, a decimal number.
    pub value: &'static str,
    /// The second value of a pair, such as the diastolic pressure.
    pub second: Option<&'static str>,
}

impl DemoReading {
    /// When it was taken.
    pub const fn at(&self) -> Moment {
        day(self.days, 7, 0)
    }
}

/// The organizations.
pub const fn organizations() -> &'static [DemoOrganization] {
    clinic::ORGANIZATIONS
}

/// The sites.
pub const fn sites() -> &'static [DemoSite] {
    clinic::SITES
}

/// The teams.
pub const fn teams() -> &'static [DemoTeam] {
    clinic::TEAMS
}

/// Which team treats whom.
pub const fn care() -> &'static [DemoCare] {
    clinic::CARE
}

/// Everybody: first those who sign in, then the neighbors.
pub fn people() -> impl Iterator<Item = &'static DemoPerson> {
    people::PEOPLE.iter().chain(neighbors::PEOPLE)
}

/// Who may act for whom.
pub const fn grants() -> &'static [DemoGrant] {
    clinic::GRANTS
}

/// Every conversation, those of the main people first; not sorted by time.
pub fn threads() -> impl Iterator<Item = &'static DemoThread> {
    [
        ana_home::THREADS,
        ana_heart::THREADS,
        ana_sugar::THREADS,
        ben::THREADS,
        vera::THREADS,
        tom::THREADS,
        luz::THREADS,
        neighbors::THREADS,
        heart_desk::THREADS,
    ]
    .into_iter()
    .flatten()
}

/// What people have begun and not sent.
pub const fn drafts() -> &'static [DemoDraft] {
    clinic::DRAFTS
}

/// Visits and appointments.
pub const fn visits() -> &'static [DemoVisit] {
    chart::VISITS
}

/// Problems.
pub const fn conditions() -> &'static [DemoCondition] {
    chart::CONDITIONS
}

/// Medicines, present and past.
pub const fn medications() -> &'static [DemoMedication] {
    chart::MEDICATIONS
}

/// Readings.
pub const fn series() -> &'static [DemoSeries] {
    readings::SERIES
}

// The short words in which the story is told.

const fn day(days: u16, hour: i8, minute: i8) -> Moment {
    Moment::Day { days, hour, minute }
}

const fn minutes(minutes: u16) -> Moment {
    Moment::Minutes(minutes)
}

const fn ahead(days: u16, hour: i8, minute: i8) -> Moment {
    Moment::Ahead { days, hour, minute }
}

const fn say(at: Moment, author: &'static str, text: &'static str) -> DemoEntry {
    DemoEntry { at, author, act: DemoAct::Message { text, questions: &[] } }
}

const fn ask(
    at: Moment,
    author: &'static str,
    text: &'static str,
    questions: &'static [&'static str],
) -> DemoEntry {
    DemoEntry { at, author, act: DemoAct::Message { text, questions } }
}

const fn phone(at: Moment, author: &'static str, text: &'static str) -> DemoEntry {
    DemoEntry { at, author, act: DemoAct::Phone { text } }
}

const fn note(at: Moment, author: &'static str, text: &'static str) -> DemoEntry {
    DemoEntry { at, author, act: DemoAct::Note { text } }
}

const fn claim(at: Moment, author: &'static str) -> DemoEntry {
    DemoEntry { at, author, act: DemoAct::Claim }
}

const fn assign(at: Moment, author: &'static str, to: &'static str) -> DemoEntry {
    DemoEntry { at, author, act: DemoAct::Assign { to } }
}

const fn pass(
    at: Moment,
    author: &'static str,
    team: &'static str,
    reason: &'static str,
) -> DemoEntry {
    DemoEntry { at, author, act: DemoAct::Pass { team, reason } }
}

const fn join(
    at: Moment,
    author: &'static str,
    person: &'static str,
    reason: &'static str,
) -> DemoEntry {
    DemoEntry { at, author, act: DemoAct::Join { person, reason } }
}

const fn level(at: Moment, author: &'static str, level: i64, reason: &'static str) -> DemoEntry {
    DemoEntry { at, author, act: DemoAct::Level { level, reason } }
}

const fn correct(
    at: Moment,
    author: &'static str,
    message: usize,
    reason: &'static str,
    text: &'static str,
) -> DemoEntry {
    DemoEntry { at, author, act: DemoAct::Correction { message, reason, text } }
}

const fn retract(
    at: Moment,
    author: &'static str,
    message: usize,
    reason: &'static str,
) -> DemoEntry {
    DemoEntry { at, author, act: DemoAct::Retraction { message, reason } }
}

const fn close(
    at: Moment,
    author: &'static str,
    outcome: Outcome,
    note: &'static str,
) -> DemoEntry {
    DemoEntry { at, author, act: DemoAct::Close { outcome, note } }
}

const fn reading(days: u16, value: &'static str) -> DemoReading {
    DemoReading { days, value, second: None }
}

const fn pair(days: u16, value: &'static str, second: &'static str) -> DemoReading {
    DemoReading { days, value, second: Some(second) }
}

/// A patient without a log-in in demo.json, known by the threads of the queues.
#[allow(clippy::too_many_arguments, reason = "one line for one neighbor reads as a table")]
const fn neighbor(
    key: &'static str,
    given: &'static str,
    family: &'static str,
    gender: &'static str,
    years: i16,
    month: i8,
    day: i8,
    phone: &'static str,
    language: &'static str,
) -> DemoPerson {
    DemoPerson {
        key,
        role: Role::Patient,
        given,
        family,
        title: None,
        credentials: None,
        gender,
        years,
        birthday: (month, day),
        phone,
        email: None,
        language,
        site: None,
        signs_in: false,
        about: "A neighbor.",
    }
}

#[cfg(test)]
mod tests;
