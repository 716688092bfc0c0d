# Steps with work that can be taken back, and the same step with many conversations.
staff-event-undone = { $name } took that back
staff-what-undo-work = Took back a step with work
bulk-title = With the chosen ones
bulk-chosen = { $n ->
    [one] { $n } chosen
   *[other] { $n } chosen
}
bulk-changed = One that changed is not chosen any more.
bulk-choose = Choose
bulk-choose-row = Choose “{ $headline }”
bulk-choose-row-of = Choose “{ $headline }”, { $name }
bulk-choose-envelope = Choose { $reference }, { $name }
bulk-choose-all = Choose all on this page
bulk-clear = Choose none
bulk-level = New level
bulk-level-go = Set the level
bulk-reason = Why, when it is less urgent than before
bulk-outcomes-others = Outcomes that need more words are on the page of each conversation.
bulk-done-claim = { $n ->
    [one] You have { $n } more now.
   *[other] You have { $n } more now.
}
bulk-done-assign = { $n } assigned.
bulk-done-snooze = { $n } snoozed.
bulk-done-level = { $n ->
    [one] The level of { $n } is set.
   *[other] The levels of { $n } are set.
}
bulk-done-close = { $n } closed.
bulk-done-pass = { $n } passed on.
bulk-done-none = Nothing was done.
bulk-undone-one = Taken back. It is as it was.
bulk-undone = { $n ->
    [one] Taken back: { $n } is as it was.
   *[other] Taken back: { $n } are as they were.
}
bulk-undone-none = Nothing was taken back.
bulk-missed-title = Not done
bulk-missed = { $what }: { $why }
bulk-missed-unnamed = { $n ->
    [one] { $n } more is not yours to act on.
   *[other] { $n } more are not yours to act on.
}
bulk-what = “{ $headline }”
bulk-what-envelope = { $reference }, { $name }
bulk-what-of = “{ $headline }”, { $name }
bulk-why-changed = it changed meanwhile
bulk-why-wrote = { $name } wrote meanwhile
bulk-why-forbidden = you may not do this with it
bulk-why-unknown = you may not do this with it
bulk-why-late = it was too late to take it back
bulk-why-questions-open = a question in it is open; answer it or set it aside first
bulk-why-reason-empty = it would be less urgent than before; say why
bulk-why-snooze-past = that moment has passed
bulk-why-snooze-too-far = ninety days are the longest
bulk-why-snooze-past-due = it is for now or today and due before then
bulk-why-pass-back = that team had it before; pass it on from its page
bulk-why-team-unknown = it cannot go to that team
bulk-why-to-unknown = that person is no member of the team any more
bulk-why-refused = it could not be done
staff-fault-chosen = Choose at least one conversation.
staff-fault-chosen-too-many = Choose at most a hundred conversations.
staff-fault-act = Choose what to do with them.
staff-fault-level = Choose a level.
staff-fault-why = Choose a reason from the list.
staff-keys-x = Choose or leave this conversation in a list
staff-keys-star = Choose all on the page, or none
staff-keys-escape = Choose none
staff-key-choose = choose
undo-for = You can undo it for { $n } seconds.
