// TimestepData
