// TimestepNetworks
