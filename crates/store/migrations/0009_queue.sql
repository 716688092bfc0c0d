-- Order in the work: conversations taken out of a record, joined ones and snoozed items.

-- Who had seen a conversation that was taken out of a patient's record, in which it had been opened by
-- mistake: they are told so, and nobody else is. Goes away when the conversation comes back.
CREATE TABLE misfiled (
    thread_id UUID NOT NULL REFERENCES thread (id),
    patient_id UUID NOT NULL REFERENCES patient (id),
    person_id UUID NOT NULL REFERENCES person (id),
    removed_at BIGINT NOT NULL,
    PRIMARY KEY (thread_id, patient_id, person_id)
);
CREATE INDEX misfiled_person ON misfiled (person_id, patient_id, removed_at);

-- The conversations that go on in another, joined with it or after it.
CREATE INDEX thread_merged ON thread (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX thread_continues ON thread (continues) WHERE continues IS NOT NULL;
