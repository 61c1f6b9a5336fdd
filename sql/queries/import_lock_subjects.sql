-- Subjects before counters, each in one order, as a single change does.
select id from webquota.subjects where key = any ($1::text[]) order by key for update
