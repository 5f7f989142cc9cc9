import CTurboJPEG

/// JPEG by libjpeg-turbo's TurboJPEG interface.
///
/// With the accurate integer transform and smooth upsampling of colours, which are libjpeg's and Pillow's own
/// choices, so that the pixels are theirs to the bit.
enum JPEGDecoder {
  /// The beginnings of warnings that leave the pixels whole, as libjpeg words them.
  private static let harmless = [
    "Unknown Adobe", "Warning: unknown JFIF", "Inconsistent progression",
    "Corrupt JPEG data: bad ICC",
  ]

  /// The pixels at `1 / factor` of the size; factors are 1, 2, 4 and 8.
  ///
  /// Throws `DataError(.badData)` for damaged data, `.ioFailure` where the library does not start.
  static func decode(
    _ bytes: [UInt8], _ header: JPEGHeader, reducedBy factor: Int, path: String
  ) throws -> PixelImage {
    guard let decoder = tjInitDecompress() else {
      throw DataError(.ioFailure, file: path, problem: "libjpeg-turbo does not start")
    }
    defer { tjDestroy(decoder) }
    let size = header.size.reduced(by: factor)
    let isCMYK = header.components == 4
    let samples = isCMYK ? 4 : 3
    let byteCount = size.height * size.width * samples
    var status: Int32 = 0
    let pixels = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      status = bytes.withUnsafeBufferPointer {
        tjDecompress2(
          decoder, $0.baseAddress, UInt($0.count), buffer.baseAddress, Int32(size.width),
          Int32(size.width * samples), Int32(size.height),
          Int32((isCMYK ? TJPF_CMYK : TJPF_RGB).rawValue), TJFLAG_LIMITSCANS)
      }
      // A failure leaves bytes that were never written.
      let isWhole = status == 0 || tjGetErrorCode(decoder) == Int32(TJERR_WARNING.rawValue)
      count = isWhole ? byteCount : 0
    }
    if status != 0 {
      let reason = String(cString: tjGetErrorStr2(decoder))
      let isHarmless =
        !pixels.isEmpty
        && (harmless.contains(where: reason.hasPrefix) || reason.contains("extraneous bytes"))
      guard isHarmless else {
        let atEnd = reason.hasPrefix("Premature end of JPEG file")
        throw ImageFile.damaged(
          path, at: atEnd ? bytes.count : header.dataOffset,
          "the JPEG image is damaged: \(reason)" + (atEnd ? "" : ", in the data that begin here"))
      }
    }
    return PixelImage(size: size, pixels: isCMYK ? colours(ofCMYK: pixels) : pixels)
  }

  /// Red, green and blue of inks as Adobe stores them, inverted; Pillow's arithmetic.
  private static func colours(ofCMYK inks: [UInt8]) -> [UInt8] {
    let pixels = inks.count / 4
    return [UInt8](unsafeUninitializedCapacity: 3 * pixels) { rgb, count in
      for pixel in 0..<pixels {
        let key = Int(inks[4 * pixel + 3])
        for channel in 0..<3 {
          // MULDIV255 of Pillow: the product divided by 255, rounded.
          let product = (255 - Int(inks[4 * pixel + channel])) * key + 128
          let value = key - ((product >> 8 + product) >> 8)
          rgb[3 * pixel + channel] = UInt8(clamping: value)
        }
      }
      count = 3 * pixels
    }
  }
}
