import ArgumentParser
import Foundation
import Timestep

/// Measures Timestep's own training: the real trainer, loader and augmentation on random images.
@main
struct TimestepBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "timestep-bench", abstract: "Measures training steps and their memory.",
    subcommands: [Step.self, Memory.self, Images.self, ProjectionCost.self])
}
