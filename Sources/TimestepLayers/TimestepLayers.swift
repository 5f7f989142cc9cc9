// TimestepLayers
