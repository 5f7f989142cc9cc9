@_exported import TimestepTorch
@_exported import TimeStepping
@_exported import TimestepLayers
@_exported import TimestepNetworks
@_exported import TimestepData
@_exported import TimestepTraining
@_exported import TimestepDiagnostics
@_exported import TimestepExperiments
