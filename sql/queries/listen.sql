listen webquota
