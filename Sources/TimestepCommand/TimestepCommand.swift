// TimestepCommand
