import Foundation
import TestSupport
import Testing
import TimestepExperiments

@Suite("Configuration files")
struct ConfigurationFileTests {
  @Test(
    "A resolved configuration written and read is the same",
    arguments: [
      "network: resnet-20", "network: dense-10", "{network: resnet, depth: 14, h: 0.1}",
      "{network: resnet-8, h: 0.30000000000000004, learning-rate: 1.0e-300, drop-at: [0.1, 1.5]}",
      "{network: resnet-8, seed: 18446744073709551615, epochs: 3, drop-at: []}",
      "{network: resnet-8, batch-norm: false, augmentation: false, shuffle: false, max-steps: 7}",
      "{network: resnet-8, widths: [4, 8, 12], data: 'a b: c', output: '007', train-limit: 5}",
      "{network: resnet-8, data: 'true', output: '~', max-steps: 9223372036854775807}",
      "{network: resnet-8, data: ' # ', output: \"a'b\\n\u{e9}\\\"\"}",
      "{network: resnet-8, optimizer: adam, precision: fp64, post-activation: identity}",
      "{network: resnet-8, weight-decay: 0.0001, momentum: 0.95, initialization: he-normal}",
    ])
  func roundTrip(yaml: String) throws {
    let options = try RunConfiguration(
      resolving: ConfigurationFile.parse(yaml, from: "test")
    ).options
    let text = try ConfigurationFile.text(options)
    let again = try ConfigurationFile.parse(text, from: "again")
    #expect(again == options)
    #expect(try RunConfiguration(resolving: again).options == options)
    #expect(try ConfigurationFile.text(again) == text)
  }

  @Test("A written configuration has one option per line, quoted only where it must be")
  func layout() throws {
    let yaml = "{h: 0.1, network: resnet-8, widths: [4, 4, 4], data: '~', epochs: 2, seed: 7}"
    let options = try ConfigurationFile.parse(yaml, from: "test")
    let text = """
      data: "~"
      epochs: 2
      h: 0.1
      network: resnet-8
      seed: 7
      widths: [4, 4, 4]

      """
    #expect(try ConfigurationFile.text(options) == text)
  }

  @Test("Empty files and comments choose nothing", arguments: ["", "\n", "# nothing\n", "{}", "~"])
  func empty(yaml: String) throws {
    #expect(try ConfigurationFile.parse(yaml, from: "test") == RunOptions())
  }

  @Test(
    "What is wrong is named in one line",
    arguments: [
      ("epoch: 3", "unknown option 'epoch': did you mean 'epochs'?"),
      ("batch_size: 3", "unknown option 'batch_size': did you mean 'batch-size'?"),
      ("learningrate: 3", "did you mean 'learning-rate'?"),
      ("[a, b]: 3", "name must be a word"),
      ("epochs: two", "option 'epochs': expected a whole number"),
      ("epochs: 2.5", "option 'epochs': expected a whole number"),
      ("epochs: 99999999999999999999", "option 'epochs': expected a whole number"),
      ("epochs: {a: 1}", "option 'epochs': expected"),
      ("seed: -1", "option 'seed': expected a whole number"),
      ("h: large", "option 'h': expected a number"),
      ("shuffle: maybe", "option 'shuffle': expected true or false"),
      ("network: [resnet, 20]", "option 'network': expected a single value"),
      ("widths: 16", "option 'widths': expected a list"),
      ("widths: [a]", "option 'widths': expected a whole number"),
      ("drop-at: [1, soon]", "option 'drop-at': expected a number"),
      ("post-activation: softplus", "option 'post-activation': "),
      ("- epochs\n- 2", "expected lines of the form 'option: value'"),
      ("just text", "expected lines of the form 'option: value'"),
      ("epochs: [1", "is not valid YAML: "),
      ("epochs: \"1", "is not valid YAML: "),
      ("\tepochs: 1", "is not valid YAML: "),
      ("epochs: 1\nepochs: 2", "is not valid YAML: more than one line for epochs"),
      ("epochs: *unknown", "is not valid YAML: "),
    ])
  func refused(yaml: String, problem: String) throws {
    let error = try #require(runError { try ConfigurationFile.parse(yaml, from: "some.yaml") })
    #expect(error.kind == .configuration)
    #expect(error.description.hasPrefix("some.yaml: "))
    #expect(error.description.contains(problem), "\(error)")
    #expect(!error.description.contains("\n"), "\(error)")
  }

  @Test("Files that are missing, a directory, or no text")
  func files() throws {
    let scratch = try Scratch()
    let missing = URL(fileURLWithPath: scratch.path("none.yaml"))
    #expect(runError { try ConfigurationFile.read(missing) }?.kind == .notFound)
    #expect(runError { try ConfigurationFile.read(scratch.url) }?.kind == .configuration)
    let binary = URL(fileURLWithPath: try scratch.write([0xff, 0xfe, 0x80], to: "binary"))
    let error = runError { try ConfigurationFile.read(binary) }
    #expect(error?.kind == .configuration && error?.description.contains("UTF-8") == true)
  }
}
