import TimeStepping

/// Wrong letters in texts: of a text of L characters, `floor(level L)` positions drawn with replacement get a letter.
///
/// Positions are uniform on the L characters that are kept (at most the length to which texts are cut), letters are
/// uniform on a to z. A position may be drawn twice, and a letter may be the one that stood there: about
/// `1 - exp(-level)` of the characters are drawn. It is done once, for the whole training. Source: Robust ResNet
/// (Zhang et al., 2019), section 5.2 and reference code.
public struct CharacterNoise: Corruption {
  public let name = "character-noise"
  public let title = "random letters at random positions of texts"
  public let equation = "floor(level L) of L characters, drawn with replacement, become one of a-z"
  public let source = "Robust ResNet, noise on texts"
  public let arguments = [
    ArgumentDescription("level", standard: "0.1", "draws for each character, from 0 to 1")
  ]
  /// How many draws there are for each character.
  public let level: Double

  /// Noise of a level from 0 to 1.
  public init(level: Double = 0.1) { self.level = level }

  public var values: [String: String] { ["level": "\(level)"] }

  public func configured(_ choice: NamedChoice) throws -> any Corruption {
    CharacterNoise(level: try choice.number("level", in: 0...1) ?? level)
  }

  public func refusal(of dataset: DatasetDescriptor) -> String? {
    dataset.elementKind == .texts ? nil : "it has no texts"
  }

  public func corrupted(_ dataset: any Dataset, seed: UInt64) throws -> any Dataset {
    guard let texts = dataset as? TextDataset else {
      throw doesNotFit(dataset.name, "it has no texts")
    }
    guard level > 0 else { return texts }
    var characters = texts.characters
    var start = 0
    for (index, end) in texts.ends.enumerated() {
      var random = RandomStream(seed: seed, purpose: .characterNoise, index: index)
      let length = end - start
      for _ in 0..<Int(level * Double(length)) {
        let position = start + random.integer(below: length)
        characters[position] = UInt8(1 + random.integer(below: 26))
      }
      start = end
    }
    return try texts.with(characters: characters)
  }
}
