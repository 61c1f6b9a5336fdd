select webquota.usage_start_over()
