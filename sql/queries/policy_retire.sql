update webquota.policies set active = false where active
