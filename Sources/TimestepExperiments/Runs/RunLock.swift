import Foundation

/// One process at a time trains into a run directory.
///
/// The lock is on the directory of checkpoints itself and belongs to the process: it ends with it, however it ends, and
/// leaves no file behind.
public final class RunLock: @unchecked Sendable {
  // Set once; closed when nothing refers to the lock any more.
  private let descriptor: Int32

  /// Takes the lock; throws ``RunError`` where another process, or another training of this one, has it.
  ///
  /// A file system without locks has none to take: there it is up to the user.
  init(_ directory: RunDirectory) throws {
    let path = directory.checkpoints.path
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw RunError(.cannotCreate, "\(path): \(String(cString: strerror(errno)))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else { return }
    close(descriptor)
    throw RunError(
      .cannotCreate, "\(directory.url.path): another process trains into this run; wait for its end"
    )
  }

  deinit { close(descriptor) }
}
