-- Whom somebody not sure asked to be called by (docs/callback.md).

-- A request for a call within minutes, with the message it came with; at most one is open in a conversation. The
-- number is sealed under the patient's key at phone_version; an empty text when none is known.
CREATE TABLE callback (
    id UUID PRIMARY KEY,
    thread_id UUID NOT NULL REFERENCES thread (id),
    message_id UUID NOT NULL REFERENCES message (id),
    asked_by UUID NOT NULL REFERENCES person (id),
    phone_sealed BYTEA NOT NULL,
    phone_version BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    -- How the team stood then (domain::callback::There), from when the clock runs, and when it has run out.
    there TEXT NOT NULL CHECK (there IN ('now', 'later', 'unknown')),
    from_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    -- Who was told last (domain::callback::Step), null while only who was there is; when it is looked at again.
    told TEXT CHECK (told IN ('duty', 'leads', 'last_resort')),
    next_at BIGINT NOT NULL,
    -- Who said last that they are calling, and when.
    caller_id UUID REFERENCES person (id),
    calling_at BIGINT,
    state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'closed', 'withdrawn', 'joined')),
    ended_at BIGINT,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX callback_open ON callback (thread_id) WHERE state = 'open';
CREATE INDEX callback_next ON callback (next_at) WHERE state = 'open';
CREATE INDEX callback_thread ON callback (thread_id);
