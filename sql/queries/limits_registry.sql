select slot, kind, key, feature, scope, "window", align, zone, starts from webquota.limits
