import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Choices that make no network: errors that say what would, never a trap.
@Suite struct ErrorTests {
  @Test(
    "An unknown name is answered with the nearest one",
    arguments: [
      ("resent-20", "resnet-20"), ("resnet20", "resnet-20"), ("dense30", "dense-30"),
      ("ResNet-110", "resnet-110"), ("resnet-", "resnet-8"), ("resnet-2O", "resnet-20"),
    ])
  func unknown(name: String, nearest: String) {
    let error = #expect(throws: UnknownNameError.self) { try NetworkCatalog.make(name) }
    #expect(error?.nearest == nearest)
    #expect(error?.description.contains("unknown network '\(name)'") == true)
  }

  @Test("Names like no other", arguments: ["", "-", "-20", "resnet--20", "vgg"])
  func unlike(name: String) {
    #expect(throws: UnknownNameError.self) { try NetworkCatalog.make(name) }
  }

  @Test(
    "Depths that a family has not",
    arguments: ["resnet", "dense"], [0, -4, Int.min, Int.min + 1, Int.max, Int.max - 5, 600_002])
  func depths(family: String, depth: Int) {
    var options = NetworkOptions()
    options.depth = depth
    let error = #expect(throws: OptionError.self) { try NetworkCatalog.make(family, options) }
    #expect(error?.option == "depth" && error?.value == "\(depth)")
    #expect(throws: (any Error).self) { try NetworkCatalog.make("\(family)-\(depth)") }
  }

  @Test("A depth that is refused is answered with neighbours that are not")
  func neighbours() {
    for (depth, neighbours) in [(21, "20 or 26"), (2, "8 or 14"), (25, "20 or 26")] {
      let error = #expect(throws: OptionError.self) { try NetworkCatalog.make("resnet-\(depth)") }
      #expect(
        error?.description
          == "depth \(depth): this family has depths 6n + 2, e.g. \(neighbours)")
    }
    var options = NetworkOptions()
    options.depth = 44
    let other = #expect(throws: OptionError.self) { try NetworkCatalog.make("resnet-20", options) }
    #expect(other?.description == "depth 44: the network's name 'resnet-20' says 20")
  }

  @Test(
    "Widths that make no network",
    arguments: [[], [16], [16, 32, 64, 128], [16, 32, 0], [-1, 2, 3], [1, 2, Int.max]])
  func widths(widths: [Int]) throws {
    for family in NetworkCatalog.families {
      var options = NetworkOptions()
      let count = try family.resolved(options).widths?.count
      if widths.count == count, widths.allSatisfy({ (1...1_000_000).contains($0) }) { continue }
      options.widths = widths
      let error = #expect(throws: OptionError.self) { try family.resolved(options) }
      #expect(error?.option == "widths")
    }
  }

  @Test("Widths beyond any memory", arguments: [[1_000_000, 1_000_000, 1_000_000]])
  func memory(widths: [Int]) {
    var options = NetworkOptions()
    options.widths = widths
    #expect(throws: TensorError.self) { try NetworkCatalog.make("resnet-8", options) }
  }

  @Test("Step sizes that cannot be stepped with", arguments: [.nan, .infinity, -.infinity, -0.1])
  func stepSizes(h: Double) {
    var options = NetworkOptions()
    options.h = h
    for name in NetworkCatalog.names.filter({ $0.hasSuffix("0") }).prefix(4) {
      let error = #expect(throws: OptionError.self) { try NetworkCatalog.make(name, options) }
      #expect(error?.option == "h")
    }
  }

  @Test("A step size so large that time overflows")
  func overflow() {
    var options = NetworkOptions()
    options.h = .greatestFiniteMagnitude
    #expect(throws: (any Error).self) { try NetworkCatalog.make("resnet-20", options) }
  }

  @Test("Unknown schemes and initialisers")
  func otherNames() {
    var options = NetworkOptions()
    options.scheme = "eular"
    let scheme = #expect(throws: UnknownNameError.self) {
      try NetworkCatalog.make("resnet-20", options)
    }
    #expect(scheme?.nearest == "euler")
    options.scheme = nil
    options.initialization = "he-norm"
    let initialization = #expect(throws: UnknownNameError.self) {
      try NetworkCatalog.make("resnet-20", options)
    }
    #expect(initialization?.nearest == "he-normal")
  }
}
