-- The first bulk that is under way behind the bulk $2 (0: of all), and the next $1 who are to be changed by it; a row with a null number where
-- none is left. Last, what the one made that it undoes.
select b.id, b.what, b.change::text, b.reason, b.actor, b.origin, i.number, i.subject, b.undoes,
       (select u.what from webquota.bulks u where u.id = b.undoes)
  from (select * from webquota.bulks where state = 'running' and id > $2::bigint order by id limit 1) b
  left join lateral (select number, subject from webquota.bulk_items
                      where bulk_id = b.id and state = 'waiting' order by number limit $1::bigint) i on true
 order by i.number
