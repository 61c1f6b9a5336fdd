lock table webquota.policies in share row exclusive mode
