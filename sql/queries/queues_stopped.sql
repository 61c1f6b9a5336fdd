select feature, limit_key, state from webquota.queues where state <> 'open'
