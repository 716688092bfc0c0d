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
