import CZlib
import Foundation

/// An image folder of small pictures whose two classes differ in their colour.
package enum SmallImageFolder {
  /// Writes `train` and `val` with this many squares of `side` pixels a class, as PNG files.
  package static func write(
    to name: String, of scratch: Scratch, side: Int = 12, train: Int = 16, test: Int = 4
  ) throws {
    for (split, count) in [("train", train), ("val", test)] {
      for (label, className) in ["blue", "red"].enumerated() {
        let folder = scratch.path("\(name)/\(split)/\(className)")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for index in 0..<count {
          let pixels = (0..<(side * side)).flatMap { pixel -> [UInt8] in
            let level = UInt8((pixel * 7 + index * 13) % 200)
            return label == 0 ? [level / 4, level, 255] : [255, level, level / 4]
          }
          try Data(png(pixels, side: side)).write(
            to: URL(fileURLWithPath: "\(folder)/\(index).png"))
        }
      }
    }
  }

  /// A PNG file of red, green and blue bytes.
  private static func png(_ pixels: [UInt8], side: Int) -> [UInt8] {
    func bytes(_ number: Int) -> [UInt8] {
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
    func chunk(_ kind: String, _ body: [UInt8]) -> [UInt8] {
      let content = Array(kind.utf8) + body
      return bytes(body.count) + content + bytes(Int(crc32(0, content, UInt32(content.count))))
    }
    var rows: [UInt8] = []
    for row in 0..<side { rows += [0] + pixels[(row * 3 * side)..<((row + 1) * 3 * side)] }
    var size = compressBound(UInt(rows.count))
    var packed = [UInt8](repeating: 0, count: Int(size))
    compress(&packed, &size, rows, UInt(rows.count))
    var file: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]
    file += chunk("IHDR", bytes(side) + bytes(side) + [8, 2, 0, 0, 0])
    file += chunk("IDAT", Array(packed[..<Int(size)]))
    return file + chunk("IEND", [])
  }
}
