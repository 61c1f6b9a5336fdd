-- Looking for people by the beginning of their id, e-mail address or organization: in the order of the bytes, whatever the
-- collation of the database is.
create index subjects_key_bytes on webquota.subjects (key text_pattern_ops);
create index subjects_email_bytes on webquota.subjects (lower(email) text_pattern_ops) where email is not null;
create index accounts_organization_bytes on webquota.accounts (organization text_pattern_ops) where organization is not null;
