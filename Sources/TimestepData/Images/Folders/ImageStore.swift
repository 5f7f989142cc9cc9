/// Where the images of a folder come from: memory, or their files as they are asked for.
enum ImageStore: Sendable {
  /// Decoded, one after the other; image `i` begins at `starts[i]`.
  case held(pixels: [UInt8], starts: [Int], sizes: [ImageSize])
  /// The paths are those of the listing.
  case files(ImageListing)

  /// Calls `body` with the pixels of image `index`, decoded at the size that `plan` asks for.
  ///
  /// `plan` gets the size of the image and the factors by which decoding can reduce it, and returns one of them with
  /// what `body` is to know. Throws `DataError` where the file cannot be read.
  func withPixels<Plan>(
    of index: Int, plan: (ImageSize, [Int]) -> (reduction: Int, plan: Plan),
    _ body: (UnsafePointer<UInt8>, ImageSize, Int, Plan) throws -> Void
  ) throws {
    switch self {
    case .held(let pixels, let starts, let sizes):
      let (_, plan) = plan(sizes[index], [1])
      try pixels.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        try body(base + starts[index], sizes[index], 1, plan)
      }
    case .files(let listing):
      let file = try ImageFile(path: listing.path(index))
      let (reduction, plan) = plan(file.size, file.reductions)
      let image = try file.decode(reducedBy: reduction)
      try image.pixels.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        try body(base, image.size, reduction, plan)
      }
    }
  }
}
