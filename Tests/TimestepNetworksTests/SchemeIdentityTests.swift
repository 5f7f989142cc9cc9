import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Networks whose schemes are the same formula have the same logits and the same gradients.
@Suite struct SchemeIdentityTests {
  /// Two choices of scheme and step size that make one network.
  struct Pair: Sendable, CustomTestStringConvertible {
    let network: String
    let first: (scheme: String, h: Double)
    let second: (scheme: String, h: Double)

    init(
      _ network: String, _ first: String, _ second: String, h: Double = 0.3, _ other: Double? = nil
    ) {
      self.network = network
      self.first = (first, h)
      self.second = (second, other ?? h)
    }

    var testDescription: String { "\(network): \(first) = \(second)" }
  }

  static let pairs = [
    Pair("preresnet-20", "lm:k=0", "euler"),
    Pair("preresnet-20", "lm:k=0,boundary=restart", "euler"),
    Pair("preresnet-20", "lm:k=0,consistent=yes", "euler"),
    Pair("preresnet-20", "lm:k=1,consistent=yes", "midpoint"),
    Pair("preresnet-20", "linearly-implicit:q=0", "euler"),
    Pair("preresnet-20", "backward-euler:iterations=1", "euler"),
    Pair("preresnet-20", "dense-multistep:decay=0", "euler"),
    // The transitions of these stand before the first step, which is the scheme's own; h^2 f is h f with another h.
    Pair("leapfrog-12", "lm:k=-1", "leapfrog", h: 0.25, 0.5),
    Pair("leapfrog-12", "lm:k=-1", "verlet:start=full", h: 0.25, 0.5),
    Pair("antisymmetric-12", "lm:k=1,consistent=yes", "midpoint"),
  ]

  @Test("Two names of one scheme", arguments: pairs)
  func same(pair: Pair) throws {
    let make = { (choice: (scheme: String, h: Double)) in
      try Small.make(pair.network) { ($0.scheme, $0.h) = (choice.scheme, choice.h) }
    }
    for pass in [ForwardPass.training, .evaluation] {
      let first = try make(pair.first).gradients(Small.input(), pass)
      let second = try make(pair.second).gradients(Small.input(), pass)
      #expect(try first.logits.relativeError(to: second.logits) <= 1e-13)
      #expect(try relativeError(first.byPath, second.byPath) <= 1e-10)
    }
  }

  @Test("The fractal block with one function and Heun's weights is Heun's scheme")
  func fractal() throws {
    let heun = try Small.make("preresnet-20") { ($0.scheme, $0.h) = ("heun", 0.3) }
    let fractal = try Small.make("preresnet-20") { ($0.scheme, $0.h) = ("fractal-2", 0.3) }
    let name = { (path: String) in
      path.replacing(".branches.0", with: "").replacing(".branches.1", with: "")
    }
    try fractal.copy(from: heun, name)
    for pass in [ForwardPass.evaluation, .training] {
      let first = try fractal.gradients(Small.input(), pass)
      let second = try heun.gradients(Small.input(), pass)
      #expect(try first.logits.relativeError(to: second.logits) <= 1e-13)
      // The gradient of what both functions share is the sum of theirs.
      var sums: [String: Tensor] = [:]
      for (path, gradient) in first.byPath {
        sums[name(path)] = try sums[name(path)].map { try $0 + gradient } ?? gradient
      }
      #expect(try relativeError(sums, second.byPath) <= 1e-10)
    }
  }

  @Test("A plain network with skips added by hand is forward Euler's, and without them its own")
  func plain() throws {
    for pass in [ForwardPass.training, .evaluation] {
      let plain = try Small.make("preresnet-20") { ($0.scheme, $0.h) = ("plain", 0.3) }
      let euler = try Small.make("preresnet-20") { ($0.scheme, $0.h) = ("euler", 0.3) }
      let expected = try euler.gradients(Small.input(), pass)
      let added = try plain.gradients(Small.input(), pass) { input, pass in
        try plain.byHand(input, pass) { shortcut, field, u, _ in
          try shortcut + field(u, pass) * 0.3
        }
      }
      #expect(try added.logits.relativeError(to: expected.logits) <= 1e-13)
      #expect(try relativeError(added.byPath, expected.byPath) <= 1e-10)
      let bare = try plain.byHand(Small.input(), pass) { shortcut, field, u, number in
        // The first steps of the second and third stage have the transition on the shortcut, which stays.
        let value = try field(u, pass) * 0.3
        return number == 3 || number == 6 ? try shortcut + value : value
      }
      #expect(try plain(Small.input(), pass).relativeError(to: bare) <= 1e-13)
    }
  }

  /// Schemes that approximate an equation, so that a step of size zero does nothing.
  static let still =
    SchemeCatalog.all.filter { $0.order != nil && $0.requirements.isEmpty && !$0.projects }
    .map(\.name) + ["lm:k=trained", "lm:k=trained,boundary=project", "dense-multistep"]

  @Test("With h = 0 only stem, transitions and head are left", arguments: still)
  func zeroStep(scheme: String) throws {
    let network = try Small.make("preresnet-20") {
      ($0.scheme, $0.h, $0.postActivation) = (scheme, 0, .identity)
    }
    for pass in [ForwardPass.training, .evaluation] {
      let expected = try network.byHand(Small.input(), pass) { shortcut, _, _, _ in shortcut }
      // What a scheme keeps of earlier stages may come through a transition of its own.
      if !scheme.hasSuffix("project") {
        #expect(try network(Small.input(), pass).relativeError(to: expected) <= 1e-13)
      }
      let fields = try network.gradients(Small.input(), pass).byPath.filter {
        $0.key.contains(".field.")
      }
      #expect(try fields.values.allSatisfy { try $0.absolute().max().scalar() == 0 })
    }
  }
}
