import Foundation

/// Texts in HTML.
enum HTML {
  /// A text with what HTML would read as its own.
  static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;")
      .replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;")
      .replacingOccurrences(of: "\"", with: "&quot;")
  }

  /// JSON or JavaScript inside of a script element, which nothing in it may end.
  static func script(_ text: String) -> String {
    // Nothing else: `/</g` is a regular expression, which another backslash would spoil.
    text.replacingOccurrences(
      of: "</(script)", with: "<\\\\/$1", options: [.regularExpression, .caseInsensitive]
    ).replacingOccurrences(of: "<!--", with: "<\\!--")
  }
}
