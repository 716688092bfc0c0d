-- Replies in the making that colleagues are asked to look at or finish.

-- One for a draft, gone with it. The words of the asking and of the answer are sealed under the key of whose
-- draft it is; the draft itself stays its owner's, and whoever takes it over gets a draft of their own.
CREATE TABLE draft_share (
    draft_id UUID PRIMARY KEY REFERENCES draft (id) ON DELETE CASCADE,
    -- Who is asked; null is anyone of the team.
    to_id UUID REFERENCES person (id),
    state TEXT NOT NULL CHECK (state IN ('asked', 'taken', 'returned')),
    note_sealed BYTEA NOT NULL,
    asked_at BIGINT NOT NULL,
    -- Who took it over or gave it back, and with which words.
    by_id UUID REFERENCES person (id),
    answer_sealed BYTEA,
    version BIGINT NOT NULL
);
CREATE INDEX draft_share_state ON draft_share (state, asked_at);
