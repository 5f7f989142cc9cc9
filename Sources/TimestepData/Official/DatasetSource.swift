/// Where a data set officially comes from, and what its files hold.
///
/// A set of one's own may have one too: `check` and `fetch` take it from here.
public struct DatasetSource: Sendable {
  /// A file as it stands in the set's directory.
  public struct File: Sendable {
    /// The path in the directory, without `.gz`.
    public let path: String
    /// The SHA-256 of the contents, after decompression where the file is stored as gzip.
    public let sha256: String

    /// Describes a file.
    public init(_ path: String, sha256: String) {
      self.path = path
      self.sha256 = sha256
    }
  }

  /// A file as it is fetched.
  public struct Download: Sendable {
    /// What becomes of it.
    public enum Kind: Sendable {
      /// It is the file of this path as it stands, or compressed where its name ends in `.gz`.
      case file(String)
      /// It is an archive, `.tar.gz`, of this SHA-256, that unpacks to this folder.
      case archive(sha256: String, folder: String)
    }

    /// The name at the end of its address.
    public let name: String
    /// The addresses of the directories that have it, the official one first.
    public let places: [String]
    /// What becomes of it.
    public let kind: Kind

    /// Describes a download.
    public init(_ name: String, from places: [String], _ kind: Kind) {
      self.name = name
      self.places = places
      self.kind = kind
    }
  }

  /// The names of the data sets that are made of these files.
  public let datasets: [String]
  /// The files to check.
  public let files: [File]
  /// What is fetched to get them.
  public let downloads: [Download]
  /// How much is fetched, for people.
  public let size: String

  /// Describes a source.
  public init(datasets: [String], files: [File], downloads: [Download], size: String) {
    self.datasets = datasets
    self.files = files
    self.downloads = downloads
    self.size = size
  }
}

extension DatasetDescriptor {
  /// Where the set officially comes from, or nil for one that is made, or not offered for fetching.
  public var source: DatasetSource? {
    DatasetSource.all.first { $0.datasets.contains(name) }
  }
}

extension DatasetSource.File {
  /// Where the file is in a directory: under its path or its name alone, plain or as gzip.
  func found(in directory: String) -> String? {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return [path, name].flatMap { ["\(directory)/\($0)", "\(directory)/\($0).gz"] }
      .first(where: FileStatus.exists)
  }
}
