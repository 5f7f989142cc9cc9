import ArgumentParser
import Foundation
import Timestep

/// `timestep-bench images`: images per second and core from files to normalised numbers, as one line of JSON.
struct Images: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Images of a folder per second of one core: read, decoded, augmented, normalised.")

  @Option(help: "Directory of the image folder.") var data: String
  @Option(help: "Rows and columns of an example; the folder's own unless given.") var imageSize:
    Int?
  @Option(help: "Measured images.") var images = 2000
  @Option(help: "Examples in a batch.") var batchSize = 64

  func run() throws {
    print(try measureImages(data: data, imageSize: imageSize, images: images, batchSize: batchSize))
  }
}
