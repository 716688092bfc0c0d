# Teams that have ended: who reads what is written to them, and ending one.
reply-ended = { $ended } has ended. { $team } will read what you write here.
reply-ended-nobody = { $ended } has ended. Somebody who belonged to it will read what you write here.
staff-thread-ended = { $ended } has ended. What is written or opened again here goes to { $team }.
staff-thread-ended-nobody = { $ended } has ended, and no team follows it.
staff-team-end = End this team
staff-team-end-title = End { $team }?
staff-team-end-finish-title = Move what { $team } left?
staff-team-end-successor = { $to } takes over: it is the team that follows.
staff-team-end-desk = { $to } takes over: no team is named that follows, and it is the triage desk.
staff-team-end-nobody = No team takes over: none is named that follows, and there is no other triage desk.
staff-team-end-open = { $n ->
    [0] No conversation is open here.
    [one] One open conversation goes there. Its clock runs on.
   *[other] { $n } open conversations go there. Their clocks run on.
}
staff-team-end-calls = { $n ->
    [one] One call that is still to be made goes there too.
   *[other] { $n } calls that are still to be made go there too.
}
staff-team-end-patients = { $n ->
    [one] One patient whom it treats is then treated by { $to }, which may open the chart. This team may not any more.
   *[other] { $n } patients whom it treats are then treated by { $to }, which may open their charts. This team may not any more.
}
staff-team-end-patients-left = { $n ->
    [one] One patient whom it treats gets no other team: none is named that follows.
   *[other] { $n } patients whom it treats get no other team: none is named that follows.
}
staff-team-end-told = Each patient reads where the conversation went and why. The leads of { $to } get one notice.
staff-team-end-old = When a patient writes in an old conversation, { $to } reads it.
staff-team-end-followed = These teams name it as the one that follows them: { $names }. Name another one in their settings.
staff-team-end-for-good = Nobody can write to { $team } any more. This cannot be undone.
staff-team-end-go = End the team
staff-team-end-rest = Move the rest
staff-team-end-stops = What stops it
staff-team-end-stop-last-desk = It is the last triage desk of an organization with other open teams. Activate another triage desk first.
staff-team-end-stop-announcing = An announcement of this team is being sent. Wait until it is done, or stop it.
staff-team-end-stop-nobody-follows = Conversations are open here and no team takes over. Name the team that follows in the settings first.
staff-team-end-changed = Nothing was done: this changed meanwhile. Here is what would happen now.
staff-fault-successor-circle = The teams would follow each other in a circle. Choose a team whose own line of successors does not lead back here.
staff-team-ended-title = This team has ended
staff-team-ended-to = { $to } took over. What patients write into old conversations goes there too.
staff-team-ended-nobody = No team took over: none is named that follows, and there is no other triage desk.
staff-team-ended-gone = { $n ->
    [0] No conversation had to move.
    [one] One conversation has moved there.
   *[other] { $n } conversations have moved there.
}
staff-team-ended-waiting = { $n ->
    [one] One more is on its way. It moves by itself, within minutes.
   *[other] { $n } more are on their way. They move by themselves, within minutes.
}
