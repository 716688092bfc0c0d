# An answer in an imported record that somebody must look at: item 9 of the PHQ-9.
record-sign = Answer above zero to question 9 of the PHQ-9
record-recognised = Found in an imported record
record-source = PHQ-9, item 9: LOINC 44260-8
record-answer-0 = Answer: a number above zero that the scale does not have.
record-answer-1 = Answer: several days (1 of 3).
record-answer-2 = Answer: more than half the days (2 of 3).
record-answer-3 = Answer: nearly every day (3 of 3).
record-date = Date of the answer: { $date }.
record-no-date = The record does not say when it was given.
record-came = The question is about thoughts of being better off dead, or of hurting oneself. The answer came with an imported record; perhaps nobody here has seen it.
record-do = Call the patient now.
record-do-more = Ask how they are and whether they are safe, and follow your plan for such answers.
record-no-phone = No phone number is on record.
record-crisis = Crisis line to give:
record-close = Once you have spoken, close this and write down what was said. The patient and their helpers see nothing of it.
flag-row-record = Flagged: answer in an imported record
