// The front of the command. It parses the arguments without loading libtorch, so that help and errors
// come at once, finds libtorch, and becomes `timestep-torch`, which does the work.
import TimestepCommand

runTimestep(runtime: FrontRuntime())
