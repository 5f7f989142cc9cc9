import Foundation
import TestSupport
import Testing

@Suite("Bad input: a clear message and the right exit code, never a trap")
final class BadInputTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try BadInput.makeFiles(in: scratch)
  }

  private func check(_ inputs: [BadInput]) throws {
    for input in inputs { try input.check(in: scratch) }
  }

  @Test("Data that are missing or damaged")
  func data() throws {
    let train = "train \(tiny) --max-steps 1 --output run --data"
    let images = "train-images-idx3-ubyte"
    try check([
      .init("\(train) nowhere", 66, "nowhere", "no such directory", "make data"),
      .init("\(train) file", 65, "file", "directory"),
      .init("\(train) other", 66, "other/train-images-idx3-ubyte", "make data"),
      .init("\(train) incomplete", 66, "incomplete/train-labels-idx1-ubyte", "make data"),
      .init("\(train) short", 65, "short/\(images)", "cut short", "make data"),
      .init("\(train) short-packed", 65, "short-packed/\(images).gz", "stop in the middle"),
      .init("\(train) magic", 65, "magic/\(images)", "not an IDX file", "byte 0"),
      .init("\(train) label", 65, "label/train-labels-idx1-ubyte", "label 10", "0 to 9"),
    ])
    #expect(!FileManager.default.fileExists(atPath: scratch.path("run")))
  }

  @Test("Files of CIFAR-10 that are damaged or absent")
  func cifar() throws {
    let train = "train \(tiny) --dataset cifar-10 --max-steps 1 --output run --data"
    try SmallImages.writeCIFAR10(to: "short-cifar", of: scratch, damaged: "data_batch_3.bin") {
      $0.removeLast(5)
    }
    try SmallImages.writeCIFAR10(to: "label-cifar", of: scratch, damaged: "data_batch_1.bin") {
      $0[3073] = 200
    }
    let remedy = "cifar-10-binary.tar.gz"
    try check([
      .init("\(train) short-cifar", 65, "short-cifar/data_batch_3.bin", "cut short", remedy),
      .init(
        "\(train) label-cifar", 65, "label-cifar/data_batch_1.bin", "label 200", "0 to 9", remedy),
      .init("\(train) good", 66, "good/data_batch_1.bin", remedy),
    ])
  }

  @Test("Options out of range and unknown names")
  func options() throws {
    try check([
      .init("train resnet-8 --h nan --data good", 64, "h nan", "finite number"),
      .init("train resnet --depth 21 --data good", 64, "depth 21", "6n + 2", "20 or 26"),
      .init("train resnet-20 --depth 21 --data good", 64, "depth 21", "resnet-20"),
      .init("describe resnet --depth 9223372036854775807", 64, "depth", "at most 100000"),
      .init("train resnet-8 --batch-size 0 --data good", 64, "batch-size 0", "from 1"),
      .init("train resent-20 --data good", 64, "network 'resent-20'", "did you mean 'resnet-20'?"),
      .init("describe dnse-30", 64, "did you mean 'dense-30'?"),
      .init("train resnet-8 --scheme runge --data good", 64, "scheme 'runge'", "Known: "),
      .init("train resnet-8 --dataset cifar-11", 64, "did you mean 'cifar-10'?"),
      .init("train resnet-8 --momentum 1 --data good", 64, "momentum 1", "below 1"),
      .init("train resnet-8 --widths 4,4 --data good", 64, "widths 4,4", "e.g. 16,32,64"),
      .init(
        "train dense-5 --dataset fashion-mnist --data good --quiet", 64, "dataset", "for points"),
      .init("describe resnet-8 --image-size 0", 64, "image-size 0", "from 1"),
      .init("describe vdcnn --image-size 8", 64, "image-size 8", "takes texts"),
    ])
  }

  @Test("Networks that do not fit a data set, and arguments of data sets")
  func tasks() throws {
    try check([
      .init("train vdcnn-9 --dataset two-moons", 64, "two-moons", "points", "are for texts"),
      .init("train hamiltonian-3 --dataset ag-news", 64, "ag-news", "are texts", "vdcnn"),
      .init(
        "train resnet-8 --dataset peaks-regression", 64, "peaks-regression", "are points",
        "such as hamiltonian"),
      .init("train dense-3 --dataset synthetic-shapes", 64, "are images", "for points"),
      .init(
        "train fractalnet --dataset synthetic-shapes", 64, "class for each pixel",
        "do not keep the image's size"),
      .init("train dense-3 --dataset two-moons:nois=1", 64, "did you mean 'noise'?"),
      .init("train dense-3 --dataset two-moons:noise=-1", 64, "noise=-1", "from 0.0"),
      .init("train dense-3 --dataset two-moons:noise", 64, "KEY=VALUE"),
      .init("train dense-3 --dataset peaks:count=9000", 64, "count=9000", "from 25 to 8990"),
      .init("train resnet-8 --dataset cifar-10:count=5", 64, "unknown argument 'count'"),
      .init("train resnet-8 --dataset cifar-10:pooling=3", 64, "pooling=3", "1, 2, 4, 8, 16, 32"),
      .init("train dense-3 --shift 1", 64, "shift 1", "two-moons", "not padded"),
      .init("train dense-3 --test-limit 0", 64, "test-limit 0", "from 1"),
      .init(
        "train dense-3 --drop-last --train-limit 9 --quiet --output none", 64,
        "do not fill a batch of 128",
        "smaller batch size"),
    ])
  }

  @Test("Arguments of choices")
  func arguments() throws {
    let train = "describe preresnet-8"
    try check([
      .init("\(train) --scheme lm:k=nan", 64, "scheme lm", "k=nan"),
      .init("\(train) --scheme lm:", 64, "scheme lm", "KEY=VALUE"),
      .init("\(train) --scheme lm:kk=1", 64, "scheme lm", "did you mean 'k'?"),
      .init("\(train) --field resnext:groups=0", 64, "field resnext", "groups=0"),
      .init("\(train) --weights linear:sets=99", 64, "weights linear", "sets=99"),
      .init("\(train) --regularization time-l3", 64, "did you mean 'time-l2'?"),
      .init("\(train) --regularization time-l2:alpha=-1", 64, "alpha=-1", "0.0 or more"),
      .init("\(train) --noise stochastic-depth:survival=2", 64, "noise stochastic-depth", "0"),
      .init("\(train) --transition norm-preserving:every=0", 64, "every=0"),
      .init("\(train) --adjoint checkpointed:segment=-1", 64, "segment=-1"),
      .init("\(train) --scheme implicit-parabolic", 64, "scheme implicit-parabolic", "linear"),
      .init("describe resnext-29-0x64d", 64, "groups=0"),
      .init("describe vdcnn-9 --no-bias", 64, "bias", "always"),
    ])
  }

  @Test("Configuration files")
  func configurations() throws {
    try check([
      .init("train --config none.yaml", 66, "none.yaml", "no such configuration file"),
      .init("train --config unknown.yaml", 65, "unknown.yaml", "'epoch'", "did you mean 'epochs'"),
      .init("train --config depth.yaml", 65, "depth.yaml", "depth 21", "6n + 2"),
      .init("train --config broken.yaml", 65, "broken.yaml", "not valid YAML"),
      .init("describe --config .", 65, "is a directory"),
      // What is wrong here is not the file.
      .init("train --config unknown.yaml --depth 21", 65, "unknown.yaml"),
      .init("train --config depth.yaml --depth 8 --h nan", 64, "h nan"),
    ])
  }

  @Test("Outputs that cannot be made")
  func outputs() throws {
    let train = "train \(tiny) --max-steps 1 --data good --output"
    try check([
      .init("\(train) file", 73, "file"),
      .init("\(train) file/run", 73, "file/run"),
      .init("\(train) /proc/run", 73, "/proc/run"),
    ])
  }

  @Test("Weights and runs that are missing, of another network or damaged")
  func weights() throws {
    let train = "train \(tiny) --max-steps 1 --data good"
    #expect(try Timestep.run("\(train) --output run", in: scratch).status == 0)
    let file = "run/checkpoints/step-00000001/parameters.safetensors"
    let bytes = try scratch.bytes(file)
    try scratch.write(bytes.dropLast(10), to: "short.safetensors")
    try scratch.write(bytes.prefix(5), to: "tiny.safetensors")
    let from = "\(train) --output second --initialize-from"
    try check([
      .init("\(from) none.safetensors", 66, "none.safetensors", "no such file"),
      .init("\(from) no.safetensors", 65, "no.safetensors"),
      .init("\(from) short.safetensors", 65, "short.safetensors", "cut short"),
      .init("\(from) tiny.safetensors", 65, "tiny.safetensors", "cut short"),
      .init("\(from) \(file) --widths 4,4,8", 65, file, "other shape"),
      .init("\(from) \(file) --no-batch-norm", 65, file, "unexpected"),
      .init("train \(tiny) --data good --output run", 73, "run", "--output"),
      .init("export run --to weights.bin", 64, "weights.bin", ".safetensors"),
      .init("export run --to file/w.safetensors", 73, "file/w.safetensors"),
      .init("export run --to w.safetensors --names torchvison", 64, "torchvison", "torchvision"),
      .init("export run --to w.safetensors --names lm-resnet", 64, "lm-resnet", "family"),
      .init("\(from) \(file) --initialize-names robust-vdcnn", 64, "robust-vdcnn", "family"),
      .init("\(from) \(file) --initialize-names robust-resnet", 65, file, "stack1.0.conv1.weight"),
      .init("\(from) \(file) --initialize-names nobody", 64, "nobody", "Known: auto"),
      .init("evaluate run --logits file/l.npy", 73, "file/l.npy"),
      .init("evaluate run --batch-size 0", 64, "batch-size 0"),
      .init("evaluate run --data other", 66, "other", "make data"),
      .init("evaluate none", 66, "none", "no such run"),
      .init("evaluate good", 66, "good", "is not a run"),
      .init("export good --to w.safetensors", 66, "good", "is not a run"),
    ])
    try scratch.write(bytes.dropLast(10), to: file)
    try check([
      .init("evaluate run", 65, "step-00000001", "parameters.safetensors is damaged"),
      .init("export run --to w.safetensors", 65, "step-00000001", "no checkpoint is whole"),
      .init("resume run --quiet", 65, "step-00000001", "parameters.safetensors is damaged"),
    ])
    try scratch.write("network: resnet-8\ndepth: 21\n", to: "run/config.yaml")
    try check([.init("evaluate run", 65, "run/config.yaml", "depth 21")])
    #expect(!FileManager.default.fileExists(atPath: scratch.path("second")))
    #expect(!FileManager.default.fileExists(atPath: scratch.path("w.safetensors")))
  }
}
