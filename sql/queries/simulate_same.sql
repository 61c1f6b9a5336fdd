-- The versions that say the same as version $1: itself, and those that it went back to.
select p.version from webquota.policies p join webquota.policies n on n.version = $1::integer and n.text = p.text
