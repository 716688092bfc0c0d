-- Answers that left after the patient's side had written what their writers had not read (docs/crossed.md).

-- One such answer by its number: the work on it stays owed, whatever was to happen with it.
CREATE TABLE crossed_answer (
    thread_id UUID NOT NULL REFERENCES thread (id),
    seq BIGINT NOT NULL,
    person_id UUID NOT NULL REFERENCES person (id),
    PRIMARY KEY (thread_id, seq)
);
CREATE INDEX crossed_answer_person ON crossed_answer (person_id);
