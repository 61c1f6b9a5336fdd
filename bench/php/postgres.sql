-- The tables of bench/php/postgres.php.
create table counters (
  owner text not null, limit_key text not null, window_start date not null, used bigint not null,
  primary key (owner, limit_key)
) with (fillfactor = 70);
create table decisions (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  subject text not null, organization text not null, feature text not null, allowed boolean not null, used bigint[] not null
);
