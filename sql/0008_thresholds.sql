-- At which shares of their limits people want to be told, where they said so themselves. With the subject, so that whatever reads the
-- one has the other.
alter table webquota.subjects add column thresholds jsonb
  check (jsonb_typeof(thresholds) = 'object' and octet_length(thresholds::text) <= 65536
         and not jsonb_path_exists(thresholds, 'strict $.* ? (!(@.type() == "array") || @.size() != 2)')
         and not jsonb_path_exists(thresholds, 'lax $.*[*] ? (@.type() != "number" || @ < 1 || @ > 100)'));
comment on column webquota.subjects.thresholds is
  'by feature: from which percent of a limit of their own use it is a notice, and from which a warning; null: as the policy says';
