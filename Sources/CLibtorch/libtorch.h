// libtorch is a C++ library: only CTimestepTorch includes its headers, by their own names.
