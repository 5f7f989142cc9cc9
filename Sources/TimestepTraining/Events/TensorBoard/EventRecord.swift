import Foundation

/// An event as TensorBoard's protocol buffer, of which these fields are written:
///
/// ```
/// message Event   { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; }
/// message Summary { repeated Value value = 1; }
/// message Value   { string tag = 1; float simple_value = 2; }
/// ```
///
/// Seven fields need no code generator: a field is its number and kind in one integer, and then its bytes. Source:
/// TensorFlow, event.proto and summary.proto; Protocol Buffers, Encoding.
package struct EventRecord {
  /// What is in an event.
  package enum Content {
    /// The first event of a file.
    case fileVersion
    /// Numbers by their tags.
    case scalars([(tag: String, value: Double)])
  }

  /// Seconds since 1970.
  package var time: Double
  /// The number of the step.
  package var step: Int
  /// What happened.
  package var content: Content

  /// Describes an event.
  package init(time: Double, step: Int, content: Content) {
    self.time = time
    self.step = step
    self.content = content
  }

  /// The message's bytes; fields that are zero are left out, as the format has it.
  package var bytes: [UInt8] {
    var event = ProtocolBuffer()
    event.add(1, time)
    if step != 0 { event.add(2, UInt64(bitPattern: Int64(step))) }
    switch content {
    case .fileVersion: event.add(3, Array("brain.Event:2".utf8))
    case .scalars(let scalars):
      var summary = ProtocolBuffer()
      for (tag, number) in scalars {
        var value = ProtocolBuffer()
        value.add(1, Array(tag.utf8))
        value.add(2, Float(number))
        summary.add(1, value.bytes)
      }
      event.add(5, summary.bytes)
    }
    return event.bytes
  }
}

/// Fields one after the other.
private struct ProtocolBuffer {
  private(set) var bytes: [UInt8] = []

  /// An integer in groups of seven bits, the lowest first.
  private mutating func append(_ number: UInt64) {
    var rest = number
    while rest >= 128 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func key(_ field: Int, kind: Int) { append(UInt64(field << 3 | kind)) }

  mutating func add(_ field: Int, _ number: UInt64) {
    key(field, kind: 0)
    append(number)
  }

  mutating func add(_ field: Int, _ number: Double) {
    key(field, kind: 1)
    bytes += number.bitPattern.littleEndianBytes
  }

  mutating func add(_ field: Int, _ contents: [UInt8]) {
    key(field, kind: 2)
    append(UInt64(contents.count))
    bytes += contents
  }

  mutating func add(_ field: Int, _ number: Float) {
    key(field, kind: 5)
    bytes += number.bitPattern.littleEndianBytes
  }
}

extension FixedWidthInteger {
  /// The lowest byte first.
  var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}
