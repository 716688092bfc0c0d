# Steps with work that can be taken back, and the same step with many conversations.
staff-event-undone = { $name } took that back
staff-what-undo-work = Took back a step with work
