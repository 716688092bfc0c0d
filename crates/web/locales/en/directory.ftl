# The directory of teams: setting one up and opening it, tiles to choose from, and who is on duty.

staff-team-status-draft = Draft
staff-team-status-active = Active
staff-team-status-ended = Ended
staff-team-missing = Missing: { $what }
staff-need-name = Name in plain words
staff-need-purpose = What to write to it about
staff-need-hours = Hours
staff-need-member = A member who may answer
staff-need-last-resort = Who covers when all are away
staff-need-triage-desk = A triage desk in the organization
staff-activate-title = Before patients can write to it
staff-activate-about = This team is a draft: patients do not see it. Open it when everything is there.
staff-activate-go = Activate the team
staff-check-done = Done
staff-check-missing = Missing
staff-check-go = Add it
staff-lack-name = Give the team a name that a patient would say.
staff-lack-purpose = Say what patients write to the team about.
staff-lack-hours = Give the team hours on at least one day.
staff-lack-member = Add a nurse or clinician to the team, on their own page.
staff-lack-last-resort = Choose a member who covers when all are away.
staff-lack-triage-desk = Activate a team of the kind “{ staff-team-kind-triage }” in this organization first: whoever is not sure writes to it.
staff-fault-purpose-needed = An active team keeps its purpose: patients choose by it.
staff-fault-last-resort-needed = An active team always has somebody who covers when all are away.
staff-fault-person-last-resort = A team counts on this person when all are away. Name another one in that team’s settings first.
staff-settings-changed = Somebody changed this team meanwhile. Here is what is set now; nothing of yours was saved.
staff-settings-lost = What you had typed

# Tiles of teams.
date-coming-today = today at { $time }
date-coming-tomorrow = tomorrow at { $time }
date-coming-weekday = { $weekday } at { $time }
tile-open-always = Open around the clock.
tile-open-today = Open today until { $time }.
tile-open-until = Open until { $when }.
tile-opens = Opens { $when }.
tile-visit-next = Next visit { $day }
tile-visit-last = Last visit { $day }
tile-role-clinician = Doctors
tile-role-nurse = Nurses
tile-role-desk = Front desk staff
compose-unsure-goes = { $team } reads it first and finds the right team for you.
compose-nobody = We do not know your care team yet. Please call us:
staff-team-names = What patients see of its people
staff-team-names-about = Without names patients read roles, like “A nurse of the team”. Who signs an answer is always named.
staff-team-names-show = Show names

# Who has a conversation, and why it moved.
date-back-today = today
date-back-tomorrow = tomorrow
date-back-weekday = { $weekday }
custody-since = Since
custody-taken = { $who } has it.
custody-team = { $team } has it: whoever is free takes it.
custody-away-until = { $who } is away until { $day }.
custody-away = { $who } is away.
custody-returned = { $who } is back and has it again.
custody-role-clinician = A doctor of { $team }
custody-role-nurse = A nurse of { $team }
custody-role-other = Somebody of { $team }
custody-earlier = { $n ->
    [one] One step before
   *[other] { $n } steps before
}

# Rosters of duty.
staff-roster-title = Who is on duty
staff-roster-about = Whoever is on duty is told first of what is late when no lead is named, and stands first when work is assigned. A date counts in place of its weekday. Without a roster all members are on duty.
staff-roster-empty = No roster yet: all members are on duty.
staff-roster-off = Off duty
staff-roster-add = Add hours
staff-roster-who = Who
staff-roster-day = Day
staff-roster-date = One date
staff-roster-which = Which date, for one date
staff-roster-hours = Hours, such as 08:00-12:00 13:00-17:00; empty on a date means off duty
staff-on-duty = On duty now: { $names }.
staff-on-duty-nobody = Nobody is on duty now.
staff-fault-roster-day = Choose a weekday, or one date and say which.
staff-fault-roster-day-past = This date is over. Choose a date from today on.
staff-fault-roster-day-taken = They have hours on that day already. Remove those first.
staff-fault-roster-hours-never = Give the weekday hours: without any they are never on duty then.
