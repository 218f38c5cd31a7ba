-- The database on this machine, and the account that owns it; the service signs in through the socket, without a password.
-- CREATEDB is for `manage.py backup_check`, which restores each backup into a database of its own and drops it again.
--
--     runuser -u postgres -- psql --file hosting/database.sql
CREATE ROLE plumbline LOGIN CREATEDB;
CREATE DATABASE plumbline OWNER plumbline ENCODING 'UTF8' TEMPLATE template0;
