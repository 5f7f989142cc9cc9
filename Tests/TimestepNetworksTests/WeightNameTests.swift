import Foundation
import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Names of weights in other programs, against the keys of those programs.
@Suite struct WeightNameTests {
  /// A program's network and ours.
  struct Counterpart: CustomTestStringConvertible {
    let naming: String
    let key: String
    let network: String
    var options = NetworkOptions()
    var task: NetworkTask?
    /// Keys of theirs that ours has no use for.
    var unused = 0
    var testDescription: String { "\(naming) \(key)" }

    func make(_ type: DataType = .float32) throws -> (ResidualNetwork, NamedWeights) {
      let (family, options) = try NetworkCatalog.resolve(network, options, for: task)
      let network = try NetworkCatalog.make(network, options, task: task, dataType: type)
      let named = NamedNetwork(
        family: family.name, options: options, paths: network.parameters.all.map(\.path))
      let naming = try WeightNamingCatalog.naming(named: naming)
      return (network, try NamedWeights(network.parameters, of: named, as: naming))
    }
  }

  private static let images = NetworkTask(inputShape: [3, 32, 32], classes: 10)

  static let torchvision = [18, 34, 50, 101, 152].map {
    Counterpart(naming: "torchvision", key: "resnet\($0)", network: "imagenet-resnet-\($0)")
  }

  static let reference: [Counterpart] = {
    var bottleneck = NetworkOptions()
    bottleneck.field = "bottleneck"
    var bare = NetworkOptions()
    bare.transition = "projection:norm=no"
    var ordinary = NetworkOptions()
    ordinary.h = 0.1
    return [
      Counterpart(
        naming: "robust-resnet", key: "resnet-20", network: "resnet-20", options: ordinary,
        task: images),
      Counterpart(
        naming: "robust-vdcnn", key: "vdcnn-17", network: "vdcnn-17", options: ordinary),
      // The code declares bn1 with its count, and without bottlenecks downsample1, and never uses them.
      Counterpart(
        naming: "lm-resnet", key: "lm-resnet-20", network: "lm-resnet-20", task: images,
        unused: 5 + 6),
      Counterpart(
        naming: "lm-resnet", key: "lm-resnet-29", network: "lm-resnet-29", options: bottleneck,
        task: images, unused: 5),
      Counterpart(
        naming: "pytorch-classification", key: "preresnet-20", network: "preresnet-20",
        options: bare, task: images),
    ]
  }()

  private static func golden(_ name: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Golden/\(name)")
  }

  /// The shapes of a program's keys, in text such as `[64, 3, 7, 7]`, by key.
  private static func keys(_ file: String, _ beginning: String) throws -> [String: String] {
    var result: [String: String] = [:]
    for line in try String(contentsOf: golden(file), encoding: .utf8).split(separator: "\n")
    where line.hasPrefix(beginning + " ") {
      let parts = line.dropFirst(beginning.count + 1).split(separator: " ", maxSplits: 1)
      result[String(parts[0])] = String(parts[1])
    }
    return result
  }

