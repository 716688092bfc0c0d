inbox-title = Messages
inbox-new = Start a new message
inbox-promise = { $days ->
    [one] We aim to answer in 1 working day.
   *[other] We aim to answer in { $days } working days.
}
inbox-sooner = Need help sooner? See who to call
inbox-filter = Which messages to show
inbox-open = Open
inbox-turn = Your turn
inbox-closed = Closed
inbox-empty = You have no open messages. Start one when you have a question for your team.
inbox-empty-turn = No one is waiting for an answer from you.
inbox-empty-closed = You have no closed messages.
inbox-new-from = New message from
inbox-from = Message from
inbox-you-to = You wrote to { $team }
inbox-files = { $count ->
    [one] Has 1 file
   *[other] Has { $count } files
}
inbox-draft = You have a draft here
pager-label = Pages
pager-older = Older messages
pager-newest = Back to the newest
