-- The database on this machine, and the account that owns it; the service signs in through the socket, without a password.
--
--     runuser -u postgres -- psql --file hosting/database.sql
CREATE ROLE plumbline LOGIN;
CREATE DATABASE plumbline OWNER plumbline ENCODING 'UTF8' TEMPLATE template0;
