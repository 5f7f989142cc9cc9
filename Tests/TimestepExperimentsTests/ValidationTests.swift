import Testing
import TimeStepping
import TimestepExperiments
import TimestepNetworks

@Suite("Choices that make no sense")
struct ValidationTests {
  @Test(
    "A number out of range is refused with the option's name",
    arguments: [
      "depth: 21", "depth: 2", "depth: -4", "depth: 9223372036854775807",
      "depth: -9223372036854775808", "h: .nan", "h: .inf", "h: -0.1",
      "widths: []", "widths: [16, 32]", "widths: [0, 1, 2]", "widths: [1, 2, 10000000]",
      "batch-size: 0", "batch-size: -1", "epochs: 0",
      "max-steps: 0", "train-limit: 0", "test-limit: 0", "shift: -1", "threads: 0", "threads: 5000",
      "learning-rate: -1", "learning-rate: .inf", "learning-rate: .nan", "drop-at: [-1]",
      "drop-at: [1, .nan]", "momentum: 1", "momentum: -0.1", "weight-decay: -1",
      "weight-decay: .nan",
    ])
  func numbers(yaml: String) throws {
    let options = try ConfigurationFile.parse("network: resnet\n\(yaml)", from: "test")
    let error = #expect(throws: OptionError.self) { try RunConfiguration(resolving: options) }
    #expect(error?.option == String(yaml.prefix { $0 != ":" }))
    #expect(error?.description.contains("\n") == false)
  }

  @Test(
    "An unknown name is refused with the nearest known one",
    arguments: [
      ("network: resent-20", "network", "resnet-20"), ("network: dens-30", "network", "dense-30"),
      ("scheme: huen", "scheme", "heun"),
      ("initialization: he-norml", "initialization", "he-normal"),
      ("dataset: fashion_mnist", "dataset", "fashion-mnist"),
      ("dataset: cifar10", "dataset", "cifar-10"), ("optimizer: adm", "optimizer", "adam"),
      ("precision: fp23", "precision", "fp32"), ("device: cpuu", "device", "cpu"),
    ])
  func names(yaml: String, kind: String, nearest: String) throws {
    let choices = yaml.hasPrefix("network") ? yaml : "network: resnet\n\(yaml)"
    let options = try ConfigurationFile.parse(choices, from: "test")
    let error = #expect(throws: UnknownNameError.self) { try RunConfiguration(resolving: options) }
    #expect(error?.kind == kind && error?.nearest == nearest)
  }

  @Test("A name and a depth that contradict each other, and no network at all")
  func network() throws {
    let contradiction = try ConfigurationFile.parse("{network: resnet-20, depth: 14}", from: "test")
    let error = #expect(throws: OptionError.self) { try RunConfiguration(resolving: contradiction) }
    #expect(error?.description.contains("resnet-20") == true)
    #expect(runError { try RunConfiguration(resolving: RunOptions()) }?.kind == .configuration)
  }

  @Test("A network for points is not made for images, nor the other way round")
  func shapes() throws {
    for (network, dataset) in [("dense-5", "fashion-mnist"), ("resnet-8", "two-moons")] {
      var options = RunOptions()
      (options.network, options.dataset) = (network, dataset)
      let error = #expect(throws: OptionError.self) {
        try RunConfiguration(resolving: options).makeNetwork()
      }
      #expect(error?.option == "dataset")
    }
  }
}
