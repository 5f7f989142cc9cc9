/// Why data could not be had: what kind of failure, in which file, where in it, and what helps.
public struct DataError: Error, CustomStringConvertible, Sendable, Equatable, Codable {
  /// The kinds of failure, which a command turns into its exit code.
  public enum Kind: String, Sendable, Codable {
    /// A file, a directory or a data set of that name is not there.
    case notFound
    /// A file is there but does not hold what its format promises.
    case badData
    /// An option makes no sense, alone or for this data set.
    case badConfiguration
    /// The system refused to read something that is there.
    case ioFailure
    /// Something else is needed: a network, a program.
    case unavailable
    /// A file or directory cannot be made.
    case cannotCreate
  }

  /// The kind of failure.
  public var kind: Kind
  /// The file or directory at fault, or nil where none is.
  public var file: String?
  /// The byte at fault, counted from 0 in the contents of the file (after decompression), or nil.
  public var offset: Int?
  /// What is wrong, without a full stop.
  public var problem: String
  /// What the reader of the message can do about it, without a full stop.
  public var remedy: String?
  /// Whether it concerns the file of one example alone, so that the rest of the set can be read without it.
  public var concernsOneExample = false

  /// Makes an error; `problem` and `remedy` are parts of sentences without a full stop.
  public init(
    _ kind: Kind, file: String? = nil, offset: Int? = nil, problem: String, remedy: String? = nil
  ) {
    self.kind = kind
    self.file = file
    self.offset = offset
    self.problem = problem
    self.remedy = remedy
  }

  /// `FILE: PROBLEM (byte OFFSET); REMEDY`, without the parts that are not known.
  public var description: String {
    var text = file.map { "\($0): " } ?? ""
    text += problem
    if let offset { text += " (byte \(offset))" }
    if let remedy { text += "; \(remedy)" }
    return text
  }
}
