select version from webquota.policies where active
