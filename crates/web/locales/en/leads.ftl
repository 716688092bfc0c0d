# What leads need: figures of a team, how groups wait, saved replies, announcements.

leads-rail = Leading
leads-rail-overview = How the team does
leads-rail-equity = Who waits longer
leads-title = How the team does
leads-none = There is no team whose figures you may see. Leads of a team see its own.
leads-team = Team
leads-late = { $late ->
    [0] Nothing is late
    [one] 1 message is late
   *[other] { $late } messages are late
  }, and { $nearly ->
    [0] none is nearly late
    [one] 1 is nearly late
   *[other] { $nearly } are nearly late
  }.
leads-nothing-open = Nothing is open. Nobody waits for this team.
leads-open = Open work by age
leads-level = Level
leads-all = All
leads-age-1 = Below 4 h
leads-age-2 = 4 to 24 h
leads-age-3 = 1 to 3 days
leads-age-4 = Older
leads-is-late = Late
leads-is-nearly = Nearly late
leads-total = All
leads-bar = As a bar
leads-waiting = { $n ->
    [0] Nothing waits for a patient.
    [one] 1 more waits for the patient.
   *[other] { $n } more wait for the patient.
  }
leads-load = Who holds what
leads-load-about = Numbers of messages, not of effort: hard questions take longer. Away people are marked.
leads-member = Member
leads-held = Holds now
leads-week = Answered, 7 days
leads-month = Answered, 28 days
leads-left = Left the team
leads-away = Away, back
leads-times = How long it takes
leads-what = From the question
leads-to-read = To first reading
leads-to-answer = To the answer
leads-half = Half took up to
leads-most = 9 in 10 took up to
leads-of = Of
leads-times-none = Nothing was answered in the last 28 days.
leads-times-about = Questions of the last 28 days that were answered, nights and weekends included.
leads-steps = What happened in 28 days
leads-escalated = Brought to a lead or the last resort
leads-expired = Claims that ran out
leads-covered = Went to whoever stood in
leads-returned = Came back with their holder
leads-days-hours = { $d } d { $h } h

equity-link = Do groups of patients wait alike?
equity-title = Do groups of patients wait alike?
equity-about = Each night answered questions are counted by group. Only counts and sums are kept, no patient.
equity-since = Questions since
equity-made = Counted on
equity-nothing = Nothing was answered that could be counted.
equity-never = Not counted yet. The first count comes within minutes, then one each night.
equity-by-language = By language
equity-by-age = By age
equity-by-payer = By who pays
equity-by-race = By race, as recorded
equity-group = Group
equity-answers = Answers
equity-reference = Compared with this group
equity-withheld = Not shown
equity-few = Few
equity-interval = { $low } to { $high }
equity-ratio = { $times } times as long ({ $low } to { $high })
equity-differs = Differs
equity-ages = { $from } to { $to }
equity-ages-from = { $from } and over
equity-language-en = English
equity-language-es = Spanish
equity-several = More than one
equity-other = Others
equity-not-recorded = Not recorded
equity-how = How to read this
equity-how-typical = The bold time is typical (the geometric mean). The range beside it holds the true one 95 times in 100.
equity-how-differs = "Differs" stands where both groups have 30 answers or more and the range of the comparison leaves out "as long". Of twenty comparisons one is marked by chance alone.
equity-how-small = Groups of 10 answers or fewer are not shown, and never just one of them, so that nobody can be found.
equity-how-limits = A difference is a reason to look, not a proof: groups may ask about other things, at other hours.

staff-what-read-team-figures = Saw how a team does
staff-what-read-equity = Saw how groups of patients wait
staff-what-keep-replies = Changed saved replies of a team
staff-what-announce = Prepared or sent an announcement
staff-what-measure-equity = Counted how groups of patients wait
staff-basis-team-lead = Leads the team

