select version, text from webquota.policies where active
