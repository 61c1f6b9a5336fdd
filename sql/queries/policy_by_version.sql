select version, text from webquota.policies where version = $1::integer
