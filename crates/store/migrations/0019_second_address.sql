-- A second mail address: only for the notice that an answer has not been opened (docs/read-back.md).
ALTER TABLE contact_point ADD COLUMN is_second BOOLEAN NOT NULL DEFAULT FALSE;
