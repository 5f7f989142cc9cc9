// What a user of the library writes first: a tensor, a scheme on numbers, a network on images.
import Timestep

let u = try Tensor([1, 2, 3] as [Double])
print("tensor:", try (u + 0.5 * (-u)).scalars(Double.self))

let decay = ClosureField<Double> { u, _ in -2.3 * u }
let end = try integrate(
  1, field: decay, scheme: ForwardEuler(), grid: TimeGrid(from: 0, to: 1, steps: 10))
print("forward Euler:", end)

let network = try NetworkCatalog.make("resnet-20")
let logits = try network(Tensor.zeros([2, 3, 32, 32]), .evaluation)
print("network:", network.parameters.trainableCount, "parameters, logits", logits.shape)