  private func expectBijection(_ counterpart: Counterpart, _ keys: [String: String]) throws {
    let (_, weights) = try counterpart.make()
    let ours = try weights.safetensors(steps: 0).tensors
    #expect(Set(ours.map(\.name)).count == ours.count)
    for (name, tensor) in ours {
      #expect(keys[name] == "\(tensor.shape)", "\(name)")
      if name.hasSuffix("num_batches_tracked") { #expect(try tensor.dataType == .int64) }
    }
    let unknown = Set(keys.keys).subtracting(ours.map(\.name))
    #expect(unknown.count == counterpart.unused)
    #expect(unknown.allSatisfy(weights.naming.isWithoutUse), "\(unknown)")
  }

  @Test("Every key of torchvision's state_dict, with its shape", arguments: torchvision)
  func torchvisionKeys(_ counterpart: Counterpart) throws {
    let keys = try Self.keys("torchvision-keys.txt", counterpart.key)
    #expect(keys.count > 100)
    try expectBijection(counterpart, keys)
  }

  @Test("Every key of the papers' code that it uses, with its shape", arguments: reference)
  func referenceKeys(_ counterpart: Counterpart) throws {
    let keys = try Self.keys("reference-keys.txt", "\(counterpart.naming) \(counterpart.key)")
    #expect(keys.count > 60)
    try expectBijection(counterpart, keys)
  }

  /// The largest difference of logits from those that stand in a file.
  private func difference(_ network: ResidualNetwork, _ file: URL) throws -> Double {
    let stored = try Safetensors(contentsOf: file)
    let (inputs, expected) = (try #require(stored["inputs"]), try #require(stored["logits"]))
    let logits = try network(inputs, .evaluation)
    #expect(logits.shape == expected.shape)
    return try zip(logits.scalars(Double.self), expected.scalars(Double.self))
      .map { abs($0 - $1) }.max() ?? .infinity
  }

  @Test("A file of torchvision's weights gives torchvision's logits", arguments: [18, 50])
  func torchvisionLogits(_ depth: Int) throws {
    var options = NetworkOptions()
    options.widths = [2, 4, 8, 16]
    let counterpart = Counterpart(
      naming: "torchvision", key: "", network: "imagenet-resnet-\(depth)", options: options,
      task: NetworkTask(inputShape: [3, 33, 40], classes: 10))
    let (network, weights) = try counterpart.make(.float64)
    let file = Self.golden("torchvision-resnet\(depth).safetensors")
    let before = try network.parameters.all[0].value.copied()
    let loaded = try weights.load(SafetensorsFile(file))
    #expect(loaded.isWhole && loaded.count == network.parameters.all.count)
    #expect(try !network.parameters.all[0].value.isIdentical(to: before))
    let logits = Self.golden("torchvision-resnet\(depth)-logits.safetensors")
    #expect(try difference(network, logits) < 1e-9)
    // Written again, the file is the same but for the count of batches.
    let again = Dictionary(
      uniqueKeysWithValues: try weights.safetensors(steps: 12).tensors.map { ($0.name, $0.tensor) })
    for (name, tensor) in try Safetensors(contentsOf: file).tensors {
      let other = try #require(again[name])
      #expect(try other.cast(to: tensor.dataType).isIdentical(to: tensor), "\(name)")
    }
  }

  @Test("torchvision's resnet18 of full size", .enabled(if: folder("TORCHVISION") != nil))
  func wholeTorchvision() throws {
    let folder = try #require(Self.folder("TORCHVISION"))
    let (network, weights) = try Self.torchvision[0].make(.float64)
    try weights.load(
      SafetensorsFile(folder.appendingPathComponent("torchvision-resnet18.safetensors")))
    let error = try difference(
      network, folder.appendingPathComponent("torchvision-resnet18-logits.safetensors"))
    print("resnet18: logits differ by \(error)")
    #expect(error < 1e-9)
  }

  @Test(
    "Logits of the papers' code", .enabled(if: folder("REFERENCE") != nil), arguments: reference)
  func wholeReference(_ counterpart: Counterpart) throws {
    let folder = try #require(Self.folder("REFERENCE"))
    let (network, weights) = try counterpart.make(.float64)
    let file = try SafetensorsFile(folder.appendingPathComponent("\(counterpart.key).safetensors"))
    try weights.load(file)
    let error = try difference(
      network, folder.appendingPathComponent("\(counterpart.key)-logits.safetensors"))
    print("\(counterpart.testDescription): logits differ by \(error)")
    #expect(error < 1e-9)
  }

  static func folder(_ name: String) -> URL? {
    ProcessInfo.processInfo.environment["TIMESTEP_\(name)"].map { URL(fileURLWithPath: $0) }
  }

  @Test("A file's names are found out")
  func detected() throws {
    for counterpart in Self.torchvision.prefix(1) + Self.reference {
      let (network, weights) = try counterpart.make()
      let (family, options) = try NetworkCatalog.resolve(
        counterpart.network, counterpart.options, for: counterpart.task)
      let named = NamedNetwork(
        family: family.name, options: options, paths: network.parameters.all.map(\.path))
      let file = FileManager.default.temporaryDirectory
        .appendingPathComponent("\(UUID().uuidString).safetensors")
      defer { try? FileManager.default.removeItem(at: file) }
      try weights.safetensors(steps: 3).write(to: file)
      var found = try NamedWeights.detect(
        network.parameters, of: named, in: SafetensorsFile(file))
      #expect(found.naming.name == counterpart.naming)
      try network.parameters.safetensors().write(to: file)
      found = try NamedWeights.detect(network.parameters, of: named, in: SafetensorsFile(file))
      #expect(found.naming.name == "timestep")
    }
  }

  @Test("Missing and unexpected names are listed, and refused or passed over")
  func strictness() throws {
    let counterpart = Self.reference[0]
    let (network, weights) = try counterpart.make()
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("\(UUID().uuidString).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    var tensors = try weights.safetensors(steps: 0).tensors
    tensors.removeAll { $0.name == "conv1.weight" || $0.name == "stack2.0.shortcut.1.bias" }
    tensors.append(("extra", try Tensor([1.0])))
    try Safetensors(tensors).write(to: file)
    for parameter in network.parameters.all where parameter.isTrainable {
      try withoutGradients { try parameter.value.fill(5) }
    }
    let error = try #require(throws: MismatchedParameters.self) {
      try weights.load(SafetensorsFile(file))
    }
    #expect(error.missing == ["conv1.weight", "stack2.0.shortcut.1.bias"])
    #expect(error.unexpected == ["extra"])
    func fives() throws -> Int {
      try network.parameters.trainable.count { try $0.value.scalars(Float.self)[0] == 5 }
    }
    #expect(try fives() == network.parameters.trainable.count)
    let loaded = try weights.load(SafetensorsFile(file), strict: false)
    #expect(loaded.missing == error.missing && loaded.unexpected == ["extra"] && !loaded.isWhole)
    #expect(loaded.description.contains("missing: conv1.weight, stack2.0.shortcut.1.bias"))
    #expect(try fives() == 2)
    // Shapes and types are refused all the same, and a file of nothing that is known.
    for (name, tensor) in [
      ("linear.bias", try Tensor.zeros([11])), ("linear.bias", try Tensor.zeros([10], .int64)),
    ] {
      try Safetensors(tensors.filter { $0.name != name } + [(name, tensor)]).write(to: file)
      let error = #expect(throws: MismatchedParameters.self) {
        try weights.load(SafetensorsFile(file), strict: false)
      }
      #expect(error?.misshapen.count == 1 && error?.misshapen.first?.contains(name) == true)
    }
    try Safetensors([("x", Tensor([1.0]))]).write(to: file)
    #expect(throws: MismatchedParameters.self) {
      try weights.load(SafetensorsFile(file), strict: false)
    }
  }

