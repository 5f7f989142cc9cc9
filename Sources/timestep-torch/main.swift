// The part of the command that uses libtorch. The front `timestep` starts it.
import Timestep
import TimestepCommand

runTimestep(runtime: TorchRuntime())
