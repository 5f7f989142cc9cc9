import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// The vector fields by themselves.
@Suite struct FieldTests {
  private static let subjects = FieldSubject.all.filter { $0.scheme.name == ForwardEuler().name }

  @Test("The value has the traced shape, also where a field changes it", arguments: subjects)
  func shapes(subject: FieldSubject) throws {
    let shapes = [
      FieldShape(inputs: 3), FieldShape(inputs: 3, outputs: 5, stride: 2),
      FieldShape(inputs: 3, outputs: 2), FieldShape(inputs: 3, hidden: 7),
    ]
    for shape in shapes {
      let store = ParameterStore(dataType: .float64)
      guard let field = try? subject.makeField(ParameterPath.root / "f", in: store, shape: shape)
      else {
        #expect(shape.stride > 1)
        continue
      }
      let input = subject.inputShape(of: field)
      var table = LayerTable()
      let traced = try field.trace(input, &table)
      for pass in [ForwardPass.training, .evaluation] {
        #expect(try field(.normal([4] + input, seed: 1), pass).shape == [4] + traced)
      }
      #expect(table.parameters == store.trainableCount)
      #expect(store.all.allSatisfy { $0.path.hasPrefix("f.") })
    }
  }

  @Test("A field keeps the state it is given", arguments: subjects)
  func untouched(subject: FieldSubject) throws {
    let stage = try subject.makeStage(sizes: [1])
    let input = try subject.input(for: stage)
    _ = try stage.fields[0](input, .training)
    #expect(try input.isIdentical(to: subject.input(for: stage)))
  }

  @Test("Catalogs: names differ, and every entry says what it is")
  func catalogs() {
    let lists: [[any CatalogEntry]] = [
      FieldSubject.fields, Subject.families, TransitionCatalog.all,
    ]
    for list in lists {
      #expect(Set(list.map(\.name)).count == list.count)
      for entry in list {
        #expect(![entry.name, entry.title, entry.equation, entry.source].contains(""))
      }
    }
  }
}
