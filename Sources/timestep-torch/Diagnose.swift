import Foundation
import TimestepCommand
import TimestepDiagnostics
import TimestepExperiments
import TimestepTorch

/// `timestep diagnose`
func runDiagnose(_ command: DiagnoseCommand) throws {
  let subject = try DiagnosedSubject(command)
  let directory = URL(fileURLWithPath: command.output ?? subject.directory)
  // Noticed now rather than after the work.
  try OutputPlace.check(directory: directory)
  try Torch.keepFreedMemory()
  let context = try subject.context()
  let diagnostic = subject.diagnostic
  let start = ContinuousClock.now
  let result = try diagnostic(context)
  let seconds = (ContinuousClock.now - start) / Duration.seconds(1)
  let record = DiagnosticRecord(
    result, of: diagnostic, named: subject.name, label: context.label, seconds: seconds)
  try record.write(result, to: directory)
  if command.json { return try printJSON(result.tables) }
  print("\(diagnostic.title)\n\(context.label)")
  for line in result.summary { print(line) }
  printError(String(format: "measured in %.1f s", seconds))
  print(directory.relativePath)
}
