# Writing to one's own clinician.
direct-title = Who reads it first
direct-team = The team
direct-person = To { $name } personally
direct-first = { $name } reads it first. { $team } can read it too and steps in when { $name } is away.
direct-stands-in = { $name } is away now. { $holder } reads it first. { $team } can read it too.
direct-away = { $name } is away now. { $team } reads it first.
problem-direct = You cannot write to this person any more. Choose who reads it first again.
staff-direct = Writing to a clinician
staff-direct-about = Patients of this team may choose one of its clinicians to read their message first. The team can read it too, and who stands in gets it while the clinician is away.
staff-direct-on = Patients may choose a clinician
