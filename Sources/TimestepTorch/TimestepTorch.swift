// TimestepTorch
