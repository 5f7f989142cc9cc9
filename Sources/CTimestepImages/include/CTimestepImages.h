// What Swift cannot say itself of the system's image libraries: libpng reports errors by longjmp.
#ifndef CTIMESTEPIMAGES_H
#define CTIMESTEPIMAGES_H

#include <stddef.h>
#include <stdint.h>

/// Why an image could not be decoded.
typedef struct {
  /// The reason as libpng words it, ended by a zero.
  char message[120];
  /// How many bytes of the file were taken when it was noticed.
  size_t offset;
} tsi_failure;

/// Decodes a PNG file in memory to red, green, blue, a byte each, rows from the top without gaps.
///
/// Palettes and grey become colours, 16 bits their upper 8, transparency is dropped, gamma is not applied.
/// `rgb` has room for width x height x 3 bytes, of the size in the file's header; any other size is refused.
/// Returns 0, or 1 with the failure filled in. Safe on every thread.
int32_t tsi_decode_png(
  const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *rgb,
  tsi_failure *failure);

#endif
