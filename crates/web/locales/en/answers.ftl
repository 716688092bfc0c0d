# Answers that leave the channel: calls, letters, what was asked for; the call list; large print.

# What everybody reads in the conversation
letter-call = By phone with { $name }, { $time }
line-closed-answered = Closed: your team answered. You can still write back.
line-closed-callback = Closed: your team called. What was said stands above. You can still write back.
line-closed-appointment = Closed: your team asked for a visit. The office will tell you when it is.
line-closed-appointment-what = Closed: your team asked for a visit: { $what }. The office will tell you when it is.
line-closed-refill = Closed: your team asked for a refill. The pharmacy will call you.
line-closed-refill-what = Closed: a refill of { $what } was requested. The pharmacy will call you.
line-closed-order = Closed: your team ordered what you need. They will tell you what comes next.
line-closed-order-what = Closed: your team ordered { $what }. They will tell you what comes next.
line-closed-handed_over = Closed here: another team has it now and will go on with it.
line-closed-handed_over-what = Closed here: { $what } has it now and will go on with it.
line-closed-answered_elsewhere = Closed: you got your answer another way. You can still write back.
line-closed-answered_elsewhere-what = Closed: you got your answer another way: { $what }. You can still write back.
line-closed-no_answer_needed = Closed: no answer was needed. You can still write back.
line-closed-on = Date: { $date }.
line-closed-remark = They add: { $remark }
line-tried-voicemail = { $who } called and left a voice message.
line-tried-nobody = { $who } called. Nobody answered.
line-tried-said = It says: { $text }
line-at = When: { $time }.
line-brought-read_out = { $who } read this out to { $to }.
line-brought-handed_over = { $who } handed this over on paper to { $to }.
line-brought-posted = { $who } sent this by post to { $to }.

# Closing
staff-close-title = Close
staff-close-reads = The patient reads: “{ $text }”
staff-close-on = Date (not needed)
staff-what-appointment = What kind of visit was asked for?
staff-what-refill = Which medicine?
staff-what-order = What was ordered?
staff-what-handed_over = Who has it now?
staff-what-answered_elsewhere = Where was it answered?
staff-fault-what = Say it in plain words: the patient reads them.
staff-fault-on = Write a date, at most two years away.

# Recording a call or letter
staff-contact = Record a call or letter
staff-contact-title = Record a call or letter
staff-contact-closing = Close: called back
staff-contact-about = A call becomes a message of yours, in its place. A call that reached nobody is no answer: the time runs on.
staff-contact-closing-about = The call becomes a message of yours and closes the conversation. If you reached nobody, the try is recorded, the conversation stays open, and its time runs on.
staff-contact-no-phone = No phone is on record.
staff-contact-how = What happened?
staff-contact-spoke = I called and spoke with somebody
staff-contact-voicemail = I called and left a voice message
staff-contact-nobody = I called, nobody answered
staff-contact-read_out = I read the answer out
staff-contact-handed_over = I handed it over on paper
staff-contact-posted = I sent it by post
staff-contact-with = With whom, or to whom?
staff-contact-other = Somebody else
staff-contact-who = Name of somebody else
staff-contact-at = When
staff-contact-said = What was said
staff-contact-said-hint = Patient and helpers read it. After a call in which you spoke, it is needed.
staff-contact-go = Record it
staff-contact-close-go = Record the call and close
staff-fault-how = Choose what happened.
staff-fault-with = Choose somebody from the list.
staff-fault-who = Write the name.
staff-fault-at = Write a time of the last thirty days, not one to come.
staff-fault-said = Say what was said on the phone.
staff-done-called = Recorded. It stands as your message.
staff-done-tried = Recorded as tried. The conversation is as open as before, and its time runs on.
staff-done-brought = Recorded as delivered.
staff-tried =
    { $n ->
        [one] 1 call tried
       *[other] { $n } calls tried
    }
staff-calls-back = Back to the call list
