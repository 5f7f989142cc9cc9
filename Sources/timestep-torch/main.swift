// The part of the command that uses libtorch. The front `timestep` starts it.
import TimestepCommand

runTimestep(runtime: TorchRuntime())
