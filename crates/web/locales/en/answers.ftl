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

# Numbered questions
staff-questions-open =
    { $n ->
        [one] { $n } of { $all } open
       *[other] { $n } of { $all } open
    }
staff-questions-ours = You asked the patient
staff-questions-waits = Waiting for the patient
staff-question-aside-do = Set aside…
staff-question-aside-because = Set aside: “{ $reason }”
staff-question-why = Why? The patient reads it.
staff-reply-answers = This answers
staff-reply-answers-more = What you leave without a tick stays open, and the patient is told so.
staff-reply-ask = Ask the patient
staff-reply-ask-n = Question { $n }
staff-reply-ask-for = You need
staff-contact-answers = Which questions did the call answer?
staff-fault-questions = A question is still open. Say of each whether it is answered, or set it aside.
staff-fault-question-reason = Say why it is set aside.
staff-fault-question = Who asks something waits for the answer: send without closing.
thread-questions-open =
    { $n ->
        [one] { $n } of { $all } of your questions is still open.
       *[other] { $n } of { $all } of your questions are still open.
    }

# The call list
staff-rail-calls = To call
staff-calls-title = To call
staff-calls-about = Nobody has opened these answers in time, and no other way is left. Call, read the answer out, or send it on paper, and record it here.
staff-calls-empty = Nobody has to be called.
staff-calls-empty-more = Answers that stay unopened come here by themselves, after a second notice and after a helper was told.
staff-calls-since = Unopened for
staff-calls-tried = Tried
staff-calls-record = Record a call
staff-class-urgent = urgent
staff-class-prompt = result or medicine
staff-class-ordinary = ordinary
staff-read-back-link = Answers that nobody opens
staff-read-back-title = Answers that nobody opens
staff-read-back-about = An answer that nobody on the patient’s side has opened within these hours makes a second notice, then tells a helper who may read it, and comes to the team’s call list. Patients without a log-in are on the list at once. Day and night count; a day on which the team does not work does not, but for what is due now or today.
staff-read-back-urgent = Hours for what is due now or today
staff-read-back-prompt = Hours for results and medicines
staff-read-back-ordinary = Hours for everything else
staff-fault-urgent = Write hours from 0.25 to 720, not more than for results and medicines.
staff-fault-prompt = Write hours from 0.25 to 720, not more than for everything else.
staff-fault-ordinary = Write hours from 0.25 to 720.

# Large print
staff-large = Large print
staff-large-all = Print the whole conversation
staff-large-one = Print only the newest answer
staff-large-record = Record it as read out, handed over or sent
large-title = Answer in large print
large-phone = Phone
large-for = For { $name }
large-questions = Please tell us
large-call = Questions? Call { $phone }.
large-printed = Printed { $time }
large-nothing = There is no answer yet.
