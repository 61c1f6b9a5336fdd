select exists (select from webquota.reservations
                where state = 'held' and expires_at <= (select webquota.clock()) and put_off_until <= (select webquota.clock()))