  @Test("What a convention cannot name is refused with the reason")
  func obstacles() throws {
    func reason(
      _ naming: String, _ network: String, _ change: (inout NetworkOptions) -> Void = { _ in }
    )
      -> String?
    {
      var options = NetworkOptions()
      change(&options)
      let counterpart = Counterpart(naming: naming, key: "", network: network, options: options)
      do {
        _ = try counterpart.make()
        return nil
      } catch { return (error as? NoCounterpart)?.reason ?? "\(error)" }
    }
    #expect(reason("torchvision", "vdcnn-9")?.contains("family") == true)
    #expect(reason("torchvision", "resnet-8") == nil)
    #expect(reason("torchvision", "resnet-8") { $0.batchNorm = false }?.contains("norm") == true)
    #expect(reason("torchvision", "resnet-8") { $0.weights = "nodes" }?.contains("nodes") == true)
    #expect(
      reason("torchvision", "resnet-8") { $0.transition = "pre-activated" }?
        .contains("transition") == true)
    #expect(reason("robust-resnet", "resnet-8") { $0.bias = true }?.contains("bias") == true)
    #expect(
      reason("pytorch-classification", "preresnet-8")?.contains("projection:norm=no") == true)
    #expect(reason("lm-resnet", "resnet-8")?.contains("family") == true)
    #expect(reason("robust-vdcnn", "resnet-8")?.contains("family") == true)
    #expect(throws: UnknownNameError.self) { try WeightNamingCatalog.naming(named: "torchvison") }
  }
}
