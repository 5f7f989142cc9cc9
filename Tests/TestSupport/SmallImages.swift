import CZlib
import Foundation

/// Generated images in the files of the real sets: class k has bright rows at a height of its own, over noise.
package enum SmallImages {
  /// The bytes of one image: `planes` planes of `size` x `size` pixels.
  private static func image(label: Int, planes: Int, size: Int, noise: inout UInt64) -> [UInt8] {
    (0..<planes * size * size).map { place in
      noise = noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let row = place / size % size
      return UInt8(noise >> 58) + (row / 2 == label + 1 ? 180 : 0)
    }
  }

  /// An IDX file of unsigned bytes.
  package static func idx(_ shape: [Int], _ bytes: [UInt8]) -> [UInt8] {
    [0, 0, 8, UInt8(shape.count)]
      + shape.flatMap { size in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) } }
      + bytes
  }

  /// Writes the four files of Fashion-MNIST, with few examples, into a directory of the scratch.
  ///
  /// - Returns: the directory's path.
  @discardableResult
  package static func writeIDX(
    to directory: String, of scratch: Scratch, train: Int = 200, test: Int = 100,
    compressed: Bool = false
  ) throws -> String {
    for (prefix, count, seed) in [("train", train, 1), ("t10k", test, 2)] {
      var noise = UInt64(seed)
      let labels = (0..<count).map { UInt8($0 % 10) }
      let pixels = labels.flatMap { image(label: Int($0), planes: 1, size: 28, noise: &noise) }
      for (name, bytes) in [
        ("\(prefix)-images-idx3-ubyte", idx([count, 28, 28], pixels)),
        ("\(prefix)-labels-idx1-ubyte", idx([count], labels)),
      ] {
        let path = try scratch.write(compressed ? [] : bytes, to: "\(directory)/\(name)")
        if compressed {
          try FileManager.default.removeItem(atPath: path)
          try gzip(bytes, to: path + ".gz")
        }
      }
    }
    return scratch.path(directory)
  }

  /// Writes the six binary files of CIFAR-10 into a directory of the scratch: all are one file, whose 10,000
  /// records are forty different ones over and over.
  ///
  /// - Parameters:
  ///   - damaged: the file that gets contents of its own.
  ///   - damage: makes them from the others'.
  /// - Returns: the directory's path.
  @discardableResult
  package static func writeCIFAR10(
    to directory: String, of scratch: Scratch, damaged: String? = nil,
    by damage: (inout [UInt8]) -> Void = { _ in }
  ) throws -> String {
    let shared = "cifar-records.bin"
    if !FileManager.default.fileExists(atPath: scratch.path(shared)) {
      var noise: UInt64 = 3
      let records = (0..<40).flatMap { index in
        [UInt8(index % 10)] + image(label: index % 10, planes: 3, size: 32, noise: &noise)
      }
      var bytes = Data(capacity: 250 * records.count)
      for _ in 0..<250 { bytes.append(contentsOf: records) }
      try bytes.write(to: scratch.url.appendingPathComponent(shared))
    }
    try FileManager.default.createDirectory(
      atPath: scratch.path(directory), withIntermediateDirectories: true)
    for name in (1...5).map({ "data_batch_\($0).bin" }) + ["test_batch.bin"] {
      if name == damaged {
        var bytes = try scratch.bytes(shared)
        damage(&bytes)
        try scratch.write(bytes, to: "\(directory)/\(name)")
      } else {
        try FileManager.default.linkItem(
          atPath: scratch.path(shared), toPath: scratch.path("\(directory)/\(name)"))
      }
    }
    return scratch.path(directory)
  }

  private static func gzip(_ bytes: [UInt8], to path: String) throws {
    let file = gzopen(path, "wb")
    let written = bytes.withUnsafeBytes { gzwrite(file, $0.baseAddress, UInt32($0.count)) }
    guard gzclose(file) == Z_OK, Int(written) == bytes.count else {
      throw CocoaError(.fileWriteUnknown)
    }
  }
}
