// TimestepTraining
