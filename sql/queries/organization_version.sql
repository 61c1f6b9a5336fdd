-- Grows with every change to what the organization $1 itself was given; never 0.
select coalesce((select a.number from webquota.audit a where a.organization = $1 and a.subject is null order by a.number desc limit 1), 0) + 1
