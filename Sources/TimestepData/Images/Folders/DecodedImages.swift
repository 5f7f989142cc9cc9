import Foundation
import Synchronization

/// All images of a part, decoded in parallel and put one after the other.
struct DecodedImages {
  private(set) var labels: [Int32] = []
  private(set) var pixels: [UInt8] = []
  private(set) var starts: [Int] = []
  private(set) var sizes: [ImageSize] = []

  /// How many images are decoded before they are put together.
  private static let chunk = 1024

  /// Decodes the images, or gives up with nil where they take more than `heldBytes`.
  ///
  /// A damaged file is recorded in `skipped` and left out; without it, throws its `DataError`, or that all are damaged.
  init?(_ listing: ImageListing, heldBytes: Int, skipped: SkippedFiles?) throws {
    let workers = ProcessInfo.processInfo.activeProcessorCount
    let total = Mutex(0)
    // Headers alone tell the size, so a large set costs no more than those of its first images.
    struct TooLarge: Error {}
    do {
      try Parallel.forEach(listing.count, workers: workers) { index in
        guard let file = try Self.read({ try ImageFile(path: listing.path(index)) }, skipped) else {
          return
        }
        let sum = total.withLock { total in
          total += file.size.byteCount
          return total
        }
        if sum > heldBytes { throw TooLarge() }
      }
    } catch is TooLarge { return nil }
    pixels.reserveCapacity(total.withLock { $0 })
    for start in stride(from: 0, to: listing.count, by: Self.chunk) {
      let count = min(Self.chunk, listing.count - start)
      let images = Mutex([PixelImage?](repeating: nil, count: count))
      try Parallel.forEach(count, workers: workers) { place in
        let image = try Self.read(
          { try ImageFile(path: listing.path(start + place)).decode() }, skipped)
        images.withLock { $0[place] = image }
      }
      for (place, image) in images.withLock({ $0 }).enumerated() {
        guard let image else { continue }
        labels.append(listing.labels[start + place])
        starts.append(pixels.count)
        sizes.append(image.size)
        pixels += image.pixels
      }
    }
    guard !labels.isEmpty else {
      throw DataError(
        .badData, file: listing.directory,
        problem: "none of its \(listing.count) files can be read"
          + (skipped?.errors.first.map { "; the first: \($0)" } ?? ""),
        remedy: "check the folder with 'timestep data check image-folder --data DIR'")
    }
    for (index, name) in listing.classNames.enumerated() where !labels.contains(Int32(index)) {
      throw DataError(
        .badData, file: "\(listing.directory)/\(name)",
        problem: "none of its files can be read, so that the class would have no example",
        remedy: "mend its files, or take the folder away")
    }
  }

  /// The result, or nil where the file is damaged and such files are passed over.
  private static func read<Result>(
    _ body: () throws -> Result, _ skipped: SkippedFiles?
  ) throws -> Result? {
    do { return try body() } catch let error as DataError {
      guard let skipped else { throw error }
      skipped.record(error)
      return nil
    }
  }
}