replies-rail = Saved replies
replies-title = Saved replies
replies-about = Texts that you can put into a reply with one key (;). You read and change them before they are sent.
replies-own = Your own
replies-empty = None yet.
replies-add = Write a saved reply
replies-new = Write a saved reply
replies-change = Change a saved reply
replies-back = All saved replies
replies-whose = Whose
replies-name = Title
replies-text-en = Text in English
replies-text-es = Text in Spanish
replies-act = Suggests, in one press with sending
replies-act-about = These are offered beside the text, for one press that sends it too. Nothing is done by itself.
replies-act-wait = Send and wait for the patient
replies-act-close = Send and close: { $outcome }
replies-delete = Throw it away
replies-deleted = It is gone.
replies-saved = The saved reply is kept.
replies-placeholders = What is filled in
replies-placeholders-about = Write these in braces. They are filled in when the text is put into a reply; what is not known stays, and such a text cannot be sent.
replies-puts = Puts in
replies-put-patient-first-name = The patient's first name
replies-put-patient-name = The patient's whole name
replies-put-team = The team's name
replies-put-phone = The phone of the team's place
replies-put-nurse-line = The nurse line of the team's place
replies-put-my-name = Your name
replies-put-fill = Something you write yourself each time, such as a dose
replies-key = Choose a saved reply
replies-label = Saved reply
replies-insert = Put it in
replies-level = Level
replies-level-none = As it is
replies-end = Then
replies-end-none = Nothing more
replies-press = One press does this:
replies-press-none = This saved reply suggests more, but not here:
replies-press-go = Send and do this
replies-press-key = Send and do what the saved reply suggests
replies-press-why = Why less urgent
replies-step-send = Sends this message.
replies-step-level = Sets the level: { $level }.
replies-step-wait = Waits for the patient.
replies-step-close = Closes: { $outcome }.
replies-but-lower = The level stays: only a clinician makes it less urgent.
replies-but-level = The level stays: there is no open work of yours here.
replies-but-close = It is not closed: you cannot close it here.
replies-but-questions = Questions are open. Tick those that this message answers, or set them aside first: it is not closed with an open question.
replies-fault-placeholder = A word in braces is left: it is none of those that can be filled in, or its value is not known. Write the words in its place.
replies-fault-full = There are 200 saved replies. Throw one away first.
staff-fault-title = Write a title.
staff-fault-text-en = Write a text in English or in Spanish.
staff-fault-text-es = Write a text in Spanish.

announce-rail = Announcements
announce-title = Announcements
announce-none = You lead no team. Who leads a team can write to its patients.
announce-about = One text for many patients. Each gets it in a conversation of their own; their answers come to the team.
announce-new = Write an announcement
announce-empty = No announcement yet.
announce-back = All announcements
announce-write = Announcement
announce-one = Announcement
announce-who = Who gets it
announce-everybody = { $n ->
    [one] The 1 patient of the team
   *[other] All { $n } patients of the team
  }
announce-language = { $n ->
    [one] 1 patient whose language is { $language }
   *[other] { $n } patients whose language is { $language }
  }
announce-headline-en = Headline in English
announce-headline-es = Headline in Spanish
announce-placeholders = You may write {"{"}patient first name{"}"}, {"{"}team{"}"}, {"{"}phone{"}"} and {"{"}nurse line{"}"}. Each patient gets the text in their language if there is one, else the first.
announce-look = See how it reads
announce-by = { $team }, by { $name }
announce-count = { $n ->
    [0] Nobody would get it.
    [one] 1 patient would get it.
   *[other] { $n } patients would get it.
  }
announce-readers = { $n ->
    [0] None of them reads here.
    [one] 1 of them reads here.
   *[other] { $n } of them read here.
  }
announce-how = Each patient gets it in a conversation of their own, with your name. Nobody sees who else got it. The notice by mail says only that there is a message.
announce-send = { $n ->
    [one] Send it to 1 patient
   *[other] Send it to { $n } patients
  }
announce-not-own = Somebody else wrote it. Open it with "Change it" and save it; then you can send it in your name.
announce-nobody = There is nobody to send it to.
announce-change = Change it
announce-sent = { $n ->
    [one] 1 patient has it.
   *[other] { $n } patients have it.
  }
announce-left = { $left ->
    [0] Nobody is still to get it
    [one] 1 is still to get it
   *[other] { $left } are still to get it
  }{ $skipped ->
    [0] .
    [one] , 1 was passed over.
   *[other] , { $skipped } were passed over.
  }
announce-stop = Stop the sending
announce-refreshes = Look again
announce-sending = The sending has begun.
announce-stopped = The sending is stopped. Who has it keeps it.
announce-changed = The text or the number of patients has changed. Look again before you send it.
announce-state-draft = Draft
announce-state-sending = Being sent
announce-state-done = Sent
announce-state-stopped = Stopped
announce-fault-headline = Write a headline.
staff-fault-headline-en = Write a headline.
staff-fault-headline-es = Write a headline.
staff-fault-language = Choose who gets it.
