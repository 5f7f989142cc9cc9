/// A text between quotes, with everything but printable ASCII escaped: what a file holds must not reach a terminal.
func quoted(_ text: some StringProtocol) -> String {
  "'\(text.unicodeScalars.map { $0.escaped(asASCII: true) }.joined())'"
}
