import Testing
import TimestepTorch

/// A strided convolution of one tap reads some pixels and multiplies: the same by hand, forwards and backwards, for
/// sizes and channels at which oneDNN's own backward pass writes beyond its buffers.
@Suite struct StridedConvolutionTests {
  @Test(arguments: [3, 4, 8, 12, 16, 20], [7, 64, 96])
  func oneTap(channels: Int, size: Int) throws {
    let generator = try Generator(seed: 3)
    func normal(_ shape: [Int]) throws -> Tensor {
      let tensor = try Tensor.empty(shape)
      try generator.fillNormal(tensor)
      return tensor
    }
    let input = try normal([4, channels, size, size]).contiguous(.channelsLast)
    let weight = try normal([2 * channels, channels, 1, 1])
    for tensor in [input, weight] { try tensor.setRequiresGradient() }
    let half = (size + 1) / 2
    // Several times: what was written beyond a buffer shows when memory is given back.
    for _ in 0..<3 {
      let value = try input.convolution2D(weight, ConvolutionOptions(stride: 2))
      #expect(value.shape == [4, 2 * channels, half, half])
      let seed = try normal(value.shape)
      let found = try Tensor.gradients(of: [value], seeds: [seed], withRespectTo: [input, weight])
      let read = try input.sliced(0..<size, axis: 2, step: 2).sliced(0..<size, axis: 3, step: 2)
        .detached().cast(to: .float64)
      let matrix = try weight.detached().reshaped([2 * channels, channels]).cast(to: .float64)
      let expected = try Tensor.einsum("oc,nchw->nohw", [matrix, read])
      #expect(try (value.detached().cast(to: .float64) - expected).absolute().max().scalar() < 1e-4)
      let slope = try Tensor.einsum("nohw,nchw->oc", [seed.cast(to: .float64), read])
      let weightGradient = try #require(found[1]).cast(to: .float64)
        .reshaped([2 * channels, channels])
      let scale = try slope.absolute().max().scalar()
      #expect(try (weightGradient - slope).absolute().max().scalar() < 1e-4 * scale)
      let inputGradient = try #require(found[0]).cast(to: .float64)
      let back = try Tensor.einsum("oc,nohw->nchw", [matrix, seed.cast(to: .float64)])
      let placed = try inputGradient.sliced(0..<size, axis: 2, step: 2)
        .sliced(0..<size, axis: 3, step: 2)
      #expect(try (placed - back).absolute().max().scalar() < 1e-3)
      let total = try inputGradient.absolute().sum().scalar()
      #expect(abs(try placed.absolute().sum().scalar() - total) <= 1e-9 * total)
    }
  }
}
