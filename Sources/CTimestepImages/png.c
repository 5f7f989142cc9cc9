#include "CTimestepImages.h"

#include <png.h>
#include <stdio.h>
#include <string.h>

// No chunk may grow beyond this when it is decompressed, nor may there be more of the kept kinds.
static const png_alloc_size_t most_chunk_bytes = 4 << 20;
static const png_uint_32 most_chunks = 100;

typedef struct {
  const uint8_t *bytes;
  size_t count;
  size_t position;
  tsi_failure *failure;
} source;

static void take(png_structp png, png_bytep target, size_t count) {
  source *from = png_get_io_ptr(png);
  if (count > from->count - from->position) {
    from->position = from->count;
    png_error(png, "the file ends before the image does");
  }
  memcpy(target, from->bytes + from->position, count);
  from->position += count;
}

static void fail(png_structp png, png_const_charp message) {
  source *from = png_get_error_ptr(png);
  snprintf(from->failure->message, sizeof from->failure->message, "%s", message);
  from->failure->offset = from->position;
  png_longjmp(png, 1);
}

// What libpng only warns of concerns chunks that do not change the pixels.
static void ignore(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

int32_t tsi_decode_png(
  const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *rgb,
  tsi_failure *failure) {
  source from = {bytes, count, 0, failure};
  snprintf(failure->message, sizeof failure->message, "libpng does not start");
  failure->offset = 0;
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &from, fail, ignore);
  if (!png) return 1;
  png_infop info = png_create_info_struct(png);
  // Nothing that is used after the jump changes between here and there.
  if (!info || setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    return 1;
  }
  png_set_read_fn(png, &from, take);
  png_set_user_limits(png, width, height);
  png_set_chunk_malloc_max(png, most_chunk_bytes);
  png_set_chunk_cache_max(png, most_chunks);
  png_read_info(png, info);
  if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height)
    png_error(png, "the size of the image changes");
  png_set_expand(png);
  png_set_strip_16(png);
  png_set_gray_to_rgb(png);
  png_set_strip_alpha(png);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  size_t row_bytes = (size_t)width * 3;
  if (png_get_rowbytes(png, info) != row_bytes) png_error(png, "the pixels are of an unknown kind");
  for (int pass = 0; pass < passes; pass++)
    for (uint32_t row = 0; row < height; row++)
      png_read_row(png, rgb + row * row_bytes, NULL);
  png_read_end(png, NULL);
  png_destroy_read_struct(&png, &info, NULL);
  return 0;
}
