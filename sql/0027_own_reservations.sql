-- What the application holds for somebody is the application's to settle: who could give it back themselves would be limited by nothing.
alter table webquota.reservations add column own boolean not null default false;
comment on column webquota.reservations.own is 'the subject reserved it for itself, and may settle it; else programs and administrators alone';
