import Foundation
import Testing
import TimestepExperiments

@Suite("Signals as wishes to stop")
struct StopSignalTests {
  @Test("Both are received by a thread that had them blocked, and nothing is wished before")
  func unblocks() {
    var (wanted, current) = (sigset_t(), sigset_t())
    sigemptyset(&wanted)
    for number in [SIGINT, SIGTERM] { sigaddset(&wanted, number) }
    pthread_sigmask(SIG_BLOCK, &wanted, nil)
    StopSignal.install()
    pthread_sigmask(SIG_BLOCK, nil, &current)
    for number in [SIGINT, SIGTERM] {
      #expect(sigismember(&current, number) == 0)
      signal(number, SIG_DFL)
    }
    #expect(StopSignal.number == nil)
  }
}
