select webquota.us(webquota.clock())
