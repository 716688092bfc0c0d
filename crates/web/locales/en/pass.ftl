# Why a conversation went to another team, and what staff are asked when it goes back.
pass-reason-medicine = they know this medicine best.
pass-reason-problem = they know this health problem best.
pass-reason-visit = your visit was with them.
pass-reason-question = they take care of this kind of question.
pass-reason-sooner = they can answer sooner.
pass-reason-office = the office does this.
pass-reason-sort = they find out who can help you best.
pass-own-words = In my own words:
pass-why = Why, as the patient reads it
pass-own = Own words (the patient reads them)
pass-note = For colleagues only
pass-back-title = This goes back to a team that had it
pass-way = { $from } passed it to { $to }
pass-way-by = { $way } ({ $by })
pass-back-ask = Ask that team first, if you can. The patient sees every pass.
pass-back-desk = It went back and forth too often. It goes to the lead of { $team }, who decides whose it is.
staff-done-passed-desk = Passed to the lead of the triage desk, who decides whose it is.
