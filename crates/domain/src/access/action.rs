//! The actions the policy knows and the kind of thing each acts on.

use crate::code::codes;

codes! {
    /// What an action acts on.
    ObjectKind {
        /// One conversation.
        Thread = "thread",
        /// One patient.
        Patient = "patient",
        /// One team.
        Team = "team",
        /// Something that belongs to one log-in: a draft, an inbox, an account.
        Own = "own",
        /// The deployment as a whole.
        Deployment = "deployment",
    }
}

codes! {
    /// Everything somebody may ask to do.
    ActionKind {
        /// Read a conversation's words.
        ReadThread = "read_thread",
        /// Read who, when, team and state of a conversation; no words.
        ReadEnvelope = "read_envelope",
        /// Prepare a reply without sending it.
        DraftReply = "draft_reply",
        /// Send in a conversation, correct or take back one's own message.
        Reply = "reply",
        /// Set one's own read mark.
        MarkRead = "mark_read",
        /// Read staff notes.
        ReadNotes = "read_notes",
        /// Write a staff note.
        WriteNote = "write_note",
        /// Claim, release, wait, answer questions as done, set the level.
        HandleWork = "handle_work",
        /// Take back a flag of the urgency check, or raise it again.
        TakeFlagBack = "take_flag_back",
        /// Say whether the urgency check was right.
        RateFlag = "rate_flag",
        /// Ask a colleague about a reply in the making, and look at one that was asked about.
        ShareDraft = "share_draft",
        /// Assign or pass work.
        AssignWork = "assign_work",
        /// Close with an outcome, or reopen.
        CloseThread = "close_thread",
        /// Take back one's own last step with the work, within seconds.
        UndoWork = "undo_work",
        /// Take a conversation out of a patient's record into which it was opened by mistake.
        MoveThread = "move_thread",
        /// Join a conversation with another of the same patient, as one of the two.
        MergeThread = "merge_thread",
        /// Read a patient's name, birth date and language.
        ReadDemographics = "read_demographics",
        /// Read visits, conditions, medicines, observations.
        ReadChart = "read_chart",
        /// Set and end the limits of a patient's plan.
        SetPlan = "set_plan",
        /// List a patient's conversations.
        ListThreads = "list_threads",
        /// Search a patient's conversations.
        SearchThreads = "search_threads",
        /// Prepare a new conversation.
        DraftThread = "draft_thread",
        /// Start a conversation.
        StartThread = "start_thread",
        /// Start a conversation between staff about a patient.
        StartStaffThread = "start_staff_thread",
        /// Put a conversation into a patient's record that was opened in another's by mistake.
        ReceiveThread = "receive_thread",
        /// Look at what a helper has prepared for the patient, and take it on or set it aside.
        DecideDraft = "decide_draft",
        /// See who may act for a patient.
        ReadCircle = "read_circle",
        /// See who opened what.
        ReadAccessLog = "read_access_log",
        /// See a team's queue with words.
        ListQueue = "list_queue",
        /// See a team's queue without words.
        ListEnvelopes = "list_envelopes",
        /// See a team's figures: open work, load by member, times to read and to answer.
        ReadTeamFigures = "read_team_figures",
        /// See how groups of a team's patients wait: counts and intervals, nobody's data.
        ReadEquity = "read_equity",
        /// Use and keep a team's saved replies.
        KeepReplies = "keep_replies",
        /// Write to many of a team's patients at once.
        Announce = "announce",
        /// One's own inbox, drafts, account, sessions, preferences.
        UseOwn = "use_own",
        /// Start a session, after proving who one is.
        SignIn = "sign_in",
        /// End a session.
        SignOut = "sign_out",
        /// Change what one proves oneself with, where notices go, and what is signed in.
        ChangeCredentials = "change_credentials",
        /// Find a patient by identifier or name and birth date.
        FindPatient = "find_patient",
        /// See time spent on care.
        ReadTime = "read_time",
        /// Find whose access log to read, by record number.
        FindAccessLog = "find_access_log",
        /// Manage people, teams, sites, grants, enrolment codes.
        Administer = "administer",
        /// Bring in records.
        ImportRecords = "import_records",
        /// Open demographics to count how groups of patients wait; the system's alone.
        MeasureEquity = "measure_equity",
        /// Open what the urgency check kept to count how its rules do; the system's alone.
        MeasureCheck = "measure_check",
    }
}

impl ActionKind {
    /// What the action acts on.
    pub const fn object(self) -> ObjectKind {
        match self {
            Self::ReadThread
            | Self::ReadEnvelope
            | Self::DraftReply
            | Self::Reply
            | Self::MarkRead
            | Self::ReadNotes
            | Self::WriteNote
            | Self::HandleWork
            | Self::TakeFlagBack
            | Self::RateFlag
            | Self::ShareDraft
            | Self::AssignWork
            | Self::CloseThread
            | Self::UndoWork
            | Self::MoveThread
            | Self::MergeThread => ObjectKind::Thread,
            Self::ReadDemographics
            | Self::ReadChart
            | Self::SetPlan
            | Self::ListThreads
            | Self::SearchThreads
            | Self::DraftThread
            | Self::StartThread
            | Self::StartStaffThread
            | Self::ReceiveThread
            | Self::DecideDraft
            | Self::ReadCircle
            | Self::ReadAccessLog => ObjectKind::Patient,
            Self::ListQueue
            | Self::ListEnvelopes
            | Self::ReadTeamFigures
            | Self::ReadEquity
            | Self::KeepReplies
            | Self::Announce => ObjectKind::Team,
            Self::UseOwn | Self::SignIn | Self::SignOut | Self::ChangeCredentials => {
                ObjectKind::Own
            }
            Self::FindPatient
            | Self::ReadTime
            | Self::FindAccessLog
            | Self::Administer
            | Self::ImportRecords
            | Self::MeasureEquity
            | Self::MeasureCheck => ObjectKind::Deployment,
        }
    }

    /// The FHIR resource type and letter a token's scopes must include; `None` where no token will do.
    pub const fn scope(self) -> Option<(&'static str, char)> {
        match self {
            Self::ReadThread => Some(("Communication", 'r')),
            Self::ListThreads => Some(("Communication", 's')),
            Self::Reply | Self::StartThread => Some(("Communication", 'c')),
            Self::ReadDemographics => Some(("Patient", 'r')),
            _ => None,
        }
    }
}
