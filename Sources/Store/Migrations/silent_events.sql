-- Events that owe nothing: history that is moved in. A program of the version before makes none of them.
ALTER TABLE events ADD COLUMN silent boolean NOT NULL DEFAULT false;
