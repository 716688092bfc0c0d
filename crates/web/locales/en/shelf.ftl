drafts-title = Drafts
drafts-text = You have not sent these yet. Only you can see them.
drafts-sending = Being sent…
drafts-handed = With { $patient }
drafts-handed-text = You gave these to { $patient }, who can read them and decides what is sent.
drafts-unsent = Not sent. Read it again, then send it.
drafts-empty = You have no drafts.
drafts-no-team = No team chosen yet
drafts-no-title = No title yet
drafts-to = To { $team }
drafts-reply = Answer to { $team }
search-title = Search your messages
search-label = Word to look for
search-hint = We look in all your messages, old and new.
search-button = Search
search-results = What we found
search-scanning = We are still looking in your older messages.
search-nothing = We found nothing. Try a shorter word.
search-found = { $count ->
    [one] 1 message on this page.
   *[other] { $count } messages on this page.
}
search-again = Look again
helping-title = Who do you want to help?
helping-empty = No one has asked you to help yet. They can add you with their clinic.
helping-may-all = You can read and write messages.
helping-may-read = You can read messages.
helping-may-draft = You can write drafts. They send them.
helping-unread = { $count ->
    [one] 1 new
   *[other] { $count } new
}
helping-own = Go to my own messages
confirm-delete-title = Delete this draft?
confirm-delete-text = You cannot get it back.
confirm-delete-button = Delete draft
confirm-close-title = Close this conversation?
confirm-close-text = Your team will know that you need no more answers. You can still write back at any time.
confirm-close-button = Close it
confirm-sessions-title = Sign out everywhere else?
confirm-sessions-text = All your other phones and computers will be signed out.
confirm-sessions-button = Sign out the others
confirm-session-title = Sign out this device?
confirm-session-text = Whoever uses it must sign in again.
confirm-session-button = Sign it out
confirm-retract-title = Take your message back?
confirm-retract-text = It will read as taken back. The first text stays in your record, and your team can open it.
confirm-retract-reason = Why? (you can leave this blank)
confirm-retract-button = Take it back
drafts-own = Your own drafts
drafts-prepared = Prepared for you
drafts-prepared-text = Somebody who helps you wrote this. Nothing is sent until you send it.
drafts-prepared-by = From { $name }
prepared-title = Prepared for you
prepared-text = { $name } wrote this for you. It is not sent. You decide what happens with it.
prepared-when = Handed over
prepared-said = If you send it, it goes in your name. Your team will see that { $name } prepared it.
prepared-take = Use this text
prepared-decline = I do not want this
prepared-thread = Read the conversation it answers
prepared-back = Back to drafts
prepared-note = { $name } prepared a text for you.
prepared-look = Look at it
confirm-decline-title = Set this text aside?
confirm-decline-text = You will not see it any more. { $name } keeps it and can see that you do not want it.
confirm-decline-button = Set it aside
hand-over-text = { $patient } will see this and decide. Your team gets nothing until { $patient } sends it.
hand-over-button = Give it to { $patient }
offered-title = Your draft
offer-state-offered = { $patient } has your draft now.
offer-state-taken = { $patient } took your draft on.
offer-state-declined = { $patient } does not want to use your draft.
offered-offered-text = { $patient } will see this and decide: change it, send it, or set it aside. Your team has not seen it.
offered-taken-text = { $patient } can change it and send it. If it is sent, it says that you prepared it.
offered-declined-text = You can change it and give it again, or delete it.
offered-offered-back = Take it back
offered-taken-back = Use it for a new draft
offered-declined-back = Change it
prepared-waiting = { $count ->
    [one] Somebody who helps you prepared a text for you.
   *[other] { $count } texts were prepared for you.
}
