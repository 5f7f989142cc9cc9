import Foundation
import Testing
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Networks in files, and how seeds decide their weights.
@Suite struct StoredNetworkTests {
  @Test("Saved and loaded into a network of another seed, the logits are the same to the bit")
  func roundTrip() throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("\(UUID().uuidString).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    for subject in Subject.all {
      for type in [DataType.float32, .float64] {
        let input = try subject.input(type)
        let network = try subject.make(seed: 1, type)
        _ = try network(input, .training)  // So that the buffers are not those of the beginning.
        let logits = try network(input, .evaluation)
        try network.parameters.safetensors().write(to: file)
        let other = try subject.make(seed: 2, type)
        let before = try other(input, .evaluation)
        try other.parameters.load(Safetensors(contentsOf: file), from: file.path)
        let after = try other(input, .evaluation)
        #expect(try !before.isIdentical(to: logits), "\(subject.testDescription)")
        #expect(try after.isIdentical(to: logits), "\(subject.testDescription)")
      }
    }
  }

  @Test("One seed gives the same weights, another seed others", arguments: Subject.all)
  func seeds(subject: Subject) throws {
    let networks = try [subject.make(seed: 1), subject.make(seed: 1), subject.make(seed: 2)]
    let stores = networks.map(\.parameters.all)
    for (first, (again, other)) in zip(stores[0], zip(stores[1], stores[2])) {
      #expect(first.path == again.path && first.path == other.path)
      #expect(try first.value.isIdentical(to: again.value))
      let isFixed = try first.path.contains(".norm") || first.value.norm().scalar() == 0
      #expect(try first.value.isIdentical(to: other.value) == isFixed)
    }
  }

  @Test("No two parameters of a network begin alike", arguments: Subject.all)
  func distinct(subject: Subject) throws {
    let drawn = try subject.make().parameters.all.filter {
      try !$0.path.contains(".norm") && $0.value.norm().scalar() != 0
    }
    let firsts = try drawn.map { try $0.value.scalars(Double.self)[0] }
    #expect(Set(firsts).count == drawn.count)
  }

  @Test("Networks that share a layer's name share its weights, whatever their depth")
  func shared() throws {
    for subject in Subject.all where subject.family.depths.count > 1 {
      let depths = subject.family.depths.sorted()
      let shallow = try subject.make(depth: depths[0]).parameters
      let deep = try subject.make(depth: depths[1]).parameters
      #expect(shallow.all.count < deep.all.count)
      for parameter in shallow.all {
        let other = try #require(deep[parameter.path])
        #expect(try other.value.isIdentical(to: parameter.value))
      }
    }
  }

  @Test("A file of another network is refused with the names that differ")
  func mismatch() throws {
    let network = try NetworkCatalog.make("resnet-8")
    let other = try NetworkCatalog.make("resnet-14")
    let error = #expect(throws: MismatchedParameters.self) {
      try network.parameters.load(other.parameters.safetensors(), from: "resnet-14.safetensors")
    }
    #expect(error?.missing == [])
    #expect(error?.unexpected.first == "stages.0.steps.1.field.conv1.weight")
    var options = NetworkOptions()
    options.batchNorm = false
    let plain = try NetworkCatalog.make("resnet-8", options)
    let difference = #expect(throws: MismatchedParameters.self) {
      try plain.parameters.load(network.parameters.safetensors(), from: "resnet-8.safetensors")
    }
    #expect(difference?.missing.contains("stem.conv.bias") == true)
    #expect(difference?.unexpected.contains("stem.norm.weight") == true)
  }
}
