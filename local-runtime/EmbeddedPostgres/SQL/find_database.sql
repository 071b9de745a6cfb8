-- One row if the server has the database @name.
SELECT datname FROM pg_database WHERE datname = @name
