-- Who works on a job, so that what nobody works on any more is taken up by somebody else.

ALTER TABLE job ADD COLUMN worker TEXT COLLATE "C"; -- NULL: nobody
ALTER TABLE job ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0);
