import Timestep

print("A package that depends on Timestep by version builds and runs.")
