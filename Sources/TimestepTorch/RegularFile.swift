import Foundation

/// A regular file opened for reading; a directory, a pipe or a device is refused without waiting for it.
package final class RegularFile: @unchecked Sendable {
  /// Why a file cannot be read.
  package enum Failure: Error, CustomStringConvertible {
    case missing
    case notRegular(isDirectory: Bool)
    /// The system's reason.
    case unreadable(String)

    /// The reason in words, to stand after the file's name.
    package var description: String {
      switch self {
      case .missing: "there is no such file"
      case .notRegular(let isDirectory): "is \(isDirectory ? "a directory" : "no regular file")"
      case .unreadable(let reason): "cannot be read: \(reason)"
      }
    }

    /// The reason of the call that failed last.
    static var ofLastCall: Failure { .unreadable(String(cString: strerror(errno))) }
  }

  /// Its length when it was opened.
  package let size: Int
  private let descriptor: Int32

  /// Opens a file.
  package init(_ path: String) throws(Failure) {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT || errno == ENOTDIR ? .missing : .ofLastCall
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let failure = Failure.ofLastCall
      close(descriptor)
      throw failure
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .notRegular(isDirectory: status.st_mode & S_IFMT == S_IFDIR)
    }
    self.descriptor = descriptor
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Whether the file is not shorter than when it was opened.
  package var isWhole: Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && Int(status.st_size) >= size
  }

  /// Reads the rest of the file in parts, so that no more than one of them is in memory.
  package func forEachPart(of length: Int = 1 << 20, _ body: (Data) -> Void) throws(Failure) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 1)
    defer { buffer.deallocate() }
    while true {
      let count = try read(into: buffer)
      if count == 0 { return }
      body(Data(buffer[..<count]))
    }
  }

  /// Reads up to `buffer.count` bytes and returns how many; 0 at the end of the file.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    while true {
      let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if errno != EINTR { throw .ofLastCall }
    }
  }

  /// Goes back to the first byte.
  package func rewind() throws(Failure) {
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw .ofLastCall }
  }

  /// The whole file; nil where it has more than `limit` bytes.
  package static func contents(of path: String, limit: Int) throws(Failure) -> Data? {
    let file = try RegularFile(path)
    guard file.size <= limit else { return nil }
    var result = Data()
    try file.forEachPart { if result.count <= limit { result.append($0) } }
    return result.count <= limit ? result : nil
  }

  /// The file as memory.
  package func mapped() throws(Failure) -> Mapping { try Mapping(descriptor, size) }

  /// A file's bytes as memory, as long as this object lives.
  ///
  /// Whoever shortens the file meanwhile, or a disk that fails, ends the process where the missing bytes are read.
  package final class Mapping: @unchecked Sendable {
    /// The bytes.
    package let bytes: UnsafeRawBufferPointer

    fileprivate init(_ descriptor: Int32, _ size: Int) throws(Failure) {
      guard size > 0 else {  // Nothing cannot be mapped.
        bytes = UnsafeRawBufferPointer(start: nil, count: 0)
        return
      }
      let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
      guard let address, address != MAP_FAILED else { throw .ofLastCall }
      bytes = UnsafeRawBufferPointer(start: address, count: size)
    }

    deinit {
      guard let address = bytes.baseAddress else { return }
      munmap(UnsafeMutableRawPointer(mutating: address), bytes.count)
    }
  }
}
