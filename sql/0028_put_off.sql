-- What is over and cannot be given back now, as the counters that it is held in cannot be read, is tried again later: it goes behind all
-- others, or so many of them would be the first each time, and all that is tried. When it ends is told people, and stays.
alter table webquota.reservations add column put_off_until timestamptz not null default '-infinity';
comment on column webquota.reservations.put_off_until is 'it was over, but could not be given back: not tried again before';
