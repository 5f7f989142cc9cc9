// Trains ResNet-20 as forward Euler with step size h = 0.1 on Fashion-MNIST through the library.
//   make example              two epochs
//   make example STEPS=20     a first look
import Timestep

try Torch.keepFreedMemory()
let epochs = 2
let maxSteps = CommandLine.arguments.dropFirst().first.flatMap { Int($0) }

// The data: 60,000 images to learn from and 10,000 to measure with, normalised.
let fashion = DatasetCatalog.fashionMNIST
func loader(_ split: DatasetSplit) throws -> BatchLoader {
  try BatchLoader(
    dataset: fashion.load(split: split),
    options: BatchOptions(
      batchSize: 128, shuffle: split == .train, seed: 7,
      preparation: fashion.preparation(for: .test)))
}

// The network: u+ = relu(u + h f(u)).
var options = NetworkOptions()
options.h = 0.1
let network = try NetworkCatalog.make(
  "resnet-20", options, task: NetworkTask(inputShape: [1, 28, 28], classes: 10), seed: 7)

// The training: SGD with momentum, the learning rate divided by 10 at half and three quarters of the time.
let trainer = Trainer(
  model: network, parameters: network.parameters,
  optimizer: try SGD(network.parameters.trainable, momentum: 0.9),
  schedule: StepSchedule(initial: 0.1, drops: [1, 1.5]), epochs: epochs, maxSteps: maxSteps)
trainer.observers = [ProgressDisplay()]
let outcome = try trainer.train(on: loader(.train), testing: loader(.test))
print("test accuracy", outcome.epochs.last?.testAccuracy ?? 0)
