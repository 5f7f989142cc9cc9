/// What an example is: its shape alone does not tell a point from a text.
public enum ElementKind: String, Sendable, CaseIterable, Codable {
  /// Numbers without an order in space, `[features]`.
  case points
  /// Pixels, `[C, H, W]`.
  case images
  /// Numbers that stand for characters, `[characters]`; see ``TextAlphabet``.
  case texts

  /// What a shape suggests where nothing is said: three axes are an image, others a point.
  init(shape: [Int]) { self = shape.count == 3 ? .images : .points }
}
