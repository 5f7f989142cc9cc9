extension DatasetDescriptor {
  /// Whether examples are texts, rows of the numbers of characters, rather than points.
  public var holdsTexts: Bool { name == DatasetCatalog.agNews.name }
}
