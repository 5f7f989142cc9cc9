import Foundation
import TimeStepping

/// Labels from a file, such as those that people gave: one a line, in the order of the training set.
///
/// Classes have the numbers of the data set's own files: from 1 on for AG-NEWS, from 0 on for the others, or from
/// `first` on. The file is plain or gzip; there is a label for every example, or an error.
public struct LabelFile: Corruption {
  public let name = "label-file"
  public let title = "labels from a file, one a line"
  public let equation = "label of example i = line i + 1"
  public let source = "noisy labels given by people, as for AG-NEWS"
  public let arguments = [
    ArgumentDescription("file", standard: "FILE", "the file; its name holds no comma"),
    ArgumentDescription("first", standard: "as in the data set", "number of the first class"),
  ]
  /// The path of the file.
  public let file: String
  /// The number of the first class, or nil for that of the data set's own files.
  public let first: Int?

  /// Labels from a file.
  public init(file: String = "", first: Int? = nil) {
    self.file = file
    self.first = first
  }

  public var values: [String: String] {
    var values = ["file": file]
    values["first"] = first.map { "\($0)" }
    return values
  }

  /// The path becomes absolute, so that a run can be repeated from anywhere.
  public func configured(_ choice: NamedChoice) throws -> any Corruption {
    guard let file = choice.values["file"] else {
      throw ArgumentError("corruption", name, "no file is named; write '\(name):file=FILE'")
    }
    return LabelFile(
      file: URL(fileURLWithPath: file).path, first: try choice.integer("first", in: 0...1_000_000))
  }

  public func refusal(of dataset: DatasetDescriptor) -> String? {
    dataset.task.kind == .classification ? nil : "its examples have no class"
  }

  public func corrupted(_ dataset: any Dataset, seed: UInt64) throws -> any Dataset {
    guard let labelled = dataset as? any ClassificationDataset else {
      throw doesNotFit(dataset.name, "its examples have no class")
    }
    return labelled.relabelled(try read(for: labelled))
  }

  /// The most bytes of a line.
  private var longest: Int { 40 }

  /// Reads and checks the labels of a data set.
  private func read(for dataset: any ClassificationDataset) throws -> [Int32] {
    let remedy = "give one class number a line for each training example"
    let stream = try ByteStream(path: file, remedy: remedy)
    // A longer file holds something else; reading stops there.
    let most = dataset.count.multipliedReportingOverflow(by: longest + 1).partialValue + 1024
    let bytes = try stream.read(upTo: most)
    let lowest = first ?? dataset.firstClassNumber
    let range = lowest...(lowest + dataset.classNames.count - 1)
    var labels: [Int32] = []
    labels.reserveCapacity(dataset.count)
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let line = labels.count + 1
      let text = String(decoding: bytes[start..<min(end, start + longest)], as: UTF8.self)
        .trimmingCharacters(in: .whitespaces.union(.newlines))
      guard line <= dataset.count else {
        throw stream.badData(
          at: start, "line \(line) is one too many for the \(dataset.count) training examples")
      }
      guard end - start <= longest else {
        throw stream.badData(
          at: start,
          "line \(line) begins with \(quoted(text)) and has more than \(longest) bytes, not the number of a class"
        )
      }
      guard let number = Int(text) else {
        throw stream.badData(
          at: start, "line \(line) is \(quoted(text)), not the number of a class")
      }
      guard range.contains(number) else {
        throw stream.badData(
          at: start,
          "line \(line) has class \(number), and classes are \(range.lowerBound) to "
            + "\(range.upperBound)")
      }
      labels.append(Int32(number - lowest))
      start = end + 1
    }
    guard labels.count == dataset.count else {
      throw stream.badData(
        at: bytes.count,
        "the file ends after line \(labels.count), and there are \(dataset.count) training examples"
      )
    }
    return labels
  }
}
