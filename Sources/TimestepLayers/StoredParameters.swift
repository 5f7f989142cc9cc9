import Foundation
import TimestepTorch

extension ParameterStore {
  /// Parameters and buffers under their paths, ready to be written.
  public func safetensors(metadata: [String: String] = [:]) -> Safetensors {
    Safetensors(all.map { ($0.path, $0.value) }, metadata: metadata)
  }

  /// Overwrites every parameter and buffer with the tensor of the same name.
  ///
  /// Nothing is changed unless all names and shapes agree; the error lists what is missing, unexpected or of
  /// another shape.
  public func load(_ file: Safetensors, from name: String) throws {
    let given = Dictionary(
      file.tensors.map { ($0.name, $0.tensor) }, uniquingKeysWith: { a, _ in a })
    let missing = all.map(\.path).filter { given[$0] == nil }
    let unexpected = file.tensors.map(\.name).filter { self[$0] == nil }
    let misshapen = all.compactMap { parameter in
      given[parameter.path].flatMap { tensor in
        tensor.shape == parameter.value.shape
          ? nil : "\(parameter.path) \(tensor.shape) instead of \(parameter.value.shape)"
      }
    }
    guard missing.isEmpty, unexpected.isEmpty, misshapen.isEmpty else {
      throw MismatchedParameters(
        file: name, missing: missing, unexpected: unexpected, misshapen: misshapen)
    }
    for parameter in all {
      if let tensor = given[parameter.path] { try parameter.assign(tensor) }
    }
  }
}

/// A file of parameters that belongs to another network.
public struct MismatchedParameters: Error, CustomStringConvertible, Sendable {
  /// The file's name.
  public let file: String
  /// Names the network has and the file has not.
  public let missing: [String]
  /// Names the file has and the network has not.
  public let unexpected: [String]
  /// Names with two different shapes.
  public let misshapen: [String]
  /// How many names of each kind ``description`` lists.
  public let shown: Int

  /// As many names as are shown where it is to be seen which they are.
  public static let manyShown = 20

  /// Lists names that do not fit.
  public init(
    file: String, missing: [String], unexpected: [String], misshapen: [String], shown: Int = 3
  ) {
    self.file = file
    self.missing = missing
    self.unexpected = unexpected
    self.misshapen = misshapen
    self.shown = shown
  }

  /// The first names and how many more there are.
  public static func list(_ names: [String], _ shown: Int) -> String {
    let rest = names.count > shown ? " and \(names.count - shown) more" : ""
    return names.prefix(shown).joined(separator: ", ") + rest
  }

  /// The names, at most ``shown`` of each kind.
  public var description: String {
    func list(_ title: String, _ names: [String]) -> String? {
      names.isEmpty ? nil : "\(title): \(Self.list(names, shown))"
    }
    let parts = [
      list("missing", missing), list("unexpected", unexpected), list("other shape", misshapen),
    ]
    return "\(file): does not fit the network (\(parts.compactMap { $0 }.joined(separator: "; ")))"
  }
}
