select h.number, encode(h.hash, 'hex') from webquota.audit_head h
