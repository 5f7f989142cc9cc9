/// The formats of image files that are read, told apart by the first bytes and not by the file's name.
package enum ImageFormat: String, Sendable {
  /// Baseline and progressive JPEG of 8 bits: grey, YCbCr, RGB, CMYK, YCCK.
  case jpeg = "JPEG"
  /// PNG of every colour type and depth.
  case png = "PNG"

  /// The format of a file with these bytes, or nil for another one.
  package init?(_ bytes: [UInt8]) {
    if bytes.starts(with: [0xff, 0xd8, 0xff]) {
      self = .jpeg
    } else if bytes.starts(with: PNGHeader.signature) {
      self = .png
    } else {
      return nil
    }
  }
}
