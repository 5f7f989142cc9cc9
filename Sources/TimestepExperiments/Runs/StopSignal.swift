import Foundation
import Synchronization

/// SIGINT and SIGTERM as a wish to stop: the first lets the run save itself, the second ends at once.
public enum StopSignal {
  private static let received = Atomic<Int32>(0)

  /// Starts to take the signals as wishes, also where the process was started with them blocked, as from a
  /// thread of libdispatch.
  public static func install() {
    var wanted = sigset_t()
    sigemptyset(&wanted)
    for number in [SIGINT, SIGTERM] { sigaddset(&wanted, number) }
    defer { pthread_sigmask(SIG_UNBLOCK, &wanted, nil) }
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        // Only an atomic exchange and _exit happen here: both are safe in a signal handler.
        if StopSignal.received.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
      }
    }
  }

  /// The signal that was received; nil when none was.
  public static var number: Int32? {
    let value = received.load(ordering: .relaxed)
    return value == 0 ? nil : value
  }
}
