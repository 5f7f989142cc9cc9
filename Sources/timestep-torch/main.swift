import Timestep
