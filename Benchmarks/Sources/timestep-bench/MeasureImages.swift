import Foundation
import Timestep

/// Reads at least so many images of a folder's training part, decoded as they are asked for, on one thread.
func measureImages(data: String, imageSize: Int?, images: Int, batchSize: Int) throws -> String {
  let descriptor = try DatasetCatalog.imageFolder.resolved(
    directory: data, options: ReadingOptions(imageSize: imageSize, heldBytes: 0))
  let loader = try BatchLoader(
    dataset: descriptor.load(split: .train),
    options: BatchOptions(
      batchSize: batchSize, seed: 7, preparation: descriptor.preparation, workers: 1))
  // Once through first, so that the files are in the system's memory.
  var done = 0
  var start = (wall: ContinuousClock.now, processor: clock())
  var epoch = 0
  while done < images {
    let batches = loader.batches(epoch: epoch)
    if epoch == 1 { start = (ContinuousClock.now, clock()) }
    while done < images, let batch = try batches.next() {
      if epoch > 0 { done += batch.count }
    }
    batches.cancel()
    epoch += 1
  }
  let duration = (ContinuousClock.now - start.wall).components
  let wall = Double(duration.seconds) + Double(duration.attoseconds) / 1e18
  let processor = Double(clock() - start.processor) / Double(CLOCKS_PER_SEC)
  let report: [String: Any] = [
    "engine": "timestep", "images": done, "shape": descriptor.elementShape,
    "images_per_second": Double(done) / wall,
    "images_per_core_second": Double(done) / processor,
  ]
  let json = try JSONSerialization.data(withJSONObject: report, options: [.sortedKeys])
  return String(decoding: json, as: UTF8.self)
}
