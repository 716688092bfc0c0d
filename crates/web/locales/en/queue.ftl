# Moving a conversation to the right patient.
staff-act-move = Wrong patient?
staff-move-find = Move to the right patient
staff-move-find-about = This conversation stands in the record of { $name }. Find the patient it belongs to.
staff-move-no-same = It stands in this patient’s record already.
staff-move-no-team = The team that has this conversation does not treat this patient. Pass it to a team that treats both first.
staff-move-no-merged = This conversation was joined with another. Joined conversations cannot be moved.
staff-move-no-files = This conversation holds files. Conversations with files cannot be moved yet.
staff-move-title = Move this conversation to { $name }?
staff-move-who = { $name } ({ $number })
staff-move-what = “{ $what }” stands in the record of { $name } now.
staff-move-to = It will stand in the record of { $name }, born { $born }.
staff-move-own = { $name } (the patient)
staff-move-loses = Will not be able to open it any more, from that moment: { $names }.
staff-move-loses-nobody = Nobody on the patient’s side loses it.
staff-move-gains = Will be able to read all of it: { $names }.
staff-move-gains-nobody = Nobody else on a patient’s side will read it.
staff-move-leaving = Lose it, because they do not treat { $patient }: { $names }.
staff-move-foreign = Wrote in it and may not act for { $patient }: { $names }. Their names and words will show to { $patient }’s side.
staff-move-texts = What people wrote stays as it is, also names in the texts: look at them first. What is on its way waits until its writer looks again. What it was about (a visit, a result) is taken off.
staff-move-logs = Both patients’ access logs will name you. Colleagues read your reason in the conversation.
staff-move-go = Move it
staff-done-refiled = Moved to the right patient.
staff-event-refiled = { $name } moved this here from another patient’s record
staff-event-merged = { $name } joined two conversations
staff-event-snoozed = { $name } put this off or took it back
staff-what-move-thread = Took a conversation out of this record, where it was filed by mistake
staff-what-receive-thread = Put a conversation into this record that was filed elsewhere by mistake
staff-what-merge-thread = Joined two conversations
line-refiled = This conversation was filed in the wrong place. It was moved here.
inbox-removed = A conversation was filed here by mistake and has been removed ({ $date }).

# Nearly the same was said a moment ago.
again-title = Nearly the same was sent before
again-where = { $name } wrote this in “{ $headline }”:
again-why = In one conversation your team sees all of it, and answers once.
again-join = Add to that conversation
again-anyway = Send as a new one anyway

# Joining two conversations.
staff-act-merge = Join with another
staff-merge-choose = Join with which conversation?
staff-merge-about = This conversation goes on in the one you choose. Both are of the same patient.
staff-merge-none = There is no other conversation of this patient that you may join it with.
staff-merge-title = Join two conversations?
staff-merge-named = { $headline } ({ $team })
staff-merge-from = This one ends and is read inside the other: { $what }, begun { $date }.
staff-merge-into = This one goes on: { $what }, begun { $date }.
staff-merge-readers = Nobody reads more than before: who could read only one of them reads only that one.
staff-merge-work = One piece of work stays, with the earlier clock and the more urgent level.
staff-merge-texts = Texts, notes and drafts stay. Links to the one that ends lead to the other.
staff-merge-no-undo = This cannot be undone.
staff-merge-go = Join them
staff-done-merged = Joined.
staff-done-goes-on = That conversation was joined with this one.
staff-fault-merge-into = Choose another conversation of the same patient.
line-merged = This goes on in another conversation of yours.
line-absorbed = Another conversation was joined with this one.

# Putting work off.
staff-rail-snoozed = Snoozed
staff-act-snooze = Snooze
staff-act-snooze-go = Snooze
staff-act-unsnooze = Back to the list now
staff-snooze-until = Until
staff-snooze-today = Later today
staff-snooze-tomorrow = Tomorrow morning
staff-snooze-monday = Monday morning
staff-snooze-date = The morning of this day:
staff-snooze-day = Day
staff-snoozed-until = Snoozed until
staff-done-snoozed = Snoozed. It comes back then, or when the patient writes. Its clock goes on.
staff-done-unsnoozed = Back in the list.
staff-fault-snooze = Choose until when. For a day, give the day.
staff-fault-snooze-past = That moment has passed. Choose a later one.
staff-fault-snooze-too-far = Ninety days are the longest. Choose an earlier day.
staff-fault-snooze-past-due = It is for now or today and due before then. Answer it, pass it on, or choose an earlier moment.
staff-keys-h = Snooze
